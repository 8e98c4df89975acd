"""Events, subjects and alarms of the log in words."""

from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import words

words.register(
    "log-alarm",
    {
        "split-view": _("Two different views of one log"),
        "rollback": _("A log that went back"),
        "inconsistent": _("A log whose proof does not hold"),
    },
    tones={"split-view": "danger", "rollback": "danger", "inconsistent": "danger"},
)
