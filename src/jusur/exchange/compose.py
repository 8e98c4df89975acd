"""Messages that people write: from the fields of a form to what is sent."""

import os
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any, BinaryIO

from django.db import transaction

from jusur.directory import api as directory
from jusur.exchange import attachments as files
from jusur.exchange import handling as handlings
from jusur.exchange import outbox, own, selectors
from jusur.exchange.errors import MessageInvalidError
from jusur.exchange.message import MAX_ATTACHMENTS, Attachment, Priority
from jusur.kernel import text as texts
from jusur.kernel.errors import NotFoundError
from jusur.kernel.ids import parse_id

MEDIA_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class OpenFile:
    """A file to go with a message: its name as the reader will see it, and its bytes, read once."""

    name: str
    source: BinaryIO


def message_send(
    *,
    to: Sequence[str],
    subject: str,
    text: str,
    purpose: str,
    legal_basis: str,
    actor: str,
    language: str = "en",
    topic: str = "message",
    priority: Priority = "routine",
    conversation: str | None = None,
    in_reply_to: str | None = None,
    handling: dict[str, Any] | None = None,
    attachments: Sequence[str] = (),
    opened: Sequence[OpenFile] = (),
    draft: bool = False,
) -> dict[str, Any]:
    """Send (or draft) a ``message.text``; the message as `selectors.message` shows it.

    ``attachments`` are names of files in the node's intake folder, ``opened`` files that are open already. Without
    ``handling`` only the recipients may see it, and nobody may pass it on.

    Raises:
        JusurError: something about it is not valid; nothing is sent.
    """
    body = {"subject": subject, "text": text, "language": language, "topic": topic}
    if in_reply_to:
        body["in_reply_to"] = str(parse_id(in_reply_to, field="in_reply_to"))
    with transaction.atomic():
        sent = outbox.send(
            "message.text",
            to=to,
            body=body,
            handling=handling or _plain_handling(to),
            purpose=purpose,
            legal_basis=legal_basis,
            conversation=parse_id(conversation, field="conversation") if conversation else None,
            priority=priority,
            attachments=_from_intake(attachments, to) + _from_files(opened, to),
            actor=actor,
            draft=draft,
        )
    return selectors.message(sent.id)


def warning_send(
    *,
    to: Sequence[str],
    subject: str,
    text: str,
    language: str,
    threat: str,
    severity: str,
    purpose: str,
    legal_basis: str,
    actor: str,
    handling: dict[str, Any] | None = None,
    draft: bool = False,
) -> dict[str, Any]:
    """Send (or draft) a ``message.warning``, without ``to`` to every bureau that takes part.

    An imminent one goes as an emergency. Without ``handling`` only the recipients may see it.
    """
    recipients = list(to) or _every_bureau()
    body = {"subject": subject, "text": text, "language": language, "threat": threat, "severity": severity}
    sent = outbox.send(
        "message.warning",
        to=recipients,
        body=body,
        handling=handling or _plain_handling(recipients),
        purpose=purpose,
        legal_basis=legal_basis,
        priority="emergency" if severity == "imminent" else "urgent",
        actor=actor,
        draft=draft,
    )
    return selectors.message(sent.id)


def _plain_handling(to: Sequence[str]) -> handlings.Handling:
    return handlings.for_recipients(to)


def _every_bureau() -> list[str]:
    me = own.own().address
    found = [entry.address for entry in directory.organisations(kind="bureau", status="active") if entry.address != me]
    if not found:
        raise MessageInvalidError("No other bureau takes part yet.", fix="Name the recipients.")
    return found


def _from_intake(names: Sequence[str], to: Sequence[str]) -> list[Attachment]:
    if len(names) > MAX_ATTACHMENTS:
        raise MessageInvalidError(f"A message has at most {MAX_ATTACHMENTS} attachments.", fix="Send several messages.")
    with ExitStack() as stack:
        opened = [(name, stack.enter_context(_open_intake(name))) for name in names]
        return [files.attach(source, name=name, media_type=MEDIA_TYPE, to=to) for name, source in opened]


def _from_files(opened: Sequence[OpenFile], to: Sequence[str]) -> list[Attachment]:
    if len(opened) > MAX_ATTACHMENTS:
        raise MessageInvalidError(f"A message has at most {MAX_ATTACHMENTS} attachments.", fix="Send several messages.")
    return [files.attach(file.source, name=file.name, media_type=MEDIA_TYPE, to=to) for file in opened]


def _open_intake(name: str) -> BinaryIO:
    from jusur.node.context import current

    folder = current().settings.intake_dir
    path = folder / texts.file_name(name, field="attachment name")
    try:
        return os.fdopen(os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC), "rb")
    except OSError:
        raise NotFoundError(f"There is no file of this name in {folder}.", fix="Put it there first.") from None
