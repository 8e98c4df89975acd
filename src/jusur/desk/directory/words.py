"""The directory's codes in words: who can be reached, keys, alarms, measures and channels."""

from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import words

words.register(
    "reachability",
    {
        "own": _("This node"),
        "heard": _("Heard from lately"),
        "unheard": _("In the network, not heard from lately"),
        "silent": _("Silent"),
        "suspended": _("Suspended"),
        "not-joined": _("Not a member's node yet"),
        "withdrawn": _("Has left the network"),
    },
    tones={"own": "brand", "heard": "good", "unheard": "info", "silent": "danger", "suspended": "due"},
    icons={"own": "flag", "unheard": "hourglass", "suspended": "pause"},
)
words.register(
    "organisation-status",
    {
        "not-joined": _("Has not joined"),
        "active": _("In the network"),
        "suspended": _("Suspended"),
        "withdrawn": _("Has left the network"),
    },
    tones={"active": "good", "suspended": "due"},
    icons={"suspended": "pause"},
)
words.register(
    "organisation-kind",
    {
        "bureau": _("National Central Bureau"),
        "regional": _("Regional police organisation"),
        "partner": _("Partner organisation"),
        "secretariat": _("General Secretariat"),
    },
)
words.register("region", {"africa": _("Africa"), "americas": _("Americas"), "asia": _("Asia"), "europe": _("Europe")})
words.register(
    "key-use",
    {
        "signing": _("Signs messages and receipts"),
        "sealing": _("Messages are sealed to it"),
        "evidence": _("Evidence packages are sealed to it"),
        "log": _("Signs the log's checkpoints"),
        "tls": _("Opens connections between nodes"),
        "seal": _("Seals evidence packages"),
        "recovery": _("Asks for new keys in an emergency"),
    },
)
words.register(
    "key-state",
    {"active": _("In use"), "retired": _("Retired"), "revoked": _("Revoked")},
    tones={"active": "good", "revoked": "danger"},
    icons={"revoked": "refuse"},
)
words.register(
    "classification",
    {
        "official_use_only": _("For official use only"),
        "restricted": _("Restricted"),
        "confidential": _("Confidential"),
    },
)
words.register(
    "directory-alarm",
    {
        "forged": _("A directory with a wrong signature was offered"),
        "rollback": _("An old directory was offered"),
        "fork": _("Two rightly signed directories contradict each other"),
        "gossip": _("A peer says that it holds another directory"),
        "stale": _("The directory has expired"),
        "clock": _("The directory is from the future"),
    },
    tones={"forged": "due", "rollback": "due", "fork": "danger", "gossip": "due", "stale": "danger", "clock": "due"},
)
words.register(
    "directory-alarm-fix",
    {
        "forged": _("Ask who serves it. Nothing has changed here."),
        "rollback": _("Ask who serves it. Nothing has changed here."),
        "fork": _("The exchange has stopped. Call the secretariat, agree on the right directory, then close."),
        "gossip": _("Compare the digests with the peer by telephone."),
        "stale": _("Nothing is sent or taken. Fetch the directory now; if that fails, call the secretariat."),
        "clock": _("Check this machine's clock."),
    },
)
words.register(
    "request-to-join",
    {
        "made": _("Made here, waits for the secretariat"),
        "received": _("Waits for the comparison"),
        "admitted": _("Admitted"),
        "refused": _("Refused"),
        "completed": _("Completed"),
    },
    tones={"made": "due", "received": "due", "admitted": "good", "refused": "danger", "completed": "good"},
)
words.register(
    "instrument-kind",
    {
        "multilateral": _("Multilateral treaty"),
        "regional": _("Regional law"),
        "bilateral": _("Bilateral agreement"),
        "organisation": _("Rules of the organisation"),
        "comity": _("Reciprocity"),
    },
)
words.register(
    "channel",
    {
        "police": _("Police to police"),
        "judicial": _("Judicial authority to judicial authority"),
        "direct": _("Directly to the provider"),
    },
)
words.register(
    "dual-criminality",
    {
        "required": _("Required"),
        "not_required": _("Not required"),
        "may_be_required": _("May be required"),
        "not_stated": _("Not stated"),
    },
)
words.register(
    "party-status", {"party": _("Party"), "signatory": _("Signatory")}, tones={"party": "good", "signatory": "neutral"}
)
words.register(
    "clock-start",
    {
        "received": _("from receipt"),
        "issued": _("from issue"),
        "recognised": _("from recognition"),
        "served": _("from service"),
        "preserved": _("from preservation"),
    },
)
words.register("version-origin", {"shipped": _("Comes with Jusur"), "organisation": _("Made by this organisation")})
words.register("law-urgency", {"routine": _("Routine"), "urgent": _("Urgent"), "emergency": _("Emergency")})
