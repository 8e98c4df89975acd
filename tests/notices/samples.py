"""Contents of every type that meet all its conditions; no real person anywhere."""

from typing import Any

PHOTO = {"sha256": "ab" * 32, "data": "AAAA", "good": True}


def person(**changes: Any) -> dict[str, Any]:
    return {
        "names": [
            {"name": "ALNAJM", "forename": "Sami"},
            {"name": "النجم", "forename": "سامي", "kind": "original-script"},
        ],
        "sex": "male",
        "date_of_birth": "1980-05-17",
        "nationalities": ["MA"],
        "description": "Scar on the left hand",
        "status": "accused",
        **changes,
    }


def red(**changes: Any) -> dict[str, Any]:
    case = {
        "reference": "RAB/2026/17",
        "basis": "prosecution",
        "crime_area": "fraud",
        "facts": "Between March and May the accused sold shares of a company that did not exist.",
        "facts_date": "2025-03",
        "facts_place": "Casablanca",
        "charges": [
            {
                "text": {"original": "النصب والاحتيال", "language": "ar"},
                "law": "Penal Code 540",
                "maximum_penalty": "P5Y",
            }
        ],
        "warrant": {"number": "771/26", "issued_on": "2026-02-01", "authority": "Court of Appeal", "country": "MA"},
        "sentence": "",
        "sentence_remaining": "",
    }
    case.update(changes.pop("case", {}))
    return {
        "title": "Fraud by investment",
        "request": "Locate and arrest with a view to extradition.",
        "persons": changes.pop("persons", [person()]),
        "case": case,
        "assurances": {
            "extradition_sought": True,
            "international_interest": "He left by air.",
            **changes.pop("assurances", {}),
        },
        **changes,
    }


def sentence(**case: Any) -> dict[str, Any]:
    return red(case={"basis": "sentence", "sentence": "P6M", "sentence_remaining": "P6M", **case})


RECORD = {"police_record": "P/88/26", "recorded_on": "2026-01-04", "facts": "Left home and did not come back."}
CONTENTS: dict[str, dict[str, Any]] = {
    "red": red(),
    "blue": {"request": "Tell where.", "persons": [person(status="suspect")], "case": {"facts": "Saw the theft."}},
    "green": {
        "request": "Be aware.",
        "persons": [person(status="convicted")],
        "case": {"convictions": "Twice, for fraud."},
        "assurances": {"national_assessment": "Likely to offend again."},
    },
    "yellow": {"request": "Find.", "persons": [person(status="missing", date_of_birth="1972")], "case": RECORD},
    "black": {
        "request": "Identify.",
        "case": RECORD,
        "body": {"found_on": "2026-01-03", "found_at": "Beach", "dna": True},
    },
    "purple": {"request": "Look out.", "manner": {"summary": "Hidden tank.", "occurrences": 2}},
    "orange": {
        "request": "Alert.",
        "threat": {"summary": "Parcel bombs.", "urgency": "imminent"},
        "assurances": {"national_assessment": "Certain."},
    },
    "un-special": {"sanction": {"reference": "QDi.432", "resolution": "2253 (2015)"}, "persons": [person()]},
    "silver": {
        "request": "Locate.",
        "assets": [
            {"kind": "account", "identifier": "MA64011519000001205000534921", "value_minor": 1000, "currency": "EUR"}
        ],
        "persons": [person()],
        "case": {"reference": "RAB/2026/17", "facts": "Proceeds of fraud."},
        "assurances": {"no_coercive_measure": True, "international_interest": "Accounts abroad."},
    },
}
