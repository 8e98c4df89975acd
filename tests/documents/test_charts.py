"""Charts are images with words, the same in both directions, and nothing in them is markup but ours."""

import re
from xml.etree import ElementTree as ET

import pytest

from jusur.documents import charts

SVG = "{http://www.w3.org/2000/svg}"
ROWS = [charts.Bar("Answer", 40.0, "40 h", 80.0, "80 h"), charts.Bar("Sealing", None, "—")]


def drawn(**changes: object) -> ET.Element:
    given = {"title": "Time", "description": "By stage", "key": "stages", "series": ("Median", "90th percentile")}
    return ET.fromstring(charts.bars(ROWS, **(given | changes)))  # type: ignore[arg-type] # noqa: S314 - our own text


def boxes(root: ET.Element, kind: str) -> list[ET.Element]:
    found = [box for box in root.iter(f"{SVG}rect") if box.get("class") == kind]
    return [box for box in found if (box.get("width") or "").endswith("%") or float(box.get("width") or 0) > 14]


def test_a_chart_is_an_image_with_a_title_and_a_description() -> None:
    root = drawn()
    assert root.get("role") == "img"
    assert root.get("aria-labelledby") == "stages-title stages-desc"
    assert root.findtext(f"{SVG}title") == "Time"
    assert root.findtext(f"{SVG}desc") == "By stage"


def test_bars_are_as_long_as_their_values() -> None:
    root = drawn()
    [bar], [second] = boxes(root, "chart-bar"), boxes(root, "chart-second")
    assert (bar.get("x"), bar.get("width")) == ("0%", "50%")
    assert second.get("width") == "100%"


def test_right_to_left_bars_grow_from_the_right() -> None:
    [bar] = boxes(drawn(rtl=True), "chart-bar")
    assert (bar.get("x"), bar.get("width")) == ("50%", "50%")
    assert drawn(rtl=True).get("direction") == "rtl"


def test_on_paper_the_same_in_points() -> None:
    root = drawn(width=400)
    assert root.get("viewBox", "").startswith("0 0 400 ")
    [bar] = boxes(root, "chart-bar")
    assert bar.get("width") == "200"


def test_series_differ_by_pattern_and_not_by_colour_alone() -> None:
    [second] = boxes(drawn(), "chart-second")
    assert second.get("fill") == "url(#stages-hatch)"
    assert drawn().find(f".//{SVG}pattern[@id='stages-hatch']") is not None


@pytest.mark.parametrize("hostile", ["<script>alert(1)</script>", '"><image href=x>', "a\u202eb", "&lt;"])
def test_words_are_text(hostile: str) -> None:
    text = charts.bars([charts.Bar(hostile, 1.0, hostile)], title=hostile, description=hostile, key="k")
    root = ET.fromstring(text)  # noqa: S314 - our own text
    assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
        "svg",
        "title",
        "desc",
        "defs",
        "pattern",
        "rect",
        "text",
    }
    assert "\u202e" not in text


def test_nothing_is_a_style_attribute() -> None:
    assert not re.search(r"\sstyle=", charts.bars(ROWS, title="t", description="d", key="k"))


@pytest.mark.parametrize("rtl", [False, True])
def test_a_curve_climbs_from_nothing_to_its_last_share(rtl: bool) -> None:
    text = charts.curve(
        [(10.0, 0.25), (20.0, 1.0)],
        most=40.0,
        ticks=[charts.Tick(0, "0"), charts.Tick(40.0, "40 h")],
        shares=[charts.Tick(0.5, "50%")],
        title="t",
        description="d",
        key="c",
        rtl=rtl,
        width=400,
        height=200,
    )
    path = ET.fromstring(text).find(f".//{SVG}path")  # noqa: S314 - our own text
    assert path is not None
    points = [tuple(map(float, point.split())) for point in re.findall(r"[ML]([\d.]+ [\d.]+)", path.get("d") or "")]
    across = [400 - x if rtl else x for x, _y in points]
    assert across == sorted(across)
    assert points[0][1] == 200
    assert points[-1][1] == 0


def test_without_values_there_are_no_bars() -> None:
    root = ET.fromstring(charts.bars([charts.Bar("a", None, "—")], title="t", description="d", key="k"))  # noqa: S314
    assert not boxes(root, "chart-bar")
