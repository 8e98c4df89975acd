import msgspec
import pytest

from jusur.exchange.peer import MAX_SAID, Answer, busy, refused


def problem(**fields: str) -> bytes:
    return msgspec.json.encode({"type": "about:blank", "status": 401, **fields})


def test_a_refusal_is_told_with_the_peers_own_reason() -> None:
    body = problem(detail="The request was signed 3600 seconds in this node's past.", fix="Set the clock.")
    told = refused("NO", Answer(401, {}, body)).detail
    assert told == "NO answers HTTP 401. The request was signed 3600 seconds in this node's past. Set the clock."


@pytest.mark.parametrize("body", [b"", b"<html>", b"[]", b'{"detail": 7}', b"\xff", problem()])
def test_an_answer_without_a_reason_gives_its_status(body: bytes) -> None:
    assert refused("NO", Answer(500, {}, body)).detail == "NO answers HTTP 500."


def test_a_peers_words_are_bounded_and_printable() -> None:
    told = refused("NO", Answer(400, {}, problem(detail="a\u202eb\x1b[2J" + "x" * 5000))).detail
    assert "\u202e" not in told
    assert "\x1b" not in told
    assert len(told) <= MAX_SAID + 40


@pytest.mark.parametrize(("field", "said"), [("7", "in 7 seconds"), ("", "in a minute"), ("soon", "in a minute")])
def test_a_busy_peer_says_when_to_come_again(field: str, said: str) -> None:
    error = busy("NO", Answer(503, {"retry-after": field}, b""))
    assert said in error.fix
    assert error.retry_after == (7 if field == "7" else None)
