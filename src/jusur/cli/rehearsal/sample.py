"""Sample evidence of a scam-centre case, made anew each time from a seed: plainly invented, but of real shapes."""

import csv
import json
import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

_OPENINGS = (
    "Hello dear, your parcel is held at customs",
    "مرحبا، طردك محجوز في الجمارك",
    "Bonjour, votre colis est retenu en douane",
    "Hola, su paquete está retenido en la aduana",
)
_IMAGE_BYTES = 48 * 1024 * 1024
_START = datetime(2026, 9, 1, 8, tzinfo=UTC)


def write(folder: Path, seed: int = 93) -> Path:
    """Write the sample evidence into ``folder``/scam-centre-server and return that folder."""
    draw = random.Random(seed)  # noqa: S311 - sample data, not secrets
    place = folder / "scam-centre-server"
    (place / "chats").mkdir(parents=True, exist_ok=True)
    (place / "README-sample.txt").write_text("Invented data for a rehearsal. No person, account or number is real.\n")
    for victim in range(12):
        _chat(place / "chats" / f"conversation-{victim:02}.jsonl", draw)
    _accounts(place / "mule-accounts.csv", draw)
    _access_log(place / "access.log", draw)
    (place / "disk-excerpt.img").write_bytes(draw.randbytes(_IMAGE_BYTES))
    return place


def _chat(path: Path, draw: random.Random) -> None:
    moment = _START + timedelta(hours=draw.randrange(500))
    with path.open("w", encoding="utf-8") as file:
        for turn in range(draw.randrange(20, 80)):
            moment += timedelta(seconds=draw.randrange(20, 900))
            line = {"at": moment.isoformat(), "from": "operator" if turn % 2 == 0 else "victim"}
            line["text"] = _OPENINGS[draw.randrange(len(_OPENINGS))] if turn == 0 else f"[message {turn}]"
            file.write(json.dumps(line, ensure_ascii=False) + "\n")


def _accounts(path: Path, draw: random.Random) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["account", "opened", "currency", "received"])
        for number in range(200):
            opened = (_START - timedelta(days=draw.randrange(400))).date()
            rows.writerow(
                [f"SAMPLE{number:010}", opened, draw.choice(["EUR", "NOK", "MAD"]), draw.randrange(50, 90000)]
            )


def _access_log(path: Path, draw: random.Random) -> None:
    moment = _START
    with path.open("w", encoding="utf-8") as file:
        for _ in range(5000):
            moment += timedelta(seconds=draw.randrange(1, 60))
            # 192.0.2.0/24 is reserved for documentation (RFC 5737).
            file.write(f'192.0.2.{draw.randrange(1, 255)} - - [{moment:%d/%b/%Y:%H:%M:%S} +0000] "GET /panel" 200\n')


PERSONS: Final = (
    ("Youssef Benhaddou", "1985-03-02", "ma"),
    ("Yusuf Ben Haddad", "1961", "tn"),
    ("Joseph Hadley", "1985-03-02", "gb"),
    ("Erik Lindqvist", "1979-11-30", "se"),
    ("María del Carmen Ortega", "1990-07-14", "es"),
    ("Dmitri Sokolov", "1972-01-05", "ru"),
)
"""Invented names: nobody is meant."""
SOUGHT: Final = "يوسف بن حدو"
"""The first of them, as an officer in Rabat types him."""


def write_list(folder: Path) -> Path:
    """Write a small list of invented persons (FollowTheMoney, JSON lines) into ``folder``; its path."""
    path = folder / "sample-list.ftm.json"
    with path.open("w", encoding="utf-8") as file:
        for number, (name, birth, country) in enumerate(PERSONS):
            properties = {"name": [name], "birthDate": [birth], "nationality": [country], "topics": ["wanted"]}
            entity = {"id": f"sample-{number}", "schema": "Person", "target": True, "properties": properties}
            file.write(json.dumps(entity, ensure_ascii=False) + "\n")
    return path
