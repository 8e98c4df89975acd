import os
import stat
from pathlib import Path

import pytest

from jusur.kernel.errors import NotFoundError
from jusur.node.home import HomeError, NodeHome, write_private


def test_home_is_found_by_argument_then_environment_then_default(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("JUSUR_HOME", str(tmp_path / "b"))
    monkeypatch.setenv("HOME", str(tmp_path))
    assert NodeHome.find(tmp_path / "a").path == tmp_path / "a"
    assert NodeHome.find().path == tmp_path / "b"
    monkeypatch.delenv("JUSUR_HOME")
    assert NodeHome.find().path == tmp_path / ".local/share/jusur"


def test_a_relative_home_is_made_absolute(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    assert NodeHome.find("x").path == tmp_path / "x"


def test_created_folders_are_closed_to_others(tmp_path: Path) -> None:
    home = NodeHome(tmp_path / "deep" / "node").create()
    for folder in (home.keys, home.vault, home.intake, home.logs):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE(home.path.stat().st_mode) == (0o711 if os.geteuid() == 0 else 0o700)


def test_creating_again_closes_what_was_opened(tmp_path: Path) -> None:
    home = NodeHome(tmp_path / "node").create()
    home.keys.chmod(0o755)
    home.create()
    assert stat.S_IMODE(home.keys.stat().st_mode) == 0o700


def test_a_home_where_a_file_stands_is_refused(tmp_path: Path) -> None:
    (tmp_path / "node").write_text("")
    with pytest.raises(HomeError, match="cannot be prepared"):
        NodeHome(tmp_path / "node").create()


def test_a_home_without_a_node_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="jusur init"):
        NodeHome(tmp_path).require()


def test_private_files_are_private_and_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    write_private(path, b"one")
    write_private(path, b"two")
    assert path.read_bytes() == b"two"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["secret"]


def test_a_private_file_that_must_be_new_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "secret"
    write_private(path, b"one", replace=False)
    with pytest.raises(FileExistsError):
        write_private(path, b"two", replace=False)
    assert path.read_bytes() == b"one"
    assert [item.name for item in Path(tmp_path).iterdir()] == ["secret"]
