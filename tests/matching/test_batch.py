"""Files of names through the command."""

import csv
import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from jusur.cli.matching import match
from jusur.matching.batch import InvalidTableError


def write(path: Path, *rows: tuple[str, ...]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    return path


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_pairs_get_a_score(tmp_path: Path) -> None:
    pairs = write(
        tmp_path / "pairs.csv",
        ("name1", "name2", "kept"),
        ("عمر الحداد", "Omar al-Haddad", "a"),
        ("Omar Haddad", "Grace Lindqvist", "b"),
        ("", "Omar", "c"),
    )
    done = CliRunner().invoke(match, ["score", str(pairs), "--out", str(tmp_path / "out.csv"), "--json"])
    assert done.exit_code == 0, done.output
    assert json.loads(done.output)["pairs"] == 3
    rows = read(tmp_path / "out.csv")
    assert [row["kept"] for row in rows] == ["a", "b", "c"]
    scores = [float(row["score"]) for row in rows]
    assert scores[0] > 0.8
    assert scores[1] < 0.2
    assert scores[2] == 0


def test_a_gallery_is_ranked(tmp_path: Path) -> None:
    gallery = write(
        tmp_path / "g.csv",
        ("entity_id", "name"),
        ("e1", "Omar Haddad"),
        ("e2", "Grace Lindqvist"),
        ("e3", "Omar Karimi"),
    )
    queries = write(tmp_path / "q.csv", ("query_id", "query"), ("q1", "عمر حداد"), ("q2", "Lindkvist, Grace"))
    asked = [
        "rank",
        "--gallery",
        str(gallery),
        "--queries",
        str(queries),
        "--top",
        "2",
        "--out",
        str(tmp_path / "o.csv"),
    ]
    done = CliRunner().invoke(match, asked)
    assert done.exit_code == 0, done.output
    first = {row["query_id"]: row["entity_id"] for row in read(tmp_path / "o.csv") if row["rank"] == "1"}
    assert first == {"q1": "e1", "q2": "e2"}


@pytest.mark.parametrize("content", [b"one,two\n1,2\n", b"\xff\xfe\x00", b""])
def test_a_file_of_another_shape_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "p.csv").write_bytes(content)
    done = CliRunner().invoke(match, ["score", str(tmp_path / "p.csv"), "--out", str(tmp_path / "o.csv")])
    assert isinstance(done.exception, InvalidTableError)


def test_the_command_starts_no_django() -> None:
    code = "import sys, jusur.cli.matching; sys.exit('django' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
