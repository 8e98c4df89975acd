import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.directory.network import Nodes

from jusur.directory import api, selectors
from jusur.directory.errors import NoSuchKeyError, OrganisationNotActiveError, UnknownOrganisationError


def test_answers_come_from_memory(nodes: Nodes) -> None:
    api.verify_keys("GS")
    with CaptureQueriesContext(connection) as queries:
        for _ in range(100):
            api.verify_keys("GS")
            api.sealing_key("GS")
            api.age_recipient("GS")
            api.may_receive("GS", "message.text", "restricted")
            api.assert_usable()
            api.current()
    assert len(queries) == 0


def test_what_another_process_accepted_is_noticed(nodes: Nodes, monkeypatch: pytest.MonkeyPatch) -> None:
    before = api.current()
    remembered = selectors.view()
    api.directory_publish(authority=nodes.authority, actor="operator")
    monkeypatch.setattr(selectors, "_view", remembered)
    assert api.current() == before, "asked again within the second"
    later = time.monotonic() + 1.1
    monkeypatch.setattr("jusur.directory.selectors.time.monotonic", lambda: later)
    assert api.current().version == before.version + 1


def test_who_cannot_be_written_to(nodes: Nodes) -> None:
    with pytest.raises(UnknownOrganisationError):
        api.sealing_key("QQ")
    with pytest.raises(OrganisationNotActiveError, match="not joined"):
        api.sealing_key("MA")
    with pytest.raises(NoSuchKeyError):
        api.log_key("MA")
    assert api.gate_url("MA") == ""
    assert not api.may_receive("QQ", "message.text", "restricted")
    assert not api.may_send("MA", "message.text", "restricted")


def test_filters(nodes: Nodes) -> None:
    africa = {o.address for o in api.organisations(kind="bureau", region="africa")}
    assert {"MA", "ET", "SN"} <= africa
    assert "NO" not in africa
