"""The components of the desk as template tags: ``{% load kit %}``. See docs/reference/design-system.md."""

from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any

from babel.numbers import format_decimal
from django import template
from django.forms import BoundField
from django.template import Context
from django.template.loader import get_template
from django.templatetags.static import static
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from jusur.desk.kit import fields, hijri, language, moments, words
from jusur.desk.kit.context import organisation_name
from jusur.kernel import clock

register = template.Library()

_SPANS: dict[moments.Standing, Promise] = {
    "on_time": gettext_lazy("%(span)s left"),
    "soon": gettext_lazy("%(span)s left"),
    "overdue": gettext_lazy("by %(span)s"),
    "kept": gettext_lazy("%(span)s before"),
    "late": gettext_lazy("%(span)s after"),
}
_BURN = (
    '<svg class="burn" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true" focusable="false">'
    '<rect class="burn-all" width="100" height="4"/><rect class="burn-used" width="{}" height="4"/></svg>'
)
UNITS = ("B", "kB", "MB", "GB", "TB", "PB")
KILO = 1000


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """The sign ``name`` of the sprite; read out as ``label``, else decoration beside a word."""
    return _drawn(name, str(label))


@lru_cache(maxsize=1000)
def _drawn(name: str, label: str) -> SafeString:
    """A sign, drawn once: a list has hundreds of the same few."""
    heard = format_html('role="img" aria-label="{}"', label) if label else SafeString('aria-hidden="true"')
    return format_html(
        '<svg class="icon" {} focusable="false"><use href="{}#{}"/></svg>', heard, static("kit/icons.svg"), name
    )


@register.simple_tag
def person(name: str, romanised: str = "") -> SafeString:
    """A person's name in its own script and direction, with its romanisation where there is one."""
    shown = format_html('<bdi class="person">{}</bdi>', name)
    return format_html('{} <bdi class="romanised">({})</bdi>', shown, romanised) if romanised else shown


@register.simple_tag
def code(value: Any, copy: Any = "", short: int = 0) -> SafeString:
    """An identifier, digest or reference: left to right, tabular; ``copy=1`` adds a button, ``short=12`` cuts."""
    whole = str(value)
    if short and len(whole) > short:
        shown = format_html('<code class="code" dir="ltr" title="{}">{}…</code>', whole, whole[:short])
    else:
        shown = format_html('<code class="code" dir="ltr">{}</code>', whole)
    return format_html('<span class="copied">{}{}</span>', shown, _copy_button(whole)) if copy else shown


def _copy_button(whole: str) -> SafeString:
    return format_html(
        '<button type="button" class="copy" data-copy="{}" data-copied="{}" hidden>{}</button>',
        whole,
        _("Copied"),
        icon("copy", _("Copy")),
    )


@register.simple_tag
def org(address: str, plain: Any = "") -> SafeString:
    """An organisation by name in the reader's language, its address beside (``plain=1``: the name alone)."""
    return _organisation(address, organisation_name(address), bool(plain))


@lru_cache(maxsize=1000)
def _organisation(address: str, name: str, plain: bool) -> SafeString:
    if plain:
        return format_html("<bdi>{}</bdi>", name or address)
    mark = format_html('<span class="address" dir="ltr">{}</span>', address)
    return format_html('<span class="org"><bdi>{}</bdi> {}</span>', name, mark) if name else mark


@register.simple_tag(takes_context=True)
def when(context: Context, moment: datetime | str | None, relative: Any = 1, seconds: Any = 0) -> SafeString:
    """A moment: absolute in UTC, relative beside (``relative=0``: not), Hijri where the reader asked for it."""
    at = _moment(moment)
    if at is None:
        return SafeString('<span class="none">—</span>')
    hijri_date = format_html(' <span class="hijri">{}</span>', text) if (text := _hijri(context, at)) else ""
    return format_html(
        '<time datetime="{}"><span class="at">{} <abbr class="zone">UTC</abbr></span>{}{}</time>',
        clock.timestamp(at),
        moments.absolute(at, seconds=bool(seconds)),
        hijri_date,
        format_html(' <span class="ago">{}</span>', moments.ago(at)) if relative else "",
    )


@register.simple_tag(takes_context=True)
def day(context: Context, value: datetime | date | str | None) -> SafeString:
    """A day, with its Hijri date where the reader asked for it."""
    at = datetime(value.year, value.month, value.day, tzinfo=UTC) if type(value) is date else _moment(value)
    if at is None:
        return SafeString('<span class="none">—</span>')
    also = format_html(' <span class="hijri">{}</span>', text) if (text := _hijri(context, at)) else ""
    return format_html('<time datetime="{}">{}{}</time>', at.date().isoformat(), moments.day(at), also)


def _moment(value: datetime | date | str | None) -> datetime | None:
    if isinstance(value, str) and value:
        return clock.parse_timestamp(value)
    return value.astimezone(UTC) if isinstance(value, datetime) else None


def _hijri(context: Context, at: datetime) -> str:
    desk = context.get("desk")
    return hijri.hijri(at.date()) if desk is not None and desk.view.hijri == "yes" else ""


@register.simple_tag
def time_left(
    due: datetime | str | None, total_start: datetime | str | None = None, done: datetime | str | None = None
) -> SafeString:
    """Time left to ``due`` with its colour and word; with ``total_start`` also how much is used; ``done``: was kept."""
    at = _moment(due)
    if at is None:
        return SafeString('<span class="none">—</span>')
    left = moments.remaining(at, _moment(total_start), _moment(done))
    return format_html(
        '<span class="time-left {}">{}<span class="standing">{}</span> '
        '<time datetime="{}" title="{} UTC">{}</time>{}</span>',
        left.standing,
        icon(left.icon),
        left.label,
        clock.timestamp(at),
        moments.absolute(at),
        _SPANS[left.standing] % {"span": left.span},
        "" if left.used is None else format_html(_BURN, left.used),
    )


@register.simple_tag
def word(vocabulary: str, value: str) -> str:
    """A code of the domain in words."""
    return str(words.word(vocabulary, value))


@register.simple_tag
def badge(vocabulary: str, value: str) -> SafeString:
    """A state as a pill: colour, sign and word."""
    found = words.entry(vocabulary, value)
    return _pill(str(found.label), found.tone, found.icon)


@register.simple_tag
def pill(label: str, tone: str = "neutral", sign: str = "") -> SafeString:
    """A pill with any word, for what no vocabulary names."""
    return _pill(str(label), tone, sign or words.ICONS.get(tone, "dot"))  # type: ignore[call-overload] # any text


@lru_cache(maxsize=1000)
def _pill(label: str, tone: str, sign: str) -> SafeString:
    return format_html('<span class="pill {}">{}<span>{}</span></span>', tone, icon(sign), label)


@register.simple_tag(name="bytes")
def size(count: int | None) -> SafeString:
    """A number of bytes in the largest fitting unit of ten (kB = 1,000), exact in the title."""
    if count is None:
        return SafeString('<span class="none">—</span>')
    value, unit = float(count), 0
    while value >= KILO and unit < len(UNITS) - 1:
        value, unit = value / KILO, unit + 1
    shown = format_decimal(value, "#,##0" if unit == 0 or value >= 100 else "#,##0.0", locale=language.current())  # noqa: PLR2004 - three figures are enough
    return format_html('<data class="bytes" dir="ltr" value="{}">{} {}</data>', count, shown, UNITS[unit])


@register.simple_tag
def number(value: float | None, decimals: int = 0) -> SafeString:
    """A number with the reader's separators, in tabular figures."""
    if value is None:
        return SafeString('<span class="none">—</span>')
    pattern = "#,##0." + "0" * decimals if decimals else "#,##0.###"
    return _number(value, pattern, language.current())


@lru_cache(maxsize=10_000)
def _number(value: float, pattern: str, locale: str) -> SafeString:
    return format_html('<span class="number">{}</span>', format_decimal(value, pattern, locale=locale))


@register.inclusion_tag("kit/field.html")
def field(bound: BoundField, why: str = "", example: str = "", wide: Any = "") -> dict[str, Any]:
    """One field of a form: label, why it is asked, an example, the control, its errors, all tied together."""
    return fields.context(bound, why=why, example=example) | {"wide": bool(wide)}


@register.inclusion_tag("kit/form_errors.html")
def form_errors(form: Any) -> dict[str, Any]:
    """What is wrong with a form, at its head, each line leading to its field."""
    return {"form": form, "faults": fields.faults(form)}


@register.inclusion_tag("kit/pager.html", takes_context=True)
def pager(context: Context, page: dict[str, Any], name: str = "cursor") -> dict[str, Any]:
    """Onward through a page of ``rows.pages``, the filters kept."""
    query = context["request"].GET.copy()
    first = query.pop(name, None) is not None
    newest = f"?{query.urlencode()}"
    query[name] = page.get("next") or ""
    return {"first": newest if first else "", "next": f"?{query.urlencode()}" if page.get("next") else ""}


@register.inclusion_tag("kit/crumbs.html")
def crumbs(*parts: str) -> dict[str, Any]:
    """Where this page stands: ``label url label url … label``."""
    pairs = [(str(label), parts[index + 1]) for index, label in enumerate(parts[:-1]) if index % 2 == 0]
    return {"crumbs": pairs, "last": parts[-1] if len(parts) % 2 else ""}


@register.inclusion_tag("kit/steps.html")
def steps(current: int, *labels: str) -> dict[str, Any]:
    """The steps of a task, the present one marked (counted from 1)."""
    rows = [(number, label, _step(number, current)) for number, label in enumerate(labels, start=1)]
    return {"steps": rows}


def _step(number: int, current: int) -> str:
    if number == current:
        return "now"
    return "done" if number < current else "next"


@register.simple_tag(takes_context=True)
def part(context: Context, name: str) -> SafeString:
    """A part of the frame that stands on a page twice (wide and narrow), drawn once."""
    parts: dict[str, SafeString] = context["desk"].parts
    if name not in parts:
        parts[name] = get_template(name).template.render(context)  # type: ignore[attr-defined] # Django's own backend
    return parts[name]


@register.simple_tag(takes_context=True)
def query(context: Context, **changes: Any) -> str:
    """The page's query string with some parts changed, for links that filter; an empty value drops the part."""
    found = context["request"].GET.copy()
    for name, value in changes.items():
        found.pop(name, None)
        if value not in ("", None):
            found[name] = str(value)
    return f"?{found.urlencode()}"
