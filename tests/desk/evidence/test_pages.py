"""Every page of packages, by state and role."""

from typing import Any
from uuid import UUID

import pytest
from django.test import Client
from tests.desk.conftest import As
from tests.desk.evidence import samples
from tests.desk.samples import Desk

from jusur.evidence import api as evidence
from jusur.evidence.models import EvidencePackage
from jusur.evidence.services import sealing
from jusur.kernel.ids import new_id


@pytest.fixture
def made(desk: Desk) -> samples.Made:
    desk.made["evidence"] = samples.make(desk)
    return desk.made["evidence"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("language", ["en", "ar", "fr", "es"])
def test_every_page_opens(desk: Desk, made: samples.Made, as_role: As, language: str) -> None:
    client = as_role(language=language)
    for path in samples.pages(desk):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert b"<style" not in answer.content
        assert b" style=" not in answer.content


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("officer", 200),
        ("supervisor", 200),
        ("legal_adviser", 200),
        ("examiner", 200),
        ("administrator", 403),
        ("auditor", 403),
        ("delegate", 403),
    ],
)
def test_only_case_readers_see_packages(desk: Desk, as_role: As, role: str, status: int) -> None:
    package_id = samples.collected(desk, {"a.txt": b"a"})
    client = as_role(role)
    for path in ("/evidence/", f"/evidence/{package_id}", f"/evidence/{package_id}/standing"):
        assert client.get(path).status_code == status
    assert client.get(f"/evidence/{package_id}/custody.json").status_code == status


def test_nobody_sees_anything_without_signing_in(desk: Desk) -> None:
    package_id = samples.collected(desk, {"a.txt": b"a"})
    for path in ("/evidence/", "/evidence/new", f"/evidence/{package_id}", f"/evidence/{package_id}/custody.json"):
        answer = Client().get(path)
        assert answer.status_code == 302
        assert answer["Location"].startswith("/sign-in?next=")


def test_an_empty_list_teaches(desk: Desk, as_role: As) -> None:
    page = as_role("officer").get("/evidence/").content.decode()
    assert "No packages yet" in page
    assert "/evidence/new" in page
    assert "/evidence/new" not in as_role("legal_adviser").get("/evidence/").content.decode()


def test_hostile_names_stay_text(desk: Desk, as_role: As) -> None:
    hostile = {"<img src=x onerror=alert(1)>.txt": b"a", '"><script>alert(2)<\u2215script>.txt': b"b"}
    samples.trust_stamps(desk)
    package_id = samples.received(hostile, reference="<script>alert(3)</script>")
    page = as_role("officer").get(f"/evidence/{package_id}").content.decode()
    listed = as_role("officer").get("/evidence/").content.decode()
    for dangerous in ("<img src=x", "<script>alert"):
        assert dangerous not in page
        assert dangerous not in listed


def test_names_that_change_direction_are_shown_changed(desk: Desk, as_role: As) -> None:
    samples.trust_stamps(desk)
    package_id = samples.received({"invoice\u202egnp.exe": b"a"})
    page = as_role("officer").get(f"/evidence/{package_id}").content.decode()
    assert "\u202e" not in page


def test_conditions_stand_on_every_page_of_a_package(desk: Desk, made: samples.Made, as_role: As) -> None:
    client = as_role()
    for path in samples.pages(desk)[2:]:
        page = client.get(path).content.decode()
        assert 'class="conditions-bar"' in page, path
        assert samples.PURPOSE in page, path


def test_the_list_is_narrowed_and_paged(desk: Desk, made: samples.Made, as_role: As) -> None:
    client = as_role("officer")

    def shown(query: str) -> set[object]:
        return {row["package"].id for row in client.get(f"/evidence/{query}").context["page"]["items"]}

    assert shown("?direction=incoming") == {made.verified, made.countersigned, made.rejected, made.announced}
    assert shown("?state=rejected") == {made.rejected}
    assert shown("?case=MA-2026-0071") == {made.countersigned}
    assert shown("?partner=FR") == set()
    assert shown("?partner=%00&state=x&direction=y") == shown("")
    assert client.get("/evidence/?cursor=nonsense").status_code in {400, 422}


def rows(count: int, like: UUID) -> None:
    """``count`` more packages like the one at ``like``."""
    pattern = EvidencePackage.objects.get(id=like)
    values = {
        field.attname: getattr(pattern, field.attname)
        for field in EvidencePackage._meta.fields
        if field.attname != "id"
    }
    EvidencePackage.objects.bulk_create([EvidencePackage(id=new_id(), **values) for _ in range(count)])


def test_a_long_list_costs_no_more_queries_than_a_short_one(
    desk: Desk, as_role: As, django_assert_max_num_queries: Any
) -> None:
    like = samples.collected(desk, {"a.txt": b"a"})
    client = as_role("officer")
    client.get("/evidence/")
    rows(300, like)
    with django_assert_max_num_queries(8):
        answer = client.get("/evidence/")
    assert len(answer.context["page"]["items"]) == 50
    assert answer.context["page"]["next"]


def test_a_package_of_many_files_costs_few_queries(desk: Desk, as_role: As, django_assert_max_num_queries: Any) -> None:
    package_id = samples.collected(desk, {f"file-{number:03}.txt": b"x" for number in range(150)})
    client = as_role("officer")
    client.get(f"/evidence/{package_id}")
    with django_assert_max_num_queries(14):
        answer = client.get(f"/evidence/{package_id}")
    assert len(answer.context["files"]) == 100
    assert [entry["count"] for entry in answer.context["events"]] == [150]
    assert len(client.get(f"/evidence/{package_id}?files=100").context["files"]) == 50


def test_the_standing_moves_while_the_node_works(desk: Desk, made: samples.Made, as_role: As) -> None:
    client = as_role("officer")
    assert 'data-moving="1"' in client.get(f"/evidence/{made.announced}/standing").content.decode()
    assert 'data-moving="0"' in client.get(f"/evidence/{made.verified}/standing").content.decode()


def test_a_sealing_says_how_far_it_has_come(desk: Desk, made: samples.Made, as_role: As) -> None:
    path = f"/evidence/{made.sealing}/standing"
    before = as_role().get(path).content.decode()
    assert "%" not in before
    assert '<progress aria-labelledby="sealing"></progress>' in before
    whole = evidence.package_totals(evidence.package(made.sealing)).bytes
    EvidencePackage.objects.filter(id=made.sealing).update(packed=whole // 4)
    assert "25%" in as_role().get(path).content.decode()
    assert f'max="{whole}" value="{whole // 4}"' in as_role().get(path).content.decode()


def test_the_worker_notes_how_far_a_sealing_has_come(desk: Desk, made: samples.Made) -> None:
    sent = EvidencePackage.objects.filter(direction="outgoing", sealed_at__isnull=False)
    assert sent
    assert all(package.packed for package in sent)
    noted = sealing._Packed(made.sealing)
    for done in (5, 6, 7):
        noted(done, 9)
    assert EvidencePackage.objects.get(id=made.sealing).packed == 5
