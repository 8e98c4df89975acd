from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI
from ninja.testing import TestClient
from tests.assembly.house import AUDITOR, HERE, LETTER, MANAGER, TEXT, House, delegate_actor, paragraph, texts

from jusur.accounts.api import Actor
from jusur.assembly.endpoints import router
from jusur.kernel.errors import JusurError
from jusur.kernel.languages import LANGUAGES

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("node")]
Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def client() -> TestClient:
    api = NinjaAPI(urls_namespace="assembly-test")
    api.add_router("/assembly", router)

    @api.exception_handler(JusurError)
    def problem(request: HttpRequest, error: JusurError) -> HttpResponse:
        return api.create_response(request, error.problem(), status=error.status)

    return TestClient(api)


@pytest.fixture
def ask(client: TestClient) -> Ask:
    """Ask the API as an actor: method, path, body; the status and the answer."""

    def asked(method: str, path: str, body: Any = None, actor: Actor = MANAGER) -> Any:
        response = client.request(method, f"/assembly{path}", json=body, auth=actor)
        return response.status_code, response.json()

    return asked


def test_a_session_from_its_convening_to_its_minutes(ask: Ask) -> None:
    status, seat = ask(
        "POST",
        "/sessions",
        {
            "number": 94,
            "year": 2026,
            "host": "CN",
            "place": texts("Hong Kong"),
            "opens_on": "2026-11-23",
            "closes_on": "2026-11-26",
            "members": {"MA": "africa", "NO": "europe"},
        },
    )
    assert (status, seat["state"], seat["dates"][-1]["last_day"]) == (201, "convened", "2026-10-24")
    path = f"/sessions/{seat['id']}"
    status, item = ask("POST", f"{path}/items", {"titles": texts("Fund"), "proposed_by": "GS"})
    assert status == 200
    assert ask("POST", f"{path}/stage?to=sitting")[1]["state"] == "sitting"
    assert ask("PUT", f"{path}/agenda", {"items": [item["id"]]})[1]["agenda"][0]["place"] == 1
    voters = {}
    for party in ("MA", "NO"):
        row = ask("POST", f"{path}/delegations", {"party": party, "letter_sha256": LETTER})[1]
        for decision in ("recommended", "accepted"):
            ask("POST", f"/delegations/{row['id']}/credentials", {"decision": decision})
        officer = str(UUID(int=ord(party[0])))
        voters[party] = ask(
            "POST", f"/delegations/{row['id']}/delegates", {"name": "A", "votes": True, "officer": officer}
        )[1]
    from jusur.assembly.models import Delegate

    for badge in Delegate.objects.values_list("badge", flat=True):
        assert ask("POST", "/passages", {"badge": badge, "entered": True})[1]["present"]
    body = {"titles": texts("Fund"), "paragraphs": TEXT, "sponsors": ["MA"], "decision": "budget"}
    status, draft = ask("POST", f"/items/{item['id']}/drafts", body)
    assert (status, draft["missing_versions"]) == (201, list(LANGUAGES))
    for language in LANGUAGES:
        draft = ask("POST", f"/drafts/{draft['id']}/versions", {"language": language, "distribute": True})[1]
    status, poll = ask("POST", "/polls", {"draft": draft["id"], "method": "roll_call"})
    assert (status, poll["present"], poll["quorum"]) == (201, 2, 1)
    for voter in voters.values():
        assert ask("POST", f"/polls/{poll['id']}/votes", {"delegate": voter["id"], "choice": "for"})[0] == 200
    closed = ask("POST", f"/polls/{poll['id']}/closing", {})[1]
    assert (closed["carried"], closed["votes"]) == (True, {"MA": "for", "NO": "for"})
    assert ask("GET", f"{path}/texts")[1]["items"][0]["number"] == "GA-2026-94-RES-01"
    assert ask("POST", f"{path}/minutes", {"language": "en", "text": "The session was opened."})[0] == 200
    assert ask("GET", f"{path}/minutes")[1]["items"][0]["number"] == 1
    assert ask("GET", f"{path}/hall")[1]["vote"]["voted"] == 2
    assert ask("GET", "/sessions")[1]["items"][0]["number"] == 94


def test_a_delegate_sees_the_vote_and_takes_part(house: House, ask: Ask) -> None:
    officer = house.delegates["MA"].officer
    assert officer is not None
    me = delegate_actor(officer)
    path = f"/sessions/{house.session.pk}"
    poll = house.poll(house.draft())
    page = ask("GET", f"{path}/me", actor=me)[1]
    assert (page["party"], page["may_vote"], page["voted"], page["vote"]["votes"]) == ("MA", True, False, None)
    body = {"delegate": page["delegate"], "choice": "against"}
    assert ask("POST", f"/polls/{poll.pk}/votes", body, actor=me) == (200, {"country": "MA", "choice": "against"})
    assert ask("POST", f"/polls/{poll.pk}/votes", body, actor=me)[0] == 409
    assert ask("GET", f"{path}/me", actor=me)[1]["voted"] is True
    assert ask("GET", f"{path}/me", actor=AUDITOR)[0] == 403
    asked = ask("POST", f"/items/{house.item.pk}/speeches", {"party": "MA"}, actor=me)
    assert asked[0] == 200
    assert ask("POST", f"/items/{house.item.pk}/speeches", {"party": "NO"}, actor=me)[0] == 403
    assert ask("POST", f"/items/{house.item.pk}/next-speaker?close=true")[1]["speaking"]["party"] == "MA"
    assert ask("POST", f"/items/{house.item.pk}/speeches", {"party": "MA"}, actor=me)[0] == 409
    order = ask("POST", f"/items/{house.item.pk}/speeches", {"party": "MA", "kind": "point_of_order"}, actor=me)[1]
    assert ask("POST", f"/speeches/{order['id']}/withdrawal", actor=me)[1]["state"] == "withdrawn"


def test_amendments_go_by_the_api_too(house: House, ask: Ask) -> None:
    draft = house.draft()
    change = {"proposed_by": "NO", "target": "o1", "change": "replace", "paragraph": paragraph("o1b")}
    shown = ask("POST", f"/drafts/{draft.pk}/amendments", change)[1]
    amendment = shown["amendments"][0]["id"]
    rank = {"distance": 3, "distribute": list(LANGUAGES)}
    assert ask("POST", f"/amendments/{amendment}/rank", rank)[1]["amendments"][0]["distance"] == 3
    poll = ask("POST", "/polls", {"draft": str(draft.pk), "amendment": amendment, "method": "hands"})[1]
    closed = ask("POST", f"/polls/{poll['id']}/closing", {"votes_for": 3, "votes_against": 1})[1]
    assert (closed["carried"], closed["votes"]) == (True, None)
    assert [each["key"] for each in ask("GET", f"/drafts/{draft.pk}")[1]["paragraphs"]] == ["p1", "o1b", "o2"]
    second = ask("POST", "/polls", {"draft": str(draft.pk)})[1]
    assert ask("POST", f"/polls/{second['id']}/closing", {"annul": "power cut"})[1]["state"] == "annulled"


def test_badges_are_a_pdf_for_who_manages(house: House, client: TestClient) -> None:
    path = f"/assembly/sessions/{house.session.pk}/badges?language=ar"
    made = client.get(path, auth=MANAGER)
    assert made.content.startswith(b"%PDF")
    assert client.get(path, auth=AUDITOR).status_code == 403
    assert len(house.delegates) == len(HERE)


def test_arrears_and_appeals(house: House, ask: Ask) -> None:
    path = f"/sessions/{house.session.pk}"
    shown = ask("POST", f"{path}/obligations", {"country": "KE", "years": [2024, 2025]})[1]
    assert (shown["may_vote"], shown["may_stand"]) == (False, False)
    barred = {row["party"]: row["barred"] for row in ask("GET", f"{path}/delegations")[1]["items"]}
    assert barred == {"BR": None, "KE": "arrears", "MA": None, "NO": None}
    assert ask("POST", f"{path}/appeals", {"country": "KE", "made_on": "2025-10-24"})[0] == 409
    assert ask("POST", f"{path}/appeals", {"country": "KE", "made_on": "2025-10-23"})[1]["may_vote"] is False
    assert ask("POST", f"{path}/appeals", {"country": "KE", "granted": True})[1]["may_vote"] is True
    assert ask("POST", f"{path}/appeals", {"country": "KE", "granted": False})[0] == 409


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/sessions/none/hall", None, 422),
        ("GET", "/sessions/01a20000-0000-7000-8000-000000000000/hall", None, 404),
        ("GET", "/drafts/01a20000-0000-7000-8000-000000000000", None, 404),
        ("POST", "/sessions", {"number": 1}, 422),
        ("POST", "/passages", {"badge": "x" * 60, "entered": True}, 404),
    ],
)
def test_what_is_wrong_is_said(ask: Ask, method: str, path: str, body: Any, status: int) -> None:
    assert ask(method, path, body)[0] == status
