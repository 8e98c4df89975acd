import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from jusur import vault as vaults
from jusur.crypto.age import AgeWriter, generate_identity
from jusur.kernel.errors import ConflictError
from jusur.node import archive, backup, settings
from jusur.node.archive import ArchiveWriter, BackupError, Manifest
from jusur.node.home import NodeHome
from jusur.node.postgres import EmbeddedPostgres, temporary_postgres

IDENTITY = generate_identity()
PACKAGE = bytes(range(256)) * 5000


def _fill(url: str) -> None:
    with psycopg.connect(url) as connection:
        connection.execute("CREATE TABLE message (id serial PRIMARY KEY, body text)")
        connection.execute("INSERT INTO message (body) SELECT 'رسالة ' || n FROM generate_series(1, 500) n")
        connection.execute("CREATE TABLE closed (n int)")
        connection.execute("INSERT INTO closed VALUES (1), (2)")
        connection.execute("ALTER TABLE closed ENABLE ROW LEVEL SECURITY")
        connection.execute("ALTER TABLE closed FORCE ROW LEVEL SECURITY")


def _make_node(path: Path, **more: object) -> NodeHome:
    home = NodeHome(path).create()
    settings.save(
        settings.make(path, {"address": "MA", "role": "bureau", "name": "NCB Rabat", "country": "MA", **more})
    )
    (home.keys / "signing.pem").write_bytes(b"a key")
    (home.keys / "signing.pem").chmod(0o600)
    vault = vaults.open(home.vault.as_uri())
    for name in ("packages/one.age", "gone"):
        with vault.create(name) as writer:
            writer.write(PACKAGE)
            writer.commit()
    vault.delete("gone", reason="returned")
    return home


@pytest.fixture(autouse=True)
def own_database(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("JUSUR_DATABASE_URL", raising=False)


@pytest.fixture(scope="module")
def shared() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="jusur-test-"))
    folder.chmod(0o711)
    yield folder
    shutil.rmtree(folder)


@pytest.fixture(scope="module")
def made(shared: Path) -> tuple[NodeHome, Path, Manifest]:
    """A node, stopped, and its backup, made once for all tests that only read it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("JUSUR_DATABASE_URL", raising=False)
        home = _make_node(shared / "node")
        with EmbeddedPostgres(home).running() as url:
            _fill(url)
        file = shared / "node.age"
        manifest = backup.backup(home, file, recipients=[IDENTITY.recipient()], checkpoint="jusur.int/log/MA\n7\n")
    return home, file, manifest


@pytest.fixture
def folder(shared: Path) -> Iterator[Path]:
    path = Path(tempfile.mkdtemp(dir=shared))
    path.chmod(0o711)
    yield path
    shutil.rmtree(path)


Made = tuple[NodeHome, Path, Manifest]


def test_a_backup_says_what_it_holds(made: Made) -> None:
    _home, file, manifest = made
    assert manifest.address == "MA"
    assert manifest.checkpoint == "jusur.int/log/MA\n7\n"
    assert manifest.rows == {"public.message": 500, "public.closed": 2}
    assert set(manifest.files) == {
        "node.toml",
        "keys/signing.pem",
        "database.dump",
        "vault/packages/one.age",
        "destroyed/gone.json",
    }
    assert file.stat().st_mode & 0o077 == 0


def test_verify_reads_it_all(made: Made) -> None:
    assert backup.verify(made[1], identity=IDENTITY) == made[2]


def test_a_restored_node_is_the_same_node(made: Made, folder: Path) -> None:
    home = NodeHome(folder / "new")
    assert backup.restore(made[1], home, identity=IDENTITY) == made[2]
    assert settings.load(home, {}).address == "MA"
    assert (home.keys / "signing.pem").read_bytes() == b"a key"
    assert (home.keys / "signing.pem").stat().st_mode & 0o077 == 0
    vault = vaults.open(home.vault.as_uri())
    assert vault.read_range("packages/one.age", 0, len(PACKAGE) + 1) == PACKAGE
    with pytest.raises(vaults.WriteOnceError):
        vault.create("gone")
    with EmbeddedPostgres(home).running() as url, psycopg.connect(url) as connection:
        assert connection.execute("SELECT body FROM message WHERE id = 500").fetchone() == ("رسالة 500",)
        owner = connection.execute("SELECT tableowner FROM pg_tables WHERE tablename = 'message'").fetchone()
        assert owner == ("jusur",)
        row = connection.execute("INSERT INTO message (body) VALUES ('next') RETURNING id").fetchone()
        assert row == (501,)
    assert not (home.run / archive.DATABASE).exists()


def test_public_tools_open_it_too(made: Made, folder: Path) -> None:
    age = shutil.which("age")
    if age is None:
        pytest.skip("needs age")
    (folder / "key").write_text(IDENTITY.text())
    subprocess.run([age, "-d", "-i", str(folder / "key"), "-o", str(folder / "tar"), str(made[1])], check=True)
    with tarfile.open(folder / "tar") as tar:
        assert tar.getnames()[0] == "node.toml"
        assert tar.getnames()[-1] == "manifest.json"


def test_a_running_node_is_backed_up_and_goes_on(made: Made, folder: Path) -> None:
    with EmbeddedPostgres(made[0]).running() as url:
        manifest = backup.backup(made[0], folder / "b", recipients=[IDENTITY.recipient()])
        assert manifest.rows == made[2].rows
        with psycopg.connect(url) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)


def test_under_a_passphrase(made: Made, folder: Path) -> None:
    backup.backup(made[0], folder / "b", passphrase="correct horse")
    assert archive.key_file(folder / "b").read_bytes().startswith(b"age-encryption.org/v1")
    assert backup.verify(folder / "b", passphrase="correct horse").address == "MA"
    with pytest.raises(BackupError, match="passphrase"):
        backup.verify(folder / "b", passphrase="wrong horse")
    archive.key_file(folder / "b").unlink()
    with pytest.raises(BackupError, match="both files"):
        backup.verify(folder / "b", passphrase="correct horse")


def test_another_postgresql_is_backed_up_and_restored_into(made: Made, folder: Path) -> None:
    with temporary_postgres() as outside:
        url = outside.url()
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("CREATE TABLE message (n int)")
            connection.execute("INSERT INTO message VALUES (1), (2), (3)")
            connection.execute("CREATE DATABASE other")
        home = _make_node(folder / "node", database_url=url)
        manifest = backup.backup(home, folder / "b", recipients=[IDENTITY.recipient()])
        assert manifest.rows == {"public.message": 3}
        other = outside.url(database="other")
        restored = NodeHome(folder / "restored")
        backup.restore(folder / "b", restored, identity=IDENTITY, database_url=other)
        assert settings.load(restored, {}).database_url == other
        with psycopg.connect(other) as connection:
            assert connection.execute("SELECT count(*) FROM message").fetchone() == (3,)
        with pytest.raises(BackupError, match="not empty"):
            backup.restore(folder / "b", NodeHome(folder / "again"), identity=IDENTITY, database_url=other)
        assert not (folder / "again").exists()


@pytest.mark.parametrize("place", [0, 30, 400, 70_000, -70_000, -1])
def test_a_flipped_byte_is_noticed_and_nothing_is_restored(made: Made, folder: Path, place: int) -> None:
    data = bytearray(made[1].read_bytes())
    data[place] ^= 1
    (folder / "bad").write_bytes(data)
    with pytest.raises(BackupError):
        backup.verify(folder / "bad", identity=IDENTITY)
    with pytest.raises(BackupError):
        backup.restore(folder / "bad", NodeHome(folder / "new"), identity=IDENTITY)
    assert not (folder / "new").exists()


@pytest.mark.parametrize("kept", [0, 100, 100_000, -1])
def test_a_cut_backup_is_noticed(made: Made, folder: Path, kept: int) -> None:
    (folder / "cut").write_bytes(made[1].read_bytes()[:kept])
    with pytest.raises(BackupError):
        backup.verify(folder / "cut", identity=IDENTITY)


def test_another_key_does_not_open_it(made: Made) -> None:
    with pytest.raises(BackupError, match="own key"):
        backup.verify(made[1], identity=generate_identity())


def test_a_home_that_holds_something_is_not_restored_into(made: Made, folder: Path) -> None:
    (folder / "new").mkdir()
    (folder / "new" / "file").write_text("mine")
    with pytest.raises(ConflictError, match="not empty"):
        backup.restore(made[1], NodeHome(folder / "new"), identity=IDENTITY)
    assert (folder / "new" / "file").read_text() == "mine"


def test_an_existing_file_is_not_overwritten(made: Made) -> None:
    with pytest.raises(ConflictError, match="exists already"):
        backup.backup(made[0], made[1], recipients=[IDENTITY.recipient()])


@pytest.mark.parametrize("both", [True, False])
def test_one_way_to_seal(made: Made, folder: Path, both: bool) -> None:
    given = {"recipients": [IDENTITY.recipient()], "passphrase": "x"} if both else {}
    with pytest.raises(BackupError, match="one of the two"):
        backup.backup(made[0], folder / "b", **given)  # type: ignore[arg-type]


def _forged(path: Path, *names: str, manifest: bool = True, kind: bytes = tarfile.REGTYPE) -> None:
    with (
        path.open("wb") as file,
        AgeWriter(file, [IDENTITY.recipient()]) as sealed,
        tarfile.open(fileobj=sealed, mode="w|") as tar,  # type: ignore[call-overload]
    ):
        for name in names:
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = kind, "/etc/passwd"
            tar.addfile(entry)
        if manifest:
            ArchiveWriter(tar).finish(Manifest("MA", "", 15, "", {}, {}))


@pytest.mark.parametrize(
    "names",
    [
        ("../x",),
        ("/etc/x",),
        ("keys/../../x",),
        ("keys/.hidden",),
        ("other",),
        ("keys/a", "keys/a"),
        ("vault/a/b/c/d/e/f",),
    ],
)
def test_names_that_no_backup_has(folder: Path, names: tuple[str, ...]) -> None:
    _forged(folder / "f", *names)
    with pytest.raises(BackupError, match="no backup"):
        backup.verify(folder / "f", identity=IDENTITY)


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE, tarfile.CHRTYPE])
def test_what_is_no_plain_file_is_refused(folder: Path, kind: bytes) -> None:
    _forged(folder / "f", "keys/a", kind=kind)
    with pytest.raises(BackupError, match="no backup"):
        backup.verify(folder / "f", identity=IDENTITY)


def test_a_file_that_the_manifest_does_not_name_is_refused(folder: Path) -> None:
    _forged(folder / "f", "keys/a")
    with pytest.raises(BackupError, match="manifest"):
        backup.verify(folder / "f", identity=IDENTITY)


def test_a_backup_without_manifest_is_refused(folder: Path) -> None:
    _forged(folder / "f", "keys/a", manifest=False)
    with pytest.raises(BackupError, match="manifest"):
        backup.verify(folder / "f", identity=IDENTITY)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b'{"format": "jusur-backup/1"}', b"\xff"])
def test_a_manifest_that_is_none(data: bytes) -> None:
    with pytest.raises(BackupError, match="manifest"):
        Manifest.decode(data)
