"""Notifications and alarms in words."""

from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import words

words.register(
    "notification",
    {
        "approval-asked": _("Something waits for your approval"),
        "approved": _("What you submitted was approved"),
        "returned": _("What you submitted was returned to you"),
        "emergency-received": _("An emergency request has come in"),
        "request-received": _("A request has come in"),
        "deadline": _("A deadline comes near or has passed"),
        "deadline-extended": _("The other bureau extended a deadline"),
        "question-asked": _("The other bureau asks a question"),
        "question-answered": _("The other bureau answered your question"),
        "request-answered": _("The other bureau answered a request"),
        "request-refused": _("The other bureau refused a request"),
        "request-withdrawn": _("The other bureau withdrew a request"),
        "package-received": _("Evidence has arrived and was verified"),
        "package-rejected": _("Evidence was rejected"),
        "hit-on-record": _("Another bureau found a record of ours"),
        "hit-of-watch": _("A record fits what you watch for"),
        "hit-confirmed": _("Another bureau confirmed a hit on our record"),
        "hit-discarded": _("Another bureau discarded a hit on our record"),
        "way-in-changed": _("How you sign in was changed"),
        "delivery-refused": _("A message was refused by the other node"),
        "delivery-expired": _("A message expired undelivered"),
    },
    tones={
        "approval-asked": "due",
        "approved": "good",
        "returned": "due",
        "emergency-received": "danger",
        "request-received": "brand",
        "deadline": "due",
        "question-asked": "due",
        "request-answered": "good",
        "request-refused": "danger",
        "package-received": "good",
        "package-rejected": "danger",
        "hit-on-record": "due",
        "hit-of-watch": "due",
        "hit-confirmed": "danger",
        "way-in-changed": "due",
        "delivery-refused": "danger",
        "delivery-expired": "danger",
    },
    icons={
        "approval-asked": "two-people",
        "approved": "check",
        "returned": "reply",
        "emergency-received": "siren",
        "request-received": "inbox",
        "deadline": "clock",
        "deadline-extended": "extend",
        "question-asked": "help",
        "question-answered": "reply",
        "request-withdrawn": "close",
        "request-refused": "refuse",
        "package-received": "evidence",
        "hit-on-record": "flag",
        "hit-of-watch": "flag",
        "hit-confirmed": "flag",
        "hit-discarded": "close",
        "way-in-changed": "key",
    },
)
SENTENCES = (
    _("The node has no mail server."),
    _("Set smtp_url and smtp_from in node.toml, then restart the node."),
    _("The mail server did not take the mail."),
    _("Check smtp_url, smtp_from and the password's file, and that this machine may reach the server."),
    _("The mail server offers no TLS."),
    _("Use smtps:// or a server that offers STARTTLS."),
    _("The mail server's password is missing."),
    _("Set smtp_password_file or JUSUR_SMTP_PASSWORD."),
)
"""What sending a mail may be refused with."""
words.register(
    "waiting-act",
    {
        "evidence.request.send": _("Request to be sent"),
        "evidence.package.release": _("Evidence to be released"),
    },
    icons={"evidence.request.send": "request", "evidence.package.release": "evidence"},
)
words.register("notification-state", {"new": _("New"), "seen": _("Seen")}, tones={"new": "brand"})
