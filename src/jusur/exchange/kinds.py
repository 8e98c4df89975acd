"""Kinds of message: each has a name, a strict schema, a handler and a usual priority.

Apps register their kinds when Django starts. A body is checked against its schema before it is sent and before it is
accepted; the schemas are published as JSON Schema files in ``docs/reference/schemas``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from jusur.exchange.errors import KindUnknownError, MessageInvalidError
from jusur.exchange.handling import Handling
from jusur.exchange.message import Attachment, Message, Priority


@dataclass(frozen=True, slots=True)
class ReceivedMessage:
    """A message as its handler sees it. ``body`` is an instance of the kind's schema.

    ``in_order`` is false where an earlier message of the conversation had not come within its time.
    """

    id: UUID
    envelope_id: UUID
    kind: str
    sender: str
    recipients: tuple[str, ...]
    conversation: UUID
    sequence: int
    priority: Priority
    created_at: datetime
    received_at: datetime
    handling: Handling
    purpose: str
    legal_basis: str
    body: Any
    attachments: tuple[Attachment, ...]
    in_order: bool = True


Handler = Callable[[ReceivedMessage], None]
"""Carries out a message inside the transaction that marks it processed.

Raise `MessageRefusedError` to refuse it with a reason that travels back, `UnavailableError` to be called again later;
any other exception fails the message and alarms the operator.
"""


@dataclass(frozen=True, slots=True)
class MessageKind:
    """One kind of message. ``schema`` is a msgspec Struct that forbids unknown fields.

    ``check`` may refuse what a schema cannot say (raising ``JusurError``); it is called on sending and on receipt.
    """

    name: str
    schema: type[msgspec.Struct]
    handler: Handler
    priority: Priority = "routine"
    check: Callable[[Any], None] | None = None

    def parse(self, body: Any) -> msgspec.Struct:
        """The body in plain JSON data (or already a Struct) as an instance of the schema.

        Raises:
            MessageInvalidError: it does not follow the schema.
        """
        try:
            plain = msgspec.to_builtins(body) if isinstance(body, msgspec.Struct) else body
            parsed = msgspec.convert(plain, self.schema)
        except msgspec.ValidationError as error:
            raise MessageInvalidError(
                f"The body is not a valid {self.name}: {error}.", fix=f"See docs/reference/schemas/{self.name}.json."
            ) from None
        if self.check is not None:
            self.check(parsed)
        return parsed


_registry: dict[str, MessageKind] = {}


def register(
    kind: MessageKind | str,
    schema: type[msgspec.Struct] | None = None,
    handler: Handler | None = None,
    priority: Priority = "routine",
) -> MessageKind:
    """Make a kind known to this node. Registering the same name with the same schema again replaces its handler.

    Raises:
        ValueError: another schema is registered under this name, or the schema lets unknown fields through.
    """
    if isinstance(kind, str):
        if schema is None or handler is None:
            raise ValueError("a kind needs a schema and a handler")
        kind = MessageKind(kind, schema, handler, priority)
    known = _registry.get(kind.name)
    if known is not None and known.schema is not kind.schema:
        raise ValueError(f"{kind.name} is registered with another schema")
    if not kind.schema.__struct_config__.forbid_unknown_fields:
        raise ValueError(f"the schema of {kind.name} must forbid unknown fields")
    _registry[kind.name] = kind
    return kind


def get(name: str) -> MessageKind:
    """The kind called ``name``.

    Raises:
        KindUnknownError: none is.
    """
    try:
        return _registry[name]
    except KeyError:
        raise KindUnknownError(
            f"This node does not know messages of kind {name[:64]!r}.",
            fix="Ask GET /exchange/v1/capabilities which kinds it knows.",
        ) from None


def names() -> list[str]:
    """Names of all kinds, sorted."""
    return sorted(_registry)


def check_message(message: Message) -> msgspec.Struct:
    """The parsed body of ``message``.

    Raises:
        KindUnknownError, MessageInvalidError: as `get` and `MessageKind.parse`.
    """
    return get(message.kind).parse(message.body)
