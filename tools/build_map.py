"""Draws the world map's outlines: ``python tools/build_map.py FOLDER`` writes src/jusur/documents/data/world.json.

FOLDER is the npm package world-atlas (``npm pack world-atlas@2``, unpacked): Natural Earth's countries, public domain,
as TopoJSON. The outlines are thinned border by border, so that neighbours keep their common line, and projected by
Equal Earth (Šavrič, Patterson and Jenny 2018, doi:10.1080/13658816.2018.1504949). Countries too small to be seen or to
be pointed at also get a place for a dot.
"""

import itertools
import json
import math
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pycountry

OUT = Path(__file__).resolve().parents[1] / "src/jusur/documents/data/world.json"
SOURCE = "Natural Earth 1:50m, public domain, by world-atlas 2.0.2"
WIDTH = 1600
MIDDLE = 10.5
"""Longitude of the map's middle: its edges then run through the Bering Strait and cut no country."""
LEFT_OUT = {"AQ"}
THINNING = 0.75
"""Largest distance, in units of the map, by which a thinned border may stray (Douglas and Peucker 1973)."""
SMALLEST_RING = 5.0
DOT_BELOW = 42.0
"""Area in square units of the map below which a country is too small to be pointed at."""

Point = tuple[float, float]
_A = (1.340264, -0.081106, 0.000893, 0.003796)
_M = math.sqrt(3) / 2
_EXTENT = 2 * 2.7066299836960748


def project(longitude: float, latitude: float) -> Point:
    """Equal Earth, in units of the map, the origin on the equator at `MIDDLE`, y downwards."""
    longitude = (longitude - MIDDLE + 180) % 360 - 180
    angle = math.asin(_M * math.sin(math.radians(latitude)))
    square = angle * angle
    sixth = square**3
    slope = _A[0] + 3 * _A[1] * square + sixth * (7 * _A[2] + 9 * _A[3] * square)
    x = math.radians(longitude) * math.cos(angle) / (_M * slope)
    y = angle * (_A[0] + _A[1] * square + sixth * (_A[2] + _A[3] * square))
    return x * WIDTH / _EXTENT, -y * WIDTH / _EXTENT


def arcs_of(topology: dict[str, Any]) -> list[list[Point]]:
    """The arcs of a quantized TopoJSON topology, projected."""
    (scale_x, scale_y), (move_x, move_y) = topology["transform"]["scale"], topology["transform"]["translate"]
    found = []
    for arc in topology["arcs"]:
        x = y = 0
        points = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            points.append(project(x * scale_x + move_x, y * scale_y + move_y))
        found.append(points)
    return found


def thin(points: Sequence[Point]) -> list[Point]:
    """``points`` with those left out that lie within `THINNING` of the line between the others."""
    if len(points) < 3:  # noqa: PLR2004 - a line has nothing between its ends
        return list(points)
    first, last = points[0], points[-1]
    if first == last:
        middle = max(range(len(points)), key=lambda i: math.dist(points[i], first))
        return thin(points[: middle + 1]) + thin(points[middle:])[1:] if middle else [first, last]
    span = math.dist(first, last)
    apart = [
        abs((last[0] - first[0]) * (first[1] - y) - (first[0] - x) * (last[1] - first[1])) / span for x, y in points
    ]
    far = max(range(len(points)), key=apart.__getitem__)
    if apart[far] <= THINNING:
        return [first, last]
    return thin(points[: far + 1]) + thin(points[far:])[1:]


def ring_of(indices: Sequence[int], arcs: Sequence[Sequence[Point]]) -> list[Point]:
    """The ring that ``indices`` name; a negative index is an arc walked backwards."""
    ring: list[Point] = []
    for index in indices:
        arc = arcs[index] if index >= 0 else arcs[~index][::-1]
        ring += arc[1:] if ring else arc
    return ring


def area(ring: Sequence[Point]) -> float:
    """The area within ``ring``."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return abs(sum(a[0] * b[1] - b[0] * a[1] for a, b in pairs)) / 2


def middle(ring: Sequence[Point]) -> Point:
    """The middle of the box around ``ring``."""
    xs, ys = [x for x, _ in ring], [y for _, y in ring]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2


def cut(ring: Sequence[Point]) -> bool:
    """Whether the map's edge cuts ``ring`` (one island, St Lawrence): it would be drawn across the whole world."""
    xs = [x for x, _ in ring]
    return max(xs) - min(xs) > WIDTH * 0.6  # no country is as wide


def path(rings: Sequence[Sequence[Point]], move: Point) -> str:
    """``rings`` as an SVG path of whole numbers, each step relative to the one before."""
    written, at = [], (0, 0)
    for ring in rings:
        points = [(round(x + move[0]), round(y + move[1])) for x, y in ring]
        steps = [point for i, point in enumerate(points) if i == 0 or point != points[i - 1]]
        if len(steps) > 1 and steps[0] == steps[-1]:
            steps.pop()
        if len(steps) < 3:  # noqa: PLR2004 - nothing is left of it at this scale
            continue
        start = steps[0]
        deltas = [(b[0] - a[0], b[1] - a[1]) for a, b in itertools.pairwise(steps)]
        numbers = "".join(f"{'' if n < 0 else ' '}{n}" for delta in deltas for n in delta).strip()
        written.append(f"m{start[0] - at[0]} {start[1] - at[1]}l{numbers}z")
        at = start
    return "".join(written)


def code_of(geometry: dict[str, Any]) -> str:
    """The ISO 3166-1 alpha-2 code of a geometry; "" where the source gives none."""
    found = pycountry.countries.get(numeric=str(geometry.get("id", "")).zfill(3))
    return found.alpha_2 if found else ""


def polygons(geometry: dict[str, Any]) -> list[list[list[int]]]:
    """The polygons of a geometry as lists of rings."""
    return [geometry["arcs"]] if geometry["type"] == "Polygon" else geometry.get("arcs", [])


def outlines(topology: dict[str, Any]) -> dict[str, list[list[list[Point]]]]:
    """The polygons by country, thinned; "" holds what no code names."""
    whole = arcs_of(topology)
    thinned = [thin(arc) for arc in whole]
    found: dict[str, list[list[list[Point]]]] = {}
    for geometry in topology["objects"]["countries"]["geometries"]:
        code = code_of(geometry)
        if code not in LEFT_OUT:
            shapes = [[ring_of(ring, thinned) for ring in polygon] for polygon in polygons(geometry)]
            shapes = [polygon for polygon in shapes if not cut(polygon[0])]
            found.setdefault(code, []).extend(shapes)
    return found


def main() -> int:
    """Write the outlines; 0 when done."""
    folder = Path(sys.argv[1])
    found = outlines(json.loads((folder / "countries-50m.json").read_text()))
    whole = outlines(json.loads((folder / "countries-10m.json").read_text()))
    everything = [point for shapes in found.values() for polygon in shapes for point in polygon[0]]
    left, top = min(x for x, _ in everything) - 4, min(y for _, y in everything) - 4
    height = round(max(y for _, y in everything) - top + 4)
    width = round(max(x for x, _ in everything) - left + 4)
    shapes, dots = {}, {}
    for code in sorted(found | whole):
        parts = sorted(found.get(code) or whole[code], key=lambda polygon: -area(polygon[0]))
        seen = [ring for i, polygon in enumerate(parts) for ring in polygon if i == 0 or area(ring) >= SMALLEST_RING]
        drawn = path(seen, (-left, -top))
        if drawn:
            shapes[code] = drawn
        if code and sum(area(polygon[0]) for polygon in parts) < DOT_BELOW:
            x, y = middle(parts[0][0])
            dots[code] = [round(x - left), round(y - top)]
    world = {"source": SOURCE, "width": width, "height": height, "shapes": shapes, "dots": dots}
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text(json.dumps(world, separators=(",", ":")) + "\n")
    print(f"{len(shapes)} outlines, {len(dots)} dots, {OUT.stat().st_size} bytes")
    return 0


if __name__ == "__main__":
    sys.exit(main())
