"""What the checker reports."""

from dataclasses import dataclass
from typing import Literal

from jusur.kernel.errors import InvalidInputError

Kind = Literal["constraint", "concept", "unsupported"]


class ProfileError(InvalidInputError):
    """The document uses something outside the profile the checker can decide."""

    code = "case-not-in-profile"
    title = "The CASE document is outside the supported profile"


@dataclass(frozen=True, slots=True)
class Finding:
    """One reason why a document does not conform.

    Attributes:
        kind: ``constraint`` (a shape is violated), ``concept`` (a name under the ontology's own addresses that the
            ontology does not have) or ``unsupported`` (the checker cannot decide, and so does not accept).
        node: the IRI or blank node concerned, empty for the document as a whole.
        path: the property concerned, empty where there is none.
        message: a sentence for a person.
        severity: ``Violation``, ``Warning`` or ``Info``, as the ontology grades it. Each of them is a reason.
    """

    kind: Kind
    node: str
    path: str
    message: str
    severity: str = "Violation"


def conforms(findings: list[Finding]) -> bool:
    """Whether a document with these findings conforms: it does when there are none."""
    return not findings
