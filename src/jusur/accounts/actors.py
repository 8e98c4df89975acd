"""Who acts: an officer or a national system."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Actor:
    """Who acts: an officer or a national system, with the roles held and, by token, the scopes granted."""

    id: UUID
    name: str
    kind: str
    roles: tuple[str, ...]
    scopes: frozenset[str] | None
    language: str = "en"

    @property
    def reference(self) -> str:
        """How the ledger names the actor: a pseudonymous identifier, never a name."""
        return f"officer:{self.id}"
