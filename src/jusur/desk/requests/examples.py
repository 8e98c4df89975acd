"""Examples of what the fields of a request may say: invented, and worded as the field words it."""

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

FIELDS: Final[dict[str, Promise]] = {
    "authority": _("Judicial police, economic crime unit, Rabat"),
    "offence": _("Organised fraud by means of a computer system; money laundering"),
    "facts": _("Between 1 and 20 September, callers led 14 victims to pay 210,000 euros into three accounts."),
    "data_sought": _("Access logs and chats of the virtual server srv-93.sample.example"),
    "data_relation": _("The server holds the chats with the victims and the list of accounts."),
    "custodian": _("Sample Hosting AS, Oslo"),
    "necessity": _("No other record shows who controlled the accounts."),
    "intention_to_request": _("A request for mutual assistance follows within 60 days."),
    "purpose": _("Investigation of organised fraud by a scam centre; evidence for the criminal court"),
    "legal_provisions": _("Articles 540 and 574-1 of the Criminal Code; up to 10 years"),
    "judicial_order": _("Order 2026/93 of the investigating judge, 18 November 2026"),
    "person": _("Holder of the account; name not known yet"),
    "period": _("1 September to 20 September 2026, UTC"),
    "account_identifier": _("user4711@mail.example, 20 September 2026, 14:03 UTC"),
    "urgency_reason": _("The hosting contract ends in three days; the data are then erased."),
    "emergency_facts": _("The caller threatens to kill the hostage before midnight."),
    "handling_conditions": _("For this investigation only; not to be shown to third parties."),
    "transaction": _("20 September 2026, 48,500.00 EUR, reference INV-2207"),
    "beneficiary_account": _("NO93 8601 1117 947, Sample Bank ASA"),
    "victim_account": _("MA64 0115 1900 0001 2050 0053 4921, Sample Bank, Rabat"),
    "information": _("Three phone numbers used by a scam centre against residents of your country"),
    "source_evaluation": _("B2: mostly reliable source, information known to it directly"),
    "confidentiality": _("Do not inform the account's holder before 1 January 2027."),
}
"""By the instruments' names of fields."""
