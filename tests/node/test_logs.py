import io
import json
import logging
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from jusur.node import logs, settings
from jusur.node.logs import REDACTED, clean_text, redact, rotate

RABAT = settings.make(Path("/none"), {"address": "MA", "role": "bureau", "name": "NCB Rabat", "country": "MA"})


@pytest.fixture
def stream(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    out = io.StringIO()
    monkeypatch.setattr(sys, "stderr", out)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    logs.configure("gate", RABAT)
    yield out
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_a_line_says_who_when_and_what(stream: io.StringIO) -> None:
    structlog.get_logger("jusur.gate").info("envelope accepted", envelope="0192", size=10)
    (line,) = lines(stream)
    assert line["event"] == "envelope accepted"
    assert (line["process"], line["node"], line["level"], line["logger"]) == ("gate", "MA", "info", "jusur.gate")
    assert str(line["timestamp"]).endswith("Z")
    assert line["size"] == 10


def test_libraries_speak_the_same_form(stream: io.StringIO) -> None:
    logging.getLogger("granian").warning("listening with token=%s", "abcdef123456")
    (line,) = lines(stream)
    assert line["logger"] == "granian"
    assert "abcdef" not in json.dumps(line)


def test_what_is_below_the_level_is_not_written(stream: io.StringIO) -> None:
    structlog.get_logger("x").debug("detail")
    assert not stream.getvalue()


def test_an_exception_is_shown_without_its_secrets(stream: io.StringIO) -> None:
    try:
        raise ValueError("could not connect to postgresql://jusur:hunter2@db/jusur")
    except ValueError:
        structlog.get_logger("x").exception("failed")
    (line,) = lines(stream)
    assert "ValueError" in str(line["exception"])
    assert "hunter2" not in stream.getvalue()


def test_a_forged_line_break_stays_inside_its_line(stream: io.StringIO) -> None:
    structlog.get_logger("x").info('a\n{"event": "forged"}')
    assert len(lines(stream)) == 1


@pytest.mark.parametrize(
    "name",
    ["password", "Passphrase", "api_key", "X-API-Key", "Authorization", "set-cookie", "session_id", "private_key",
     "secret_key", "csrf_token", "db_password", "identity", "otp"],
)  # fmt: skip
def test_telling_names_are_redacted_at_any_depth(name: str) -> None:
    event = redact(None, "info", {"event": "x", "a": [{"b": {name: "hunter2"}}], name: "hunter2"})
    assert "hunter2" not in json.dumps(event)
    assert REDACTED in json.dumps(event)


@pytest.mark.parametrize("name", ["keyid", "key_id", "tokens_used_count", "author", "pinned", "subject", "passage"])
def test_harmless_names_are_kept(name: str) -> None:
    expected = REDACTED if name == "tokens_used_count" else "value"
    assert redact(None, "info", {name: "value"})[name] == expected


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----\nhunter2\n-----END PRIVATE KEY-----",
        "-----BEGIN EC PRIVATE KEY-----\nhunter2 cut off",
        "AGE-SECRET-KEY-1HUNTER2HUNTER2",
        "age-secret-key-1hunter2",
        "Authorization: Signature hunter2 and more",
        "Bearer hunter2hunter2",
        "Cookie: a=hunter2; b=hunter2",
        "https://user:hunter2@host/path",
        "password=hunter2&x=1",
        '{"password": "hunter2 with spaces"}',
        "token: 'hunter2'",
        "AWS_SECRET_ACCESS_KEY=hunter2",
        "eyJhunter2aaa.hunter2.hunter2",
    ],
)
def test_telling_text_is_redacted(text: str) -> None:
    assert "hunter2" not in clean_text(f"before {text}").lower()
    assert clean_text(f"before {text}").startswith("before ")


def test_bytes_and_long_values_are_shortened() -> None:
    event = redact(None, "info", {"blob": b"secret-bytes", "long": "x" * 100_000})
    assert event["blob"] == "<12 bytes>"
    assert len(event["long"]) < 5000


def test_a_file_is_rotated_by_its_own_process(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logs, "MAX_LOG_BYTES", 2000)
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        logs.configure("web", RABAT, file=tmp_path / "web.log")
        for number in range(100):
            structlog.get_logger("x").info("line", number=number)
    finally:
        for handler in set(root.handlers) - set(handlers):
            handler.close()
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    assert 2 <= len(list(tmp_path.iterdir())) <= 1 + logs.KEPT_LOGS


def test_a_log_that_others_append_to_is_copied_and_emptied(tmp_path: Path) -> None:
    path = tmp_path / "postgres.log"
    with path.open("ab") as writer:
        for round_ in range(4):
            writer.write(b"%d" % round_ * 50)
            writer.flush()
            assert rotate(path, max_bytes=10, kept=2)
    assert path.read_bytes() == b""
    assert (tmp_path / "postgres.log.1").read_bytes() == b"3" * 50
    assert (tmp_path / "postgres.log.2").read_bytes() == b"2" * 50
    assert not (tmp_path / "postgres.log.3").exists()
    assert not rotate(path, max_bytes=10)
    assert not rotate(tmp_path / "none", max_bytes=10)
