"""The indicators on paper."""

from django.utils.translation import gettext as _

from jusur.desk.indicators import spans
from jusur.desk.indicators.figures import PAPER_WIDTH, Figures, Row
from jusur.desk.kit import language, moments, words
from jusur.documents import indicators as document
from jusur.kernel import clock
from jusur.node import context


def pdf(found: Figures) -> bytes:
    """``found`` as a PDF in the reader's language.

    Raises:
        DocumentError: it could not be set.
    """
    made_at = clock.parse_timestamp(found.computed_at)
    return document.build(
        document.Paper(
            language=language.current(),
            made_at=made_at,
            title=_("Evidence-exchange time"),
            node=f"{context.current().settings.name} ({context.current().address})",
            made=f"{moments.absolute(made_at)} UTC",
            page=_("Page"),
            narrowed=_narrowed(found),
            sections=_sections(found),
            note=_(
                "Median and 90th percentile by Kaplan-Meier: a request still open counts as longer than so far. "
                "A dash: fewer than that share of requests have their outcome."
            ),
        )
    )


def _narrowed(found: Figures) -> tuple[tuple[str, str], ...]:
    asked = found.asked
    said = [(_("Begun in"), str(words.word("indicator-period", asked.period)))]
    for label, value in ((_("Bureau"), asked.partner), (_("Legal instrument"), asked.instrument)):
        said += [(label, value)] if value else []
    said += [(_("Urgency"), str(words.word("urgency", asked.urgency)))] if asked.urgency else []
    return (*said, (_("Stage"), found.stage_label))


def _sections(found: Figures) -> tuple[document.Section, ...]:
    heads = (_("Cases"), _("Open"), _("Median"), _("90th percentile"))
    outcome_heads = (found.by_label, _("Requests"), _("Fulfilled"), _("Refused"), _("Late"))
    sections = [
        document.Section(
            _("Time by stage"),
            found.stage_chart(PAPER_WIDTH),
            (_("Stage"), *heads),
            tuple(_times(row.label, row) for row in found.stages),
        ),
        document.Section(
            _("%(stage)s · %(group)s") % {"stage": found.stage_label, "group": found.by_label},
            found.group_chart(PAPER_WIDTH) if found.groups else "",
            (found.by_label, *heads),
            tuple(_times(row.label, row) for row in found.groups),
        ),
        document.Section(
            _("How requests ended"),
            "",
            outcome_heads,
            tuple(
                (label, *(spans.whole(figures[name]) for name in ("requests", "fulfilled", "refused", "late")))
                for _code, label, figures in found.outcomes
            ),
        ),
    ]
    if found.grounds:
        rows = tuple((label, spans.whole(count)) for label, count in found.grounds)
        sections.append(
            document.Section(
                _("Refusals by ground"), found.ground_chart(PAPER_WIDTH), (_("Ground"), _("Requests")), rows
            )
        )
    return tuple(sections)


def _times(label: str, row: Row) -> tuple[str, ...]:
    return label, spans.whole(row.count), spans.whole(row.open), row.median_shown, row.ninetieth_shown
