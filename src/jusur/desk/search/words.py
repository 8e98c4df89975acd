"""Kinds of searches, states of hits, how databases answered and what a comparison found, in words."""

from django.utils.translation import gettext_lazy as _

from jusur.desk.kit import words

words.register(
    "search-kind",
    {
        "name": _("Name of a person"),
        "organisation": _("Name of an organisation"),
        "vessel": _("Name of a vessel"),
        "mrz": _("Machine-readable zone"),
        "document": _("Document number"),
        "passport": _("Passport number"),
        "identity_document": _("Identity document number"),
        "visa": _("Visa number"),
        "driving_licence": _("Driving licence number"),
        "plate": _("Number plate"),
        "vin": _("Vehicle identification number"),
        "imo": _("IMO number of a vessel"),
        "mmsi": _("MMSI of a vessel"),
        "iban": _("IBAN"),
        "account": _("Account number"),
        "wallet": _("Virtual-asset wallet"),
        "phone": _("Telephone number"),
        "email": _("E-mail address"),
        "domain": _("Internet domain"),
        "url": _("Web address"),
        "imei": _("IMEI of a device"),
        "serial": _("Serial number"),
        "firearm_serial": _("Serial number of a firearm"),
    },
)
words.register(
    "search-outcome",
    {"hit": _("Hit"), "no-hit": _("No hit"), "refused": _("Refused")},
    tones={"hit": "due", "no-hit": "neutral", "refused": "danger"},
    icons={"hit": "flag", "no-hit": "check", "refused": "refuse"},
)
words.register(
    "answer-strength",
    {"exact": _("Exact"), "likely": _("Likely"), "possible": _("Possible")},
    tones={"exact": "danger", "likely": "due", "possible": "neutral"},
    icons={"exact": "flag", "likely": "flag", "possible": "eye"},
)
words.register(
    "answer-state",
    {
        "answered": _("It answered"),
        "late": _("Did not answer in time"),
        "unavailable": _("Cannot be reached"),
        "refused": _("Refused to answer"),
    },
    tones={"answered": "good", "late": "due", "unavailable": "danger", "refused": "danger"},
)
words.register(
    "hit-state",
    {"proposed": _("To be decided"), "confirmed": _("Confirmed"), "discarded": _("Discarded")},
    tones={"proposed": "due", "confirmed": "danger", "discarded": "neutral"},
    icons={"proposed": "eye", "confirmed": "flag", "discarded": "close"},
)
words.register("hit-side", {"searcher": _("Found by us"), "owner": _("On a record of ours")})
words.register(
    "hit-source",
    {
        "search": _("A search"),
        "watch": _("A watch"),
        "edition": _("A new edition of a list"),
    },
)
words.register("sex", {"male": _("Male"), "female": _("Female"), "other": _("Other")})
words.register(
    "evidence-side",
    {"for": _("Speaks for it"), "against": _("Speaks against it"), "open": _("Says nothing")},
    tones={"for": "good", "against": "danger", "open": "neutral"},
    icons={"for": "check", "against": "close"},
)
words.register(
    "match-reason",
    {
        "identifier-same": _("The same number"),
        "word-same": _("The same word in the name"),
        "word-initial": _("An initial that fits"),
        "word-joined": _("Words written together or apart"),
        "word-other-form": _("Another form of the same name"),
        "word-sounds-same": _("A word that sounds the same"),
        "word-sounds-like": _("A word that sounds alike"),
        "word-missing": _("A word of the search that the record lacks"),
        "word-added": _("A word that only the record has"),
        "birth-date-same": _("The same date of birth"),
        "birth-date-month": _("Born in the same month"),
        "birth-date-year": _("Born in the same year"),
        "birth-date-swapped": _("Day and month of birth swapped"),
        "birth-date-typing": _("Date of birth differs by one digit or the day"),
        "birth-date-near": _("Born within a year"),
        "birth-date-day": _("The same day of birth in another year"),
        "birth-date-off": _("Born a few years apart"),
        "birth-date-far": _("Born many years apart"),
        "country-same": _("The same country"),
        "country-other": _("Another country"),
        "sex-same": _("The same sex"),
        "sex-other": _("Another sex"),
        "kind-other": _("Another kind of thing"),
        "place-same": _("The same place"),
    },
)
words.register(
    "checkpoint-answer",
    {
        "nothing": _("Nothing found"),
        "look": _("Look closer"),
        "stop": _("Stop and check"),
        "partial": _("Not everything answered"),
    },
    tones={"nothing": "good", "look": "due", "stop": "danger", "partial": "due"},
    icons={"nothing": "check-circle", "look": "eye", "stop": "stop", "partial": "hourglass"},
)
words.register(
    "problem",
    {
        "unclear-question": _("The search does not say what it is for"),
        "budget-spent": _("The budget of searches is spent"),
        "enumeration": _("Searches that look like reading out a database"),
        "unknown-purpose": _("The search has no purpose that is allowed"),
        "index-building": _("The index is being built"),
        "record-not-found": _("No such record"),
        "database-not-found": _("No such database"),
    },
)

SENTENCES = (
    _("This answer is no longer kept."),
    _("Search again."),
    _("There is no such search."),
    _("There is no such hit."),
    _("A person decides on a hit, never a system."),
    _("Look at it anew."),
    _("There is no such watch of yours."),
    _("There is no such standing watch of yours."),
    _("A watch takes an investigation."),
    _("Lift those that are no longer needed."),
    _("The search process does not run."),
    _("Start the node: jusur serve."),
    _("Try again; see: jusur status."),
    _("Try again later."),
    _("The query is empty."),
    _("Give either text, or names and identifiers, or an entity."),
    _("The text is nothing that can be searched for."),
    _("Give a name or a number."),
    _("A word mixes letters of several scripts; it was compared as it reads."),
    _("its check digits do not fit"),
    _("its structure is not its country's"),
    _("its country assigns no such number"),
    _("The IBAN does not begin with two letters and two digits."),
    _("Copy the whole IBAN."),
    _("The phone number is too short or too long for its country."),
    _("Give all its digits."),
    _("The text is not an e-mail address."),
    _("The IMO number is not seven digits."),
    _("Copy it again."),
    _("Give digits."),
)
"""What the services and the search process say, so that the catalogues hold it."""
