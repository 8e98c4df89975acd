from pathlib import Path

import pytest

from jusur.ledger import api
from jusur.node.context import current
from jusur.node.home import NodeHome
from jusur.node.keystore import Keystore
from jusur.tlog import checkpoint as checkpoints
from jusur.tlog.note import NoteVerifier


@pytest.mark.django_db
def test_without_configuration_the_nodes_own_log_key_signs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = NodeHome(tmp_path / "ma").create()
    home.settings_file.write_text('address = "MA"\nrole = "bureau"\nname = "NCB Rabat"\ncountry = "MA"\n')
    monkeypatch.setenv("JUSUR_HOME", str(home.path))
    current.cache_clear()
    api.configure(None)
    try:
        head = api.integrate()
        key = Keystore(home.keys).log.public.raw()
        assert checkpoints.verify(head.text, NoteVerifier("jusur.int/log/MA", key)).size == 0
        assert api.log_key() == str(NoteVerifier("jusur.int/log/MA", key))
    finally:
        current.cache_clear()
