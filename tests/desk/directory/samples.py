"""Sample rows of the directory's pages: which peers were heard from, and an alarm."""

from datetime import timedelta
from typing import Any

from jusur.directory import api as directory
from jusur.directory.services.acceptance import alarm_raise
from jusur.exchange.models import PeerState
from jusur.instruments import api as instruments
from jusur.kernel import clock


def make(desk: Any) -> dict[str, Any]:
    """Norway answered minutes ago, Spain days ago, France is silent; a peer says that it holds another directory."""
    now = clock.now()
    instruments.load_shipped()
    version = directory.current().version
    for peer, ago, silent in (
        ("NO", timedelta(minutes=4), None),
        ("ES", timedelta(days=3), None),
        ("FR", timedelta(hours=5), timedelta(hours=4)),
    ):
        PeerState.objects.update_or_create(
            peer=peer,
            defaults={
                "last_heard_at": now - ago,
                "silent_since": now - silent if silent else None,
                "directory_version": version,
            },
        )
    alarm = alarm_raise(kind="gossip", detail="FR holds another version 6 of the directory.", subject="FR")
    return {"alarm": alarm}


def pages(desk: Any) -> list[str]:
    """The addresses of the pages to be looked at."""
    return [
        "/directory/",
        "/directory/?q=norv&region=europe",
        "/directory/NO",
        "/directory/FR",
        "/directory/BR",
        "/directory/AIMC",
        "/instruments/",
        "/instruments/budapest-2001",
        "/instruments/between?a=MA&b=NO",
        "/settings/keys",
        "/settings/keys/new",
        "/settings/keys/alarms",
    ]
