"""What every vault must do, whatever it stores its objects on: each test module binds ``vault`` to one kind."""

import threading

import pytest

from jusur.kernel.errors import InvalidInputError
from jusur.vault import MissingObjectError, Vault, WriteOnceError

DATA = bytes(range(256)) * 40


def store(vault: Vault, name: str = "packages/one.age", data: bytes = DATA) -> None:
    with vault.create(name, expected_size=len(data)) as writer:
        for start in range(0, len(data), 1000):
            writer.write(data[start : start + 1000])
        assert writer.commit() == len(data)


class VaultContract:
    def test_what_is_written_is_read(self, vault: Vault) -> None:
        store(vault)
        assert vault.exists("packages/one.age")
        assert vault.size("packages/one.age") == len(DATA)
        with vault.open("packages/one.age") as file:
            assert file.read() == DATA
            file.seek(-10, 2)
            assert file.read() == DATA[-10:]
            file.seek(300)
            assert file.read(5) == DATA[300:305]
        assert list(vault.names()) == ["packages/one.age"]

    def test_ranges(self, vault: Vault) -> None:
        store(vault)
        assert vault.read_range("packages/one.age", 300, 7) == DATA[300:307]
        assert vault.read_range("packages/one.age", len(DATA) - 3, 100) == DATA[-3:]
        assert vault.read_range("packages/one.age", len(DATA) + 5, 100) == b""

    def test_an_empty_object(self, vault: Vault) -> None:
        store(vault, data=b"")
        assert vault.size("packages/one.age") == 0
        assert vault.read_range("packages/one.age", 0, 10) == b""

    def test_nothing_is_visible_before_commit(self, vault: Vault) -> None:
        with vault.create("one") as writer:
            writer.write(DATA)
            assert not vault.exists("one")
        assert not vault.exists("one")
        assert list(vault.names()) == []
        store(vault, "one")

    def test_a_name_is_written_once(self, vault: Vault) -> None:
        store(vault)
        with pytest.raises(WriteOnceError):
            vault.create("packages/one.age")
        with pytest.raises(WriteOnceError):
            vault.create_sized("packages/one.age", 10, chunk_size=10)

    def test_of_two_writers_one_wins(self, vault: Vault) -> None:
        outcomes: list[bytes] = []

        def attempt(mark: bytes) -> None:
            writer = vault.create("one")
            writer.write(mark * 100)
            gate.wait()
            try:
                writer.commit()
                outcomes.append(mark)
            except WriteOnceError:
                pass

        gate = threading.Barrier(2)
        threads = [threading.Thread(target=attempt, args=(mark,)) for mark in (b"a", b"b")]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(outcomes) == 1
        assert vault.read_range("one", 0, 1000) == outcomes[0] * 100

    def test_chunks_in_any_order(self, vault: Vault) -> None:
        with vault.create_sized("one", len(DATA), chunk_size=1000) as writer:
            for index in list(writer.missing())[::-1][:5]:
                writer.write_at(index * 1000, DATA[index * 1000 : index * 1000 + 1000])
        with vault.create_sized("one", len(DATA), chunk_size=1000) as writer:
            assert len(writer.missing()) == 6
            for index in writer.missing():
                writer.write_at(index * 1000, DATA[index * 1000 : index * 1000 + 1000])
            assert not vault.exists("one")
            assert writer.commit() == len(DATA)
        assert vault.read_range("one", 0, len(DATA)) == DATA

    def test_destroying_needs_a_reason_and_the_name_stays_taken(self, vault: Vault) -> None:
        store(vault)
        with pytest.raises(InvalidInputError, match="reason"):
            vault.delete("packages/one.age", reason=" ")
        assert vault.exists("packages/one.age")
        vault.delete("packages/one.age", reason="returned to the sender")
        assert not vault.exists("packages/one.age")
        with pytest.raises(MissingObjectError):
            vault.size("packages/one.age")
        with pytest.raises(WriteOnceError):
            vault.create("packages/one.age")

    @pytest.mark.parametrize("act", ["size", "open", "delete", "read_range"])
    def test_a_missing_object_is_told(self, vault: Vault, act: str) -> None:
        arguments: dict[str, dict[str, object]] = {"delete": {"reason": "x"}, "read_range": {"start": 0, "length": 1}}
        with pytest.raises(MissingObjectError):
            getattr(vault, act)("none", **arguments.get(act, {}))

    @pytest.mark.parametrize(
        "name",
        ["", "..", "a/../b", "/etc/passwd", "A", "a//b", "a/", ".a", "a\x00", "a\n", "a b", "é", "a/b/c/d/e", "~"],
    )
    def test_names_that_are_none(self, vault: Vault, name: str) -> None:
        for act in (vault.create, vault.size, vault.open, vault.exists):
            with pytest.raises(InvalidInputError):
                act(name)

    def test_a_name_that_is_too_long(self, vault: Vault) -> None:
        with pytest.raises(InvalidInputError):
            vault.create("a" * 201)

    def test_room_is_known(self, vault: Vault) -> None:
        assert vault.free_bytes() > 0
