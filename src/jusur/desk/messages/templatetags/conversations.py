"""What pages of conversations look up: ``{% load conversations %}``."""

from collections.abc import Mapping
from typing import Any

from django import template

register = template.Library()


@register.filter
def of(table: Mapping[str, Any], key: str) -> Any:
    """The entry of ``table`` under ``key``, or nothing."""
    return table.get(key, "")
