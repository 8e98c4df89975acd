"""``jusur indicators --check`` and ``--rebuild``."""

import json
from typing import Any

import pytest
from click.testing import CliRunner
from tests.indicators.conftest import exchange
from tests.ledger.conftest import signer_of

from jusur.cli.main import jusur
from jusur.config import bootstrap
from jusur.indicators.models import KeptCase
from jusur.ledger import api as ledger

pytestmark = pytest.mark.django_db


def run(*arguments: str) -> tuple[int, Any]:
    found = CliRunner().invoke(jusur, ["indicators", *arguments, "--json"])
    return found.exit_code, json.loads(found.output)


def test_what_is_kept_is_held_against_the_whole_log(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bootstrap, "setup", lambda _home: None)
    ledger.configure(lambda: signer_of("MA"))
    exchange(1)
    assert run("--rebuild") == (0, {"equal": True, "different": []})
    KeptCase.objects.update(packages=[])
    assert run("--check") == (1, {"equal": False, "different": ["request-1"]})
    assert run("--rebuild") == (0, {"equal": True, "different": []})
    ledger.configure(None)
