"""Controls that are drawn without a template.

A list of two hundred bureaus has two hundred options: drawn by a template, they take as long as all the rest of a page.
"""

from typing import Any

from django.forms.renderers import TemplatesSetting
from django.http import HttpRequest
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

SELECT = "django/forms/widgets/select.html"


class Controls(TemplatesSetting):
    """Django's controls, lists of choices drawn here."""

    def render(self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None) -> str:
        """A control as HTML."""
        if template_name == SELECT:
            return select(context["widget"])
        return super().render(template_name, context, request)


def select(widget: dict[str, Any]) -> SafeString:
    """A list of choices, as Django's own template draws it."""
    groups = (_group(name, options) for name, options, _number in widget["optgroups"])
    return format_html(
        '<select name="{}"{}>{}\n</select>', widget["name"], _attributes(widget["attrs"]), SafeString("".join(groups))
    )


def _group(name: str | None, options: list[dict[str, Any]]) -> SafeString:
    drawn = SafeString("".join(map(_option, options)))
    return format_html('<optgroup label="{}">{}</optgroup>', name, drawn) if name else drawn


def _option(option: dict[str, Any]) -> SafeString:
    value, label = escape(str(option["value"])), escape(option["label"])
    return mark_safe(f'\n<option value="{value}"{_attributes(option["attrs"])}>{label}</option>')  # noqa: S308 - escaped


def _attributes(attrs: dict[str, Any]) -> SafeString:
    if not attrs:
        return SafeString("")
    return format_html_join(
        "",
        "{}",
        (
            (format_html(" {}", name) if value is True else format_html(' {}="{}"', name, value),)
            for name, value in attrs.items()
            if value is not False
        ),
    )
