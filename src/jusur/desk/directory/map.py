"""The world map: an outline or a dot a country, coloured by reachability, each member a link."""

from collections.abc import Iterable

from django.urls import reverse
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from jusur.desk.directory.members import Member
from jusur.desk.kit.words import word
from jusur.documents.worldmap import World, world

DOT_RADIUS = 5


def drawn(members: Iterable[Member]) -> SafeString:
    """The countries of the map as SVG elements: first what belongs to no member, then members, dots on top."""
    shown, land = {member.address: member for member in members if member.organisation.kind == "bureau"}, world()
    rest = format_html_join("", '<path d="{}"/>', ((path,) for code, path in land.shapes.items() if code not in shown))
    outlined = [member for code, member in shown.items() if code in land.shapes and code not in land.dots]
    dotted = [member for code, member in shown.items() if code in land.dots]
    links = [_link(member, _mark(land, member.address)) for member in (*outlined, *dotted)]
    return format_html('<g class="nobody" aria-hidden="true">{}</g>{}', rest, format_html_join("", "{}", zip(links)))


def _link(member: Member, mark: SafeString) -> SafeString:
    said = f"{member.name}: {word('reachability', member.reachability)}"
    address = reverse("directory:organisation", args=[member.address])
    return format_html(
        '<a href="{}" class="{}" aria-label="{}"><title>{}</title>{}</a>',
        address,
        member.reachability,
        said,
        said,
        mark,
    )


def _mark(land: World, code: str) -> SafeString:
    outline = format_html('<path d="{}"/>', land.shapes[code]) if code in land.shapes else SafeString("")
    if code not in land.dots:
        return outline
    x, y = land.dots[code]
    return format_html('{}<circle cx="{}" cy="{}" r="{}"/>', outline, x, y, DOT_RADIUS)
