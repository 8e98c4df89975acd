from base64 import b64encode
from typing import Any

import pytest
from ninja.testing import TestClient
from tests.notices.lives import drafted, published, sent, under_review
from tests.notices.network import APPROVE, DECIDER, OFFICER, REVIEWER, SUPERVISOR, Network
from tests.notices.samples import CONTENTS, red

from jusur.accounts import api as accounts
from jusur.kernel.errors import ForbiddenError, NotFoundError
from jusur.notices import synthetic
from jusur.notices.endpoints import router

client = TestClient(router)


class Acting:
    """Who the next request is made by."""

    def __init__(self) -> None:
        self.actor = OFFICER

    def __call__(self, _request: Any, act: str) -> Any:
        accounts.require(self.actor, act)
        return self.actor


@pytest.fixture
def acting(network: Network, monkeypatch: pytest.MonkeyPatch) -> Acting:
    made = Acting()
    monkeypatch.setattr(accounts, "acting", made)
    return made


def post(path: str, body: dict[str, Any], status: int = 200) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code == status, answer.content
    return answer.json() if answer.content else None


def test_a_notice_goes_its_way_over_the_api(network: Network, acting: Acting) -> None:
    with network.acting("MA"):
        kept = post("", {"type": "red", "content": red(request="")}, 201)
        place = f"/{kept['id']}"
        (unmet,) = client.get(f"{place}/conditions").json()["unmet"]
        assert unmet["id"] == "request-stated"
        assert unmet["text"]["fr"]
        assert client.put(place, json={"content": CONTENTS["red"]}).json()["state"] == "drafted"
        assert post(f"{place}/acts", {"act": "check"})["state"] == "checked"
        assert post(f"{place}/acts", {"act": "ask_approval"})["state"] == "awaiting_approval"
        with pytest.raises(ForbiddenError):
            client.post(f"{place}/approval", json={})
        acting.actor = SUPERVISOR
        assert post(f"{place}/approval", {})["state"] == "submitted"
    network.deliver_all()
    with network.acting("GS"):
        acting.actor = REVIEWER
        for act in ("screen", "assign"):
            post(f"{place}/acts", {"act": act})
        post(f"{place}/status", {"granting_country": "SE", "confirmed": False})
        seen = client.get(f"{place}/review").json()
        assert seen["status_noted"] is True
        assert "SE" not in str(seen)
        post(f"{place}/acts", {"act": "propose", "opinion": APPROVE})
        acting.actor = DECIDER
        decided = post(f"{place}/decision", {})
        assert decided["in_force"] is True
        assert [each["recipient"] for each in decided["distribution"]] == ["NO", "SE"]
    network.deliver_all()
    with network.acting("NO"):
        acting.actor = OFFICER
        (listed,) = client.get("?type=red").json()["items"]
        assert (listed["reference"], listed["names"][0]) == (decided["reference"], "Sami ALNAJM")
        assert client.get(place).json()["possible_acts"] == []
        assert post(f"{place}/acts", {"act": "read"})["in_force"] is True


def test_what_is_over_is_not_shown_but_its_state_is(network: Network, acting: Acting) -> None:
    notice_id = published(network)
    with network.acting("MA"):
        acting.actor = SUPERVISOR
        post(f"/{notice_id}/acts", {"act": "withdraw", "text": "Found."})
    network.deliver_all()
    with network.acting("NO"):
        acting.actor = OFFICER
        with pytest.raises(NotFoundError):
            client.get(f"/{notice_id}")
        assert client.get("").json()["items"] == []
        told = client.get(f"/{notice_id}/standing").json()
        assert (told["state"], told["in_force"]) == ("purged", False)


def test_types_say_their_articles_and_what_is_assumed(network: Network, acting: Acting) -> None:
    items = {each["code"]: each for each in client.get("/types").json()["items"]}
    assert set(items) == set(CONTENTS)
    assumed = {each["id"]: each["assumed"] for each in items["red"]["conditions"]}
    assert assumed["sentence-remaining"] is True
    assert assumed["penalty-threshold"] is False


def test_a_photograph_is_written_anew(network: Network, acting: Acting) -> None:
    made = post("/photographs", {"data": b64encode(synthetic.photograph(2)).decode()})
    assert made["data"].startswith("/9j/")


def test_reviewing_takes_the_permission(network: Network, acting: Acting) -> None:
    notice = drafted(network)
    sent(network, notice.id)
    network.deliver_all()
    under_review(network, notice.id)
    with network.acting("GS"), pytest.raises(ForbiddenError):
        client.get(f"/{notice.id}/review")


def test_unknown_fields_are_refused(network: Network, acting: Acting) -> None:
    assert client.post("", json={"type": "red", "content": {}, "state": "published"}).status_code == 422
