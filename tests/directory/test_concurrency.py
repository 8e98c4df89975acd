import threading
from collections.abc import Callable, Iterator

import pytest
from django.db import connection
from tests.directory.network import Ceremony, Nodes, new_authority, new_material

from jusur.directory import api, selectors
from jusur.directory.models import DirectoryVersion, JoinRequest
from jusur.kernel.errors import JusurError

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def founded(transactional_db: None) -> Iterator[Nodes]:
    authority, own = new_authority(), new_material()
    api.bootstrap_secretariat(
        authority=authority, material=own, endpoints=Ceremony(Nodes(authority, own), "GS").gates, actor="founder"
    )
    yield Nodes(authority, own)
    selectors.forget()


def at_once(*acts: Callable[[], object]) -> list[object]:
    """The outcomes of ``acts``, each in a thread and database connection of its own, let go together."""
    outcomes: list[object] = [None] * len(acts)
    together = threading.Barrier(len(acts))

    def run(place: int, act: Callable[[], object]) -> None:
        together.wait()
        try:
            outcomes[place] = act()
        except JusurError as error:
            outcomes[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=item) for item in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_two_operators_admit_at_once(founded: Nodes) -> None:
    ceremony = Ceremony(founded, "MA")
    envelope = (ceremony.issue(), ceremony.sign_request())[1]
    row = api.join_request_receive(token=ceremony.paper.token, envelope=envelope)
    words = api.request_fingerprint(envelope)

    def admit() -> bytes:
        return api.join_request_admit(request_id=row.id, fingerprint=words, authority=founded.authority, actor="one")

    def refuse() -> JoinRequest:
        return api.join_request_refuse(request_id=row.id, reason="Not known", actor="other")

    outcomes = at_once(admit, admit, refuse)
    assert sorted(isinstance(outcome, JusurError) for outcome in outcomes) == [False, True, True]
    state = JoinRequest.objects.get(id=row.id).state
    assert DirectoryVersion.objects.count() == (2 if state == "admitted" else 1)


def test_one_invitation_used_twice_at_once(founded: Nodes) -> None:
    ceremony = Ceremony(founded, "MA")
    ceremony.issue()
    envelopes = [ceremony.sign_request() for _ in range(3)]
    outcomes = at_once(
        *(lambda e=e: api.join_request_receive(token=ceremony.paper.token, envelope=e) for e in envelopes)
    )
    assert sum(isinstance(outcome, JoinRequest) for outcome in outcomes) == 1


def test_publications_at_once_make_one_chain(founded: Nodes) -> None:
    outcomes = at_once(*[lambda: api.directory_publish(authority=founded.authority, actor="operator")] * 4)
    assert not [outcome for outcome in outcomes if isinstance(outcome, JusurError)]
    assert sorted(DirectoryVersion.objects.values_list("version", flat=True)) == [1, 2, 3, 4, 5]
    assert api.current().version == 5
