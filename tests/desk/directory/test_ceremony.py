"""Joining through the pages: the secretariat's desk and the bureau's, each with its own home; one database, turned."""

import base64
import json
import re
from collections.abc import Callable

import pytest
from django.test import Client
from tests.desk.directory.conftest import make_home
from tests.directory.network import Nodes, new_authority, new_material

from jusur.directory import api as directory
from jusur.node.context import current
from jusur.node.home import NodeHome

Home = Callable[..., NodeHome]


class Turn:
    """Both nodes' directory tables in one database; ``turn("BR")`` puts one node's rows and home in place."""

    def __init__(self, tmp: NodeHome, monkeypatch: pytest.MonkeyPatch) -> None:
        self.nodes = Nodes(new_authority(), new_material())
        self.folder, self.monkeypatch = tmp.path.parent, monkeypatch

    def __call__(self, name: str) -> None:
        self.nodes.turn_to(name)
        make_home(self.folder / name, name, "secretariat" if name == "GS" else "bureau", self.monkeypatch)


@pytest.fixture
def turn(secretariat: NodeHome, monkeypatch: pytest.MonkeyPatch) -> Turn:
    return Turn(secretariat, monkeypatch)


def data_link(page: str, name: str) -> bytes:
    found = re.search(rf'download="{name}"[^>]*href="data:[^;]+;base64,([^"]+)"', page)
    assert found, page[:4000]
    return base64.b64decode(found[1])


def words_of(page: str) -> str:
    return " ".join(re.findall(r"<li>([a-z]+)</li>", page))


def invite(client: Client, address: str = "BR") -> bytes:
    page = client.post("/settings/network/invite", {"address": address, "join_url": ""}).content.decode()
    return data_link(page, f"invitation-{address}.json")


def ask(client: Client, invitation: bytes) -> tuple[bytes, str, str]:
    page = client.post("/settings/keys/join", {"text": invitation.decode(), "recovery": "on"}).content.decode()
    return data_link(page, "request-BR.json"), words_of(page), page


def admit(client: Client, request: bytes, words: str) -> bytes:
    answer = client.post("/settings/network/requests", {"text": request.decode()})
    assert answer.status_code == 302, answer.content.decode()[:3000]
    done = client.post(answer["Location"], {"fingerprint": words, "typed": "BR"})
    assert done.status_code == 302, done.content.decode()
    return client.get(f"{answer['Location']}/welcome").content


def join(turn: Turn, client: Client) -> None:
    turn("GS")
    paper = invite(client)
    turn("BR")
    request, words, _page = ask(client, paper)
    turn("GS")
    welcome = admit(client, request, words)
    spoken = words_of(client.get("/settings/network").content.decode())
    turn("BR")
    file = _file("welcome.json", welcome)
    answer = client.post("/settings/keys/join/complete", {"welcome": file, "fingerprint": spoken})
    assert answer.status_code == 302, answer.content.decode()


def _file(name: str, content: bytes) -> object:
    from django.core.files.uploadedfile import SimpleUploadedFile

    return SimpleUploadedFile(name, content)


def test_a_bureau_joins_through_the_pages(turn: Turn, administrator: Client) -> None:
    join(turn, administrator)
    assert directory.organisation("BR").status == "active"
    assert current().keys.certificate("tls") is not None
    assert any(key.use == "recovery" for key in directory.organisation("BR").keys)
    assert administrator.get("/settings/keys/join").status_code == 302
    page = administrator.get("/settings/keys").content.decode()
    assert words_of(page) == directory.directory_fingerprint()


def test_words_stay_readable_and_the_token_is_not_kept(turn: Turn, administrator: Client) -> None:
    paper = invite(administrator)
    token = json.loads(paper)["token"]
    turn("BR")
    _request, words, page = ask(administrator, paper)
    assert len(words.split()) == 12
    assert 'class="qr"' in page
    again = administrator.get("/settings/keys/join").content.decode()
    assert words_of(again) == words
    assert token not in again


def test_wrong_words_admit_nobody(turn: Turn, administrator: Client) -> None:
    paper = invite(administrator)
    turn("BR")
    request, words, _page = ask(administrator, paper)
    turn("GS")
    at = administrator.post("/settings/network/requests", {"text": request.decode()})["Location"]
    wrong = " ".join(reversed(words.split()))
    refused = administrator.post(at, {"fingerprint": wrong, "typed": "BR"})
    assert refused.status_code == 200
    assert "What was read out is not this request" in refused.content.decode()
    untyped = administrator.post(at, {"fingerprint": words, "typed": "AR"})
    assert "not the address you are about to act on" in untyped.content.decode()
    assert directory.organisation("BR").status == "not-joined"
    assert administrator.get(f"{at}/welcome").status_code == 404
    assert administrator.post(f"{at}/refuse", {"reason": "Nobody there knows of it"}).status_code == 302
    assert directory.join_requests(state="refused")[0].reason == "Nobody there knows of it"


def test_another_directory_key_lets_nobody_in(turn: Turn, administrator: Client) -> None:
    paper = invite(administrator)
    turn("BR")
    request, words, _page = ask(administrator, paper)
    turn("GS")
    welcome = admit(administrator, request, words)
    turn("BR")
    answer = administrator.post(
        "/settings/keys/join/complete", {"welcome": _file("w", welcome), "fingerprint": " ".join(["acid"] * 12)}
    )
    assert answer.status_code == 200
    assert "does not have the fingerprint you were told" in answer.content.decode()
    assert not directory.has_directory()


def test_new_keys_are_asked_granted_and_installed(turn: Turn, administrator: Client) -> None:
    join(turn, administrator)
    old = directory.active_key(directory.organisation("BR"), "signing").keyid
    assert administrator.post("/settings/keys/new", {"uses": ["signing", "tls"]}).status_code == 302
    request = data_link(administrator.get("/settings/keys/new").content.decode(), "request-BR.json")
    turn("GS")
    answer = administrator.post("/settings/network/grant", {"text": request.decode()})
    assert "attachment" in answer["Content-Disposition"], answer.content.decode()[:2000]
    turn("BR")
    done = administrator.post("/settings/keys/new/install", {"file": _file("answer.json", answer.content)})
    assert done.status_code == 302, done.content.decode()
    new = directory.active_key(directory.organisation("BR"), "signing").keyid
    assert new != old
    assert current().keys.signing.keyid == new
    assert directory.keys_waiting() is None


def test_a_request_for_new_keys_is_given_up(turn: Turn, administrator: Client) -> None:
    join(turn, administrator)
    administrator.post("/settings/keys/new", {"uses": ["log"]})
    assert administrator.post("/settings/keys/new/abandon").status_code == 302
    assert directory.keys_waiting() is None
    assert administrator.post("/settings/keys/new/abandon").status_code == 404


def test_lost_keys_are_replaced_by_telephone(turn: Turn, administrator: Client) -> None:
    join(turn, administrator)
    administrator.post("/settings/keys/new", {"emergency": "on"})
    page = administrator.get("/settings/keys/new").content.decode()
    request, words = data_link(page, "request-BR.json"), words_of(page)
    turn("GS")
    given = {"text": request.decode(), "emergency": "on", "fingerprint": words, "reason": ""}
    assert "Say what happened." in administrator.post("/settings/network/grant", given).content.decode()
    answer = administrator.post("/settings/network/grant", given | {"reason": "Burglary"})
    assert "attachment" in answer["Content-Disposition"]
    states = {key.state for key in directory.organisation("BR").keys if key.use == "signing"}
    assert states == {"active", "revoked"}


def test_suspending_restoring_limiting_and_revoking(turn: Turn, administrator: Client) -> None:
    join(turn, administrator)
    turn("GS")
    at = "/settings/network/members/BR"
    assert "Suspend" in administrator.get(at).content.decode()
    given = {"reason": "Court order", "typed": "BR"}
    assert administrator.post(f"{at}/suspend", given | {"typed": "br "}).status_code == 302
    assert directory.organisation("BR").status == "suspended"
    assert "Court order" in administrator.get(at).content.decode()
    assert administrator.post(f"{at}/suspend", given).status_code == 200
    assert administrator.post(f"{at}/restore", given).status_code == 302
    limits = {"sends": "message.*\nevidence.*", "receives": "*", "classifications": ["restricted"], "typed": "BR"}
    assert administrator.post(f"{at}/limits", limits).status_code == 302
    assert directory.organisation("BR").limits.sends == ("evidence.*", "message.*")
    key = directory.active_key(directory.organisation("BR"), "seal").keyid
    assert administrator.get(f"{at}/keys/{key}").status_code == 200
    assert administrator.post(f"{at}/keys/{key}", {"reason": "Stolen", "typed": "BR"}).status_code == 302
    assert directory.organisation("BR").status == "suspended"
    assert administrator.post(f"{at}/withdraw", given).status_code == 302
    assert directory.organisation("BR").status == "withdrawn"
    assert administrator.get(f"{at}/destroy").status_code == 404


def test_the_directory_key_is_announced_and_retired(turn: Turn, administrator: Client) -> None:
    old = current().keys.directory.keyid
    assert administrator.post("/settings/network/directory-key", {"typed": "XX"}).status_code == 200
    assert administrator.post("/settings/network/directory-key", {"typed": "GS"}).status_code == 302
    assert len(directory.directory_keys()) == 2
    page = administrator.get("/settings/network").content.decode()
    assert "announced" in page
    current.cache_clear()
    done = administrator.post(f"/settings/network/directory-key/{old}/retire", {"typed": "GS"})
    assert done.status_code == 302, done.content.decode()
    states = {key.keyid: key.state for key in directory.directory_keys()}
    assert states.pop(old) == "retired"
    assert list(states.values()) == ["active"]


def test_a_bureau_s_node_has_no_secretariat_s_pages(turn: Turn, administrator: Client) -> None:
    turn("BR")
    for path in ("", "/invite", "/grant", "/directory-key"):
        assert administrator.get(f"/settings/network{path}").status_code == 404
    assert administrator.get("/directory/").status_code == 200
    assert "has not joined" in administrator.get("/directory/").content.decode()


HOSTILE = [
    b"",
    b"not json",
    b"[" * 5000,
    b'{"a":' * 3000,
    b'{"format":"jusur-invitation/1"}',
    b'{"id":1,"id":2}',
    '{"\u202e": "\ud7ff"}'.encode(),
    b'{"token":"x","request":{}}',
    b'{"token":"' + b"A" * 200_000 + b'","request":{}}',
    b"9" * 5000,
    b"\xff\xfe",
    b'{"token":1e999999,"request":{}}',
    b"A" * 300_000,
]


@pytest.mark.parametrize("hostile", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_papers_are_refused_explained(hostile: bytes, turn: Turn, administrator: Client) -> None:
    for path in ("/settings/network/requests", "/settings/network/grant"):
        answer = administrator.post(path, {"file": _file("x", hostile)})
        assert answer.status_code == 200, path
        assert 'class="fault' in answer.content.decode() or "faults" in answer.content.decode(), path
    turn("BR")
    answer = administrator.post("/settings/keys/join", {"file": _file("x", hostile)})
    assert answer.status_code == 200
    answer = administrator.post("/settings/keys/join", {"text": hostile.decode("latin-1")})
    assert answer.status_code == 200
    assert not directory.join_requests(state="made")
