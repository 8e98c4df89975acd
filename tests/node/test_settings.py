import dataclasses
import stat
import threading
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jusur.kernel.errors import NotFoundError
from jusur.node import settings
from jusur.node.home import NodeHome
from jusur.node.settings import SettingsError

RABAT = {"address": "MA", "role": "bureau", "name": "NCB Rabat", "country": "MA"}


@pytest.fixture
def home(tmp_path: Path) -> NodeHome:
    place = NodeHome(tmp_path / "node").create()
    settings.save(settings.make(place.path, RABAT))
    return place


def test_saved_settings_come_back_the_same(home: NodeHome) -> None:
    made = settings.make(home.path, {**RABAT, "gate_port": 9443, "demo": True, "vault_url": "s3://b/p"})
    settings.save(made)
    assert settings.load(home, {}) == made
    assert stat.S_IMODE(home.settings_file.stat().st_mode) == 0o600


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=200))
def test_any_printable_name_survives_the_file(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    made = settings.make(tmp_path_factory.getbasetemp(), {**RABAT, "name": name})
    assert tomllib.loads(settings.render(made))["name"] == name


def test_the_environment_wins(home: NodeHome) -> None:
    found = settings.load(home, {"JUSUR_GATE_PORT": "9000", "JUSUR_DEMO": "true", "JUSUR_NAME": "Rabat"})
    assert (found.gate_port, found.demo, found.name) == (9000, True, "Rabat")


def test_relative_folders_are_in_the_home(home: NodeHome) -> None:
    found = settings.load(home, {})
    assert found.intake_dir == home.path / "intake"
    assert found.vault_location == (home.path / "vault").as_uri()


def test_settings_are_frozen(home: NodeHome) -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.load(home, {}).address = "NO"  # type: ignore[misc]


def test_a_folder_without_a_node_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError):
        settings.load(tmp_path, {})


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"adress": "MA"}, "Did you mean address"),
        ({"gate_port": "8443"}, "a whole number"),
        ({"gate_port": True}, "a whole number"),
        ({"gate_port": 0}, "1 to 65535"),
        ({"role": "king"}, "bureau, regional"),
        ({"address": "ma"}, "two letters"),
        ({"country": "NO"}, "same two letters"),
        ({"name": "a\x00b"}, "printable"),
        ({"gate_url": "http://x"}, "https://"),
        ({"gate_url": "https://x:99999"}, "https://"),
        ({"database_url": "sqlite:///x"}, "postgresql://"),
        ({"vault_url": "ftp://x/y"}, "s3://"),
        ({"directory_fingerprint": "abc"}, "64 hexadecimal"),
        ({"log_level": "loud"}, "debug"),
        ({"chunk_bytes": 16 * settings.MIB + 1}, "16 MiB"),
        ({"demo": 1}, "true or false"),
    ],
)
def test_each_wrong_setting_is_refused_with_its_remedy(tmp_path: Path, change: dict[str, object], says: str) -> None:
    with pytest.raises(SettingsError, match=says):
        settings.make(tmp_path, {**RABAT, **change})


def test_a_missing_setting_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="address is missing"):
        settings.make(tmp_path, {"role": "bureau", "name": "x"})


@pytest.mark.parametrize("content", [b"address = ", b"\xff\xfe", b"#" * (settings.MAX_SETTINGS_BYTES + 1)])
def test_a_broken_file_is_refused(home: NodeHome, content: bytes) -> None:
    home.settings_file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"node\.toml"):
        settings.load(home, {})


def test_a_wrong_environment_is_refused_without_repeating_it(home: NodeHome) -> None:
    with pytest.raises(SettingsError) as caught:
        settings.load(home, {"JUSUR_GATE_PORT": "hunter2"})
    assert "hunter2" not in str(caught.value)


def test_the_desk_secret_is_made_once_even_by_many_at_once(home: NodeHome) -> None:
    found: list[str] = []
    threads = [threading.Thread(target=lambda: found.append(settings.django_secret(home))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(found)) == 1
    assert len(found[0]) >= 64
    assert stat.S_IMODE((home.keys / "django-secret.txt").stat().st_mode) == 0o600


def test_settings_are_explained_with_their_source_and_without_passwords(tmp_path: Path) -> None:
    home = NodeHome(tmp_path).create()
    text = 'address = "MA"\ncountry = "MA"\nrole = "bureau"\nname = "Rabat"\ngate_port = 9443\n'
    home.settings_file.write_text(text)
    environment = {
        "JUSUR_DATABASE_URL": "postgresql://jusur:opensesame@db.example/jusur",
        "JUSUR_WEB_PORT": "9000",
        "JUSUR_GATE_PORT": "9443",
    }
    found = {each.name: each for each in settings.explain(home, environment)}
    assert (found["web_port"].value, found["web_port"].source) == ("9000", "environment")
    assert found["gate_port"].source == "file"
    assert found["demo"].source == "default"
    assert found["demo"].value == "false"
    assert found["database_url"].value == "postgresql://jusur:•••@db.example/jusur"
    assert found["address"].about.startswith("The organisation's address")
