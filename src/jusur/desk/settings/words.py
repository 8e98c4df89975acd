"""The settings' codes in words: checks, services, alarms, settings and what they mean."""

from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import words

words.register(
    "check",
    {
        "settings": _("Settings"),
        "python": _("Python"),
        "openssl": _("OpenSSL"),
        "age": _("age"),
        "clock": _("Clock"),
        "disk": _("Disk"),
        "database": _("Database"),
        "keys": _("Key files"),
        "certificate": _("Certificate"),
        "certificates": _("Certificates"),
        "vault": _("Vault"),
        "ports": _("Ports"),
        "port-gate": _("The gate's port"),
        "port-web": _("The desk's port"),
        "time-stamps": _("Time-stamps"),
        "directory": _("Directory"),
        "directory alarms": _("Alarms of the directory"),
        "exchange alarms": _("Alarms of the exchange"),
    },
)
words.register(
    "verdict",
    {"well": _("Well"), "look": _("Look at it"), "wrong": _("Wrong")},
    tones={"well": "good", "look": "due", "wrong": "danger"},
    icons={"look": "eye"},
)
words.register(
    "service",
    {
        "postgres": _("Database"),
        "worker": _("Worker: sends, receives, watches deadlines"),
        "web": _("Desk: the pages and the API"),
        "gate": _("Gate: where other nodes come in"),
    },
)
words.register(
    "service-state",
    {
        "ready": _("Ready"),
        "starting": _("Starting"),
        "waiting": _("Waits to be started again"),
        "stopping": _("Stopping"),
        "stopped": _("Stopped"),
    },
    tones={"ready": "good", "starting": "info", "waiting": "due", "stopping": "due", "stopped": "danger"},
    icons={"starting": "hourglass", "waiting": "hourglass", "stopping": "pause", "stopped": "stop"},
)
words.register(
    "setting-source",
    {"file": _("node.toml"), "environment": _("Environment"), "default": _("Default")},
    tones={"file": "info", "environment": "due"},
    icons={"file": "file", "environment": "settings"},
)
words.register(
    "exchange-alarm",
    {
        "peer-silent": _("A peer does not answer"),
        "emergency-undelivered": _("An emergency has no receipt"),
        "message-expired": _("A message's time ended before a receipt came"),
        "message-refused": _("The other side refuses a message"),
        "message-failed": _("A received message could not be processed"),
        "sequence-gap": _("A message of a conversation never came"),
        "peer-lost-messages": _("The peer lost messages it had given receipts for"),
        "messages-unknown-here": _("A peer sent messages that this node does not know"),
        "digest-conflict": _("One identifier, two contents"),
        "identifier-conflict": _("One identifier, two contents"),
        "receipt-refused": _("A receipt does not hold"),
        "refusal-unsent": _("A refusal could not be sent back"),
        "log-contradiction": _("The peer's log shows two histories"),
        "peer-misbehaves": _("The peer breaks the protocol"),
        "transfer-failed": _("A package could not be fetched"),
        "vault-full": _("No room for what arrives"),
    },
    tones={
        "peer-silent": "due",
        "emergency-undelivered": "danger",
        "message-expired": "due",
        "message-refused": "due",
        "message-failed": "danger",
        "sequence-gap": "due",
        "peer-lost-messages": "due",
        "messages-unknown-here": "due",
        "digest-conflict": "danger",
        "identifier-conflict": "danger",
        "receipt-refused": "danger",
        "refusal-unsent": "due",
        "log-contradiction": "danger",
        "peer-misbehaves": "due",
        "transfer-failed": "due",
        "vault-full": "danger",
    },
)
words.register(
    "exchange-alarm-fix",
    {
        "peer-silent": _("Wait, or call them. It closes itself when they answer."),
        "emergency-undelivered": _("Telephone now."),
        "message-expired": _("Tell the officer; send it anew if it still matters."),
        "message-refused": _("Let the officer read the reason in the message."),
        "message-failed": _("See the worker's log, mend the cause, then try again here."),
        "sequence-gap": _("Compare with the peer on the exchange page."),
        "peer-lost-messages": _("Call them: perhaps they restored an old backup. Then compare with the peer."),
        "messages-unknown-here": _("Call them: perhaps this node was restored from an old backup. Then compare."),
        "digest-conflict": _("Keep everything and call the peer: a fault, or a forgery."),
        "identifier-conflict": _("Keep everything and call the peer: a fault, or a forgery."),
        "receipt-refused": _("Call the peer."),
        "refusal-unsent": _("Tell the peer by telephone."),
        "log-contradiction": _("Stop relying on its proofs and tell the secretariat."),
        "peer-misbehaves": _("Read the detail; perhaps the versions differ."),
        "transfer-failed": _("Read the detail, then try again here."),
        "vault-full": _("Make room. The transfer goes on by itself once there is some."),
    },
)
words.register(
    "ledger-alarm",
    {
        "split-view": _("The peer's log shows different histories to different readers"),
        "rollback": _("The peer's log became shorter"),
        "inconsistent": _("The peer's log changed what it had recorded"),
    },
    tones={"split-view": "danger", "rollback": "danger", "inconsistent": "danger"},
)
words.register(
    "transfer-state",
    {
        "waiting": _("Waiting"),
        "running": _("Running"),
        "paused": _("Paused"),
        "failed": _("Failed"),
    },
    tones={"running": "info", "paused": "due", "failed": "danger"},
    icons={"waiting": "hourglass", "running": "download", "paused": "pause"},
)
words.register(
    "delivery-urgency",
    {"emergency": _("Emergency"), "urgent": _("Urgent"), "routine": _("Routine"), "bulk": _("In bulk")},
    tones={"emergency": "danger", "urgent": "due"},
    icons={"emergency": "siren"},
)

words.register(
    "token-act",
    {
        "account.own": _("See its own account"),
        "audit.read": _("Read the audit trail"),
        "directory.read": _("Read the directory"),
        "evidence.acquire": _("Take evidence in"),
        "evidence.export": _("Export evidence"),
        "evidence.read": _("Read evidence packages"),
        "indicators.read": _("Read indicators"),
        "instruments.read": _("Read legal instruments"),
        "message.read": _("Read messages"),
        "message.write": _("Write messages"),
        "request.answer": _("Answer requests"),
        "request.draft": _("Draft requests"),
        "request.read": _("Read requests"),
    },
)

MEANINGS = (
    _("The organisation's address in the directory, e.g. MA, GS, AIMC."),
    _("bureau, regional, partner or secretariat."),
    _("The organisation's name as people read it."),
    _("ISO 3166 alpha-2 code of the member; empty for organisations."),
    _("Where other nodes reach this one: the address to listen on."),
    _("The gate's port."),
    _("The gate's public URL as the directory will name it."),
    _("Where officers and national systems reach this node."),
    _("The desk's port."),
    _("The desk's public URL; empty for http:// on web_host and web_port."),
    _("The worker's port for health and metrics, on loopback; 0 for none."),
    _("postgresql://… of a PostgreSQL 15 or later; empty for the embedded one."),
    _("file:///… or s3://bucket/prefix; empty for the vault folder in the home."),
    _("The folder from which evidence is taken in."),
    _("Largest single file taken in over the API."),
    _("Largest sealed package accepted from a peer."),
    _("Largest envelope accepted from a peer."),
    _("Smallest chunk in which packages travel, at most 16 MiB: a process holds a few in memory."),
    _("How many chunks travel at once."),
    _("RFC 3161 time-stamp authority; empty for none."),
    _("PEM file of the authorities' root certificates."),
    _("The secretariat's gate, from which the directory is fetched."),
    _("SHA-256 (hex) of the directory's root key, pinned at joining."),
    _("Requests a second that the API answers one caller in the long run; 0: any."),
    _("Requests that one caller may send at once."),
    _("Minutes after which an idle session ends (NIST SP 800-63B-3, 4.2.3: 30)."),
    _("Hours after which any session ends (NIST SP 800-63B-3, 4.2.3: 12)."),
    _("Minutes for which a factor just given allows sensitive acts (OWASP ASVS 4.0.3, 3.7.1)."),
    _("Wrong passwords or codes after which an account is locked from that address."),
    _("Minutes for which it stays locked."),
    _("The national directory's OpenID Connect issuer; empty for none."),
    _("The national directory's name as officers read it."),
    _("This node's client id at the national directory."),
    _("File that holds the client's secret; or JUSUR_OIDC_SECRET."),
    _("Whether the directory's own second factor (amr: mfa, RFC 8176) is enough."),
    _("How far a peer's clock may differ."),
    _("How long messages and the memory of duplicates are kept."),
    _("debug, info, warning or error."),
    _("A rehearsal node: says so on everything it makes."),
    _("smtp://user@host:587 or smtps://… for notifications by e-mail; empty for none."),
    _("The address from which notifications come."),
    _("File that holds the mail server's password; or JUSUR_SMTP_PASSWORD."),
)
"""What each setting means, as `jusur.node.settings` writes it: here only to be translated."""

ADVICE = (
    _("Use Python 3.11."),
    _("Run an NTP client: peers refuse messages from a clock minutes wrong."),
    _("Free space, or move the folder to a larger disk."),
    _("Start it, or correct JUSUR_DATABASE_URL."),
    _("Ask the secretariat for a new one."),
    _("Set timestamp_url to a qualified authority before evidence goes to court."),
    _("No time-stamp authority is set."),
    _("The time-stamp authority's roots are missing."),
    _("Install openssl."),
    _("Install age."),
    _("See: jusur directory alarms."),
    _("See: jusur exchange alarms."),
    _("Fetch it: jusur directory refresh."),
    _("See the logs."),
    _("none"),
)
"""What the doctor says in whole sentences: here only to be translated."""
