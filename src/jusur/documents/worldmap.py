"""The world's outlines for a map: an SVG path a country, and a dot for those too small to be pointed at.

The data are derived from Natural Earth (public domain) by ``tools/build_map.py``; whose borders they show, and why,
is in docs/adr/0012-world-map.md. A map is never mirrored, whatever the direction of the page.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class World:
    """The outlines, in units of a canvas ``width`` by ``height``, y downwards.

    ``shapes``: path data (the ``d`` of an SVG path) by ISO 3166-1 alpha-2 code; "" holds what no code names.
    ``dots``: where a dot stands for a country that is too small to be pointed at, by code.
    """

    source: str
    width: int
    height: int
    shapes: Mapping[str, str]
    dots: Mapping[str, tuple[int, int]]

    def knows(self, code: str) -> bool:
        """Whether the country of ``code`` is drawn, as an outline or a dot."""
        return code in self.shapes or code in self.dots


@cache
def world() -> World:
    """The outlines shipped with the software."""
    read = json.loads((files("jusur.documents") / "data" / "world.json").read_text("ascii"))
    dots = {code: (x, y) for code, (x, y) in read["dots"].items()}
    return World(
        read["source"], read["width"], read["height"], MappingProxyType(read["shapes"]), MappingProxyType(dots)
    )
