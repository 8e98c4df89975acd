"""The frame's own pages."""

from tests.desk.samples import Desk


def pages(desk: Desk) -> list[str]:
    return ["/gallery", "/help", "/view", "/nowhere"]
