from collections.abc import Callable
from datetime import timedelta
from uuid import UUID

import pytest
from tests.web.conftest import Caller, problem

from jusur.kernel import clock
from jusur.ledger import api as ledger

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.web.frame_urls")]
KARIM = {"email": "Karim@MA.example", "name": "Karim", "roles": ["officer", "examiner"]}
NOBODY = str(UUID(int=7))


@pytest.fixture
def administrator(entered: Callable[..., Caller]) -> Caller:
    return entered("administrator")


def test_an_officer_is_entered_gets_a_token_and_loses_access(administrator: Caller) -> None:
    officer = administrator.post("/officers", KARIM).json()
    assert (officer["email"], officer["roles"], officer["active"]) == (
        "karim@ma.example",
        ["examiner", "officer"],
        True,
    )
    path = f"/officers/{officer['id']}"
    issued = administrator.post(f"{path}/tokens", {"name": "desk", "scopes": ["request.read"], "days": 1}).json()
    karim = Caller(issued["secret"])
    assert karim.get("/officers/me").json() == {
        "id": officer["id"],
        "name": "Karim",
        "kind": "person",
        "roles": ["examiner", "officer"],
        "acts": ["request.read"],
        "language": "en",
    }
    life = clock.parse_timestamp(issued["expires_at"]) - clock.parse_timestamp(issued["created_at"])
    assert life == timedelta(days=1)
    listed = administrator.get(f"{path}/tokens")
    assert issued["secret"].encode() not in listed.content
    assert [token["id"] for token in listed.json()["items"]] == [issued["id"]]
    assert administrator.delete(f"{path}/tokens/{issued['id']}").status_code == 204
    problem(karim.get("/officers/me"), 401)
    problem(administrator.delete(f"{path}/tokens/{issued['id']}"), 404)
    again = Caller(administrator.post(f"{path}/tokens", {"name": "desk"}).json()["secret"])
    assert "request.draft" in again.get("/officers/me").json()["acts"]
    assert administrator.post(f"{path}/deactivation").json()["active"] is False
    problem(again.get("/officers/me"), 401)
    problem(administrator.post(f"{path}/deactivation"), 404)
    problem(administrator.post(f"{path}/tokens", {"name": "desk"}), 404)
    kinds = [event.kind for event in ledger.events("officer", officer["id"])]
    assert kinds == [
        "accounts.officer.created",
        "accounts.token.issued",
        "accounts.token.revoked",
        "accounts.token.issued",
        "accounts.officer.deactivated",
    ]


def test_a_token_is_revoked_at_its_own_officer_only(administrator: Caller) -> None:
    one = administrator.post("/officers", KARIM).json()["id"]
    other = administrator.post("/officers", KARIM | {"email": "b@ma.example"}).json()["id"]
    token = administrator.post(f"/officers/{one}/tokens", {"name": "desk"}).json()["id"]
    problem(administrator.delete(f"/officers/{other}/tokens/{token}"), 404)


def test_pages_go_through_all_newest_first(administrator: Caller) -> None:
    made = [administrator.post("/officers", KARIM | {"email": f"o{n}@ma.example"}).json()["id"] for n in range(5)]
    seen, cursor = [], ""
    while True:
        page = administrator.get("/officers", query_params={"limit": 2, "cursor": cursor}).json()
        seen += [officer["id"] for officer in page["items"]]
        cursor = page["next"]
        if not cursor:
            break
    assert seen[:5] == made[::-1]
    assert len(seen) == 6


@pytest.mark.parametrize(
    "wrong",
    [
        {"email": "karim"},
        {"email": "a\u202e@b.example"},
        {"name": ""},
        {"name": "\u200b"},
        {"name": "x" * 201},
        {"roles": ["king"]},
        {"roles": ["officer"] * 21},
        {"roles": "officer"},
        {"kind": "robot"},
        {"language": "de"},
        {"is_superuser": True},
    ],
)
def test_what_no_officer_is_like_is_refused(administrator: Caller, wrong: dict[str, object]) -> None:
    problem(administrator.post("/officers", KARIM | wrong), 422)


@pytest.mark.parametrize("wrong", [{"scopes": ["all"]}, {"days": 0}, {"days": 367}, {"days": 1e300}, {"name": "\n"}])
def test_what_no_token_is_like_is_refused(administrator: Caller, wrong: dict[str, object]) -> None:
    officer = administrator.post("/officers", KARIM).json()["id"]
    problem(administrator.post(f"/officers/{officer}/tokens", {"name": "x"} | wrong), 422)


def test_unknown_officers_are_not_found(administrator: Caller) -> None:
    problem(administrator.get(f"/officers/{NOBODY}"), 404)
    problem(administrator.get("/officers/x"), 422)
    problem(administrator.get(f"/officers/{NOBODY}/tokens"), 404)
    problem(administrator.post(f"/officers/{NOBODY}/tokens", {"name": "x"}), 404)


def test_a_token_for_nothing_may_do_nothing(administrator: Caller) -> None:
    officer = administrator.post("/officers", KARIM | {"roles": ["administrator"]}).json()["id"]
    secret = administrator.post(f"/officers/{officer}/tokens", {"name": "x", "scopes": []}).json()["secret"]
    problem(Caller(secret).get("/officers"), 403)
    assert Caller(secret).get("/officers/me").json()["acts"] == []
