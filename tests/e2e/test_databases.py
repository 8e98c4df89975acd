"""Databases between running nodes: shared by the secretariat, written by their owners, copied, dropped, mended."""

import json
import secrets
from functools import partial
from typing import Any

from tests.e2e.network import SOON, Network, Node, until

NAME = "Ragnhild Testmann"
_PURPOSE = "criminal-investigation"
_LOSE = """
from jusur.databases import walls
from jusur.databases.models import Record
with walls.duty():
    told["lost"] = Record.objects.filter(id=given["record"]).delete()[0]
"""
_RECONCILE = """
from jusur.databases.services import reconciling
told["sent"] = reconciling.reconcile(reconciling.follower_of(given["database"], given["peer"]))
"""
_AROUND = """
from jusur.databases import walls
from jusur.databases.models import Record
told["unseen"] = Record.objects.count()
with walls.reading(given["reader"], given["purpose"]):
    told["seen"] = [str(record.id) for record in Record.objects.all()]
"""


def share(network: Network, key: str, *recipients: str, host: str = "GS", remote: bool = False) -> str:
    """Share a database; its name, once every recipient knows it."""
    mode = ["--remote"] if remote else []
    shared = network[host].run_json("database", "share", key, "--with", ",".join(recipients), *mode)
    for address in recipients:
        until(partial(knows, network[address], shared["id"]), what=f"{shared['id']} at {address}")
    return str(shared["id"])


def knows(node: Node, database: str) -> bool:
    listed = node.get(f"/databases?key={database.partition('@')[0]}")["items"]
    return any(each["id"] == database for each in listed)


def record(*allowed: str, name: str = NAME, **changes: Any) -> dict[str, Any]:
    return {
        "entity": {"schema": "Person", "properties": {"name": [name], "nationality": ["no"]}},
        "handling": {
            "classification": "restricted",
            "handling_code": "H1",
            "source_evaluation": "A1",
            "allowed_recipients": list(allowed),
        },
        "purpose": "wanted for trial",
        "purposes": [_PURPOSE],
        **changes,
    }


def arrives(node: Node, place: str, version: int) -> dict[str, Any]:
    """The record at ``place``, once ``node`` has this version of it."""
    path = f"{place}?purpose={_PURPOSE}"

    def look() -> dict[str, Any] | None:
        found = node.get(path) if there(node, path) else {}
        return found if found.get("version") == version else None

    found = until(look, seconds=SOON, what=f"version {version} of {place} at {node.address}")
    assert found is not None
    return found


def there(node: Node, path: str) -> bool:
    return node._ask("officer", "GET", path).status_code == 200


def test_a_record_reaches_whom_it_allows_and_is_corrected_and_withdrawn_there(network: Network) -> None:
    secretariat, rabat, oslo = network["GS"], network["MA"], network["NO"]
    share(network, "nominal", "MA", "NO")
    made = rabat.post("officer", "/records", {"database": "nominal@GS", "record": record("NO")}, status=201)
    place = f"/records/{made['id']}"
    found = arrives(oslo, place, 1)
    assert (found["originator"], found["entity"]["properties"]["name"]) == ("MA", [NAME])
    assert not there(oslo, f"{place}?purpose=vetting")
    assert not there(secretariat, f"{place}?purpose={_PURPOSE}")  # it hosts, and may not read
    read = oslo.script(_AROUND, reader="SE", purpose=_PURPOSE)
    assert (read["unseen"], made["id"] in read["seen"]) == (0, False)
    refused = oslo.call("officer", "PUT", place, {"record": record("NO"), "reason": "mine now"}, status=403)
    assert "MA's" in refused["detail"]
    rabat.call("officer", "PUT", place, {"record": record("NO", name="Corrected"), "reason": "spelling"})
    assert arrives(oslo, place, 2)["entity"]["properties"]["name"] == ["Corrected"]
    rabat.post("supervisor", f"{place}/withdrawal", {"reason": "found"})
    until(lambda: not there(oslo, f"{place}?purpose={_PURPOSE}"), what="the withdrawal")


def test_what_is_lost_is_found_missing_and_sent_again(network: Network) -> None:
    rabat, oslo = network["MA"], network["NO"]
    database = share(network, "nominal", "MA", "NO")
    made = [
        rabat.post("officer", "/records", {"database": database, "record": record("NO")}, status=201)["id"]
        for _ in range(3)
    ]
    for each in made:
        arrives(oslo, f"/records/{each}", 1)
    assert oslo.script(_LOSE, record=made[1])["lost"]
    assert not there(oslo, f"/records/{made[1]}?purpose={_PURPOSE}")
    until(lambda: network["GS"].script(_RECONCILE, database=database, peer="NO")["sent"], step=1, what="the comparison")
    arrives(oslo, f"/records/{made[1]}", 1)


def test_a_travel_document_of_another_country_is_refused_and_told(network: Network) -> None:
    share(network, "travel-documents", "MA", "NO")
    number = f"N{secrets.randbelow(10**7):07d}"
    for country, status in (("no", 201), ("ma", 403)):
        entity = {"schema": "Passport", "properties": {"number": [number], "country": [country]}}
        body = record("*", entity=entity)
        answer = network["NO"].post(
            "officer", "/records", {"database": "travel-documents@GS", "record": body}, status=status
        )
        if status == 201:
            arrives(network["MA"], f"/records/{answer['id']}", 1)
    assert "issued" in answer["detail"]


def test_a_remote_database_stays_and_a_closed_one_is_dropped(network: Network) -> None:
    rabat, oslo = network["MA"], network["NO"]
    remote = share(network, "vehicles", "NO", host="MA", remote=True)
    vehicle = {"schema": "Vehicle", "properties": {"registrationNumber": ["12345-A-6"], "country": ["ma"]}}
    stays = rabat.post("officer", "/records", {"database": remote, "record": record("NO", entity=vehicle)}, status=201)
    copied = share(network, "wallets", "NO", host="MA")
    wallet = {"schema": "CryptoWallet", "properties": {"publicKey": ["bc1qar0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"]}}
    goes = rabat.post("officer", "/records", {"database": copied, "record": record("*", entity=wallet)}, status=201)
    arrives(oslo, f"/records/{goes['id']}", 1)
    assert not there(oslo, f"/records/{stays['id']}?purpose={_PURPOSE}")
    rabat.run("database", "close", "wallets")
    until(lambda: not there(oslo, f"/records/{goes['id']}?purpose={_PURPOSE}"), what="the closing")


def test_a_list_is_imported_and_its_next_edition_copied_as_a_difference(network: Network, tmp_path: Any) -> None:
    secretariat, rabat = network["GS"], network["MA"]
    key = f"list-e{secrets.token_hex(4)}"

    def edition(*numbers: int) -> dict[str, Any]:
        file = tmp_path / f"{len(list(tmp_path.iterdir()))}.json"
        entries = ({"id": f"e-{n}", "schema": "Person", "properties": {"name": [f"Entry {n}"]}} for n in numbers)
        file.write_text("".join(json.dumps(entry) + "\n" for entry in entries))
        return dict(secretariat.run_json("lists", "import", key, str(file)))

    assert edition(*range(10))["taken"] == 10
    share(network, key, "MA")
    listed = f"{key}@GS"

    def held() -> int:
        return len(rabat.script(_HELD, database=listed)["held"])

    until(lambda: held() == 10, step=1, what="the copy of the list")
    second = edition(*range(1, 9), 20)
    assert (second["new"], second["unchanged"], second["gone"]) == (1, 8, 2)
    until(lambda: held() == 9, step=1, what="the difference")


_HELD = """
from jusur.databases import walls
from jusur.databases.models import Record
with walls.reading("MA", "sanctions-screening"):
    told["held"] = [str(r.id) for r in Record.objects.filter(database=given["database"])]
"""
