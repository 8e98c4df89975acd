import json
import re
from importlib.resources import files

from jusur.documents.worldmap import world
from jusur.kernel import countries

PATH = re.compile(r"(m-?\d+ -?\d+l[0-9 -]+z)+")


def test_every_member_is_on_the_map() -> None:
    members = json.loads((files("jusur.directory") / "data" / "members.json").read_text("utf-8"))["members"]
    assert [member["code"] for member in members if not world().knows(member["code"])] == []


def test_outlines_are_plain_path_data_of_countries_that_iso_names() -> None:
    for code, path in world().shapes.items():
        assert PATH.fullmatch(path), code
        assert code == "" or countries.is_country(code)


def test_dots_stand_on_the_canvas() -> None:
    drawn = world()
    assert all(0 <= x <= drawn.width and 0 <= y <= drawn.height for x, y in drawn.dots.values())
    assert "SG" in drawn.dots
    assert "BR" not in drawn.dots


def test_no_outline_is_cut_by_the_edge_of_the_map() -> None:
    drawn = world()
    for code, path in drawn.shapes.items():
        for ring in re.findall(r"l([0-9 -]+)z", path):
            steps = [int(number) for number in re.findall(r"-?\d+", ring)][::2]
            assert max(map(abs, steps)) < drawn.width / 2, code


def test_the_map_weighs_little() -> None:
    assert sum(map(len, world().shapes.values())) < 60_000
