import json
import os
import stat
from pathlib import Path

import pytest
from tests.vault.contract import DATA, VaultContract, store

from jusur import vault as vaults
from jusur.kernel.errors import InvalidInputError
from jusur.vault import FolderVault, VaultError


@pytest.fixture
def vault(tmp_path: Path) -> FolderVault:
    return FolderVault(tmp_path / "vault")


class TestFolderVault(VaultContract):
    pass


def test_objects_are_read_only_and_private(vault: FolderVault) -> None:
    store(vault)
    path = vault.folder / "objects" / "packages" / "one.age"
    assert stat.S_IMODE(path.stat().st_mode) == 0o400
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    assert path.stat().st_nlink == 1


def test_a_note_of_destruction_remains(vault: FolderVault) -> None:
    store(vault)
    vault.delete("packages/one.age", reason="court order 12")
    note = json.loads((vault.folder / "destroyed" / "packages~one.age.json").read_text())
    assert note["reason"] == "court order 12"
    assert note["size"] == len(DATA)


def test_what_was_committed_when_the_process_died_is_tidied(vault: FolderVault) -> None:
    with vault.create_sized("one", 10, chunk_size=10) as writer:
        writer.write_at(0, bytes(10))
        (vault.folder / "objects" / "one").hardlink_to(vault.folder / "staging" / "part-one")
    again = FolderVault(vault.folder)
    assert not list((vault.folder / "staging").iterdir())
    assert again.size("one") == 10


def test_an_open_transfer_survives_a_restart_of_the_vault(vault: FolderVault) -> None:
    with vault.create_sized("one", 20, chunk_size=10) as writer:
        writer.write_at(0, bytes(10))
    with FolderVault(vault.folder).create_sized("one", 20, chunk_size=10) as writer:
        assert writer.missing() == [1]


def test_opened_by_url(tmp_path: Path) -> None:
    folder = tmp_path / "ä b"
    store(vaults.open(folder.as_uri()))
    assert (folder / "objects" / "packages" / "one.age").exists()


@pytest.mark.parametrize("url", ["", "/x", "ftp://x/y", "file://host/x", "file:x"])
def test_other_urls_are_refused(url: str) -> None:
    with pytest.raises(InvalidInputError):
        vaults.open(url)


def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(VaultError):
        FolderVault(tmp_path / "file" / "vault")


def test_a_folder_vault_needs_no_rights_of_root(tmp_path: Path) -> None:
    vault = FolderVault(tmp_path / "v")
    store(vault)
    assert (tmp_path / "v").stat().st_uid == os.geteuid()
