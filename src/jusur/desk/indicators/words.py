"""Stages and groupings of the indicators in words."""

from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import words

words.register(
    "indicator-stage",
    {
        "evidence_exchange": _("Evidence exchange"),
        "approval": _("Approval by a second person"),
        "acknowledgement": _("Acknowledgement"),
        "answer": _("Answer"),
        "release": _("Release by a second person"),
        "sealing": _("Sealing"),
        "transfer": _("Transfer"),
        "verification": _("Verification"),
    },
)
words.register(
    "indicator-grouping",
    {
        "partner": _("Bureau"),
        "instrument": _("Legal instrument"),
        "measure": _("Measure"),
        "urgency": _("Urgency"),
        "side": _("Side"),
    },
)
words.register(
    "indicator-period",
    {
        "": _("All the time"),
        "30": _("The last 30 days"),
        "90": _("The last 90 days"),
        "365": _("The last 365 days"),
    },
)
