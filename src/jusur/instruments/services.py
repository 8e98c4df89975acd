"""Writes to the register of legal instruments: versions are added, never changed."""

from django.db import IntegrityError, transaction
from django.db.models import Max

from jusur.instruments import shipped
from jusur.instruments.errors import InstrumentVersionError
from jusur.instruments.models import InstrumentVersion
from jusur.instruments.schema import MAX_BYTES, Instrument, parse
from jusur.kernel import canonical, clock, text


def load_shipped(*, using: str = "default") -> int:
    """Bring the shipped instruments into the register; how many versions were new.

    A new shipped version becomes the active one unless the organisation has made a version of its own, which stays.

    Raises:
        InstrumentVersionError: a shipped document differs from the one stored under the same version.
    """
    with transaction.atomic(using=using):
        return sum(_load(document, using) for document in shipped.documents().values())


def instrument_version_add(*, document: bytes, actor: str) -> Instrument:
    """Add the organisation's own version of an instrument, or a new instrument, and make it the active one.

    The caller records the act in the ledger, in the same transaction (the register knows nothing of the log).

    Args:
        document: the whole instrument as JSON (see `jusur.instruments.schema.Instrument`).
        actor: who adds it.

    Raises:
        InvalidInstrumentError: the document is not valid.
        TextError: the actor is not a line of text.
        InstrumentVersionError: its version is not the next of the organisation's own.
    """
    actor = text.line(actor, max_length=200, field="The actor")
    instrument = parse(document)
    try:
        with transaction.atomic():
            own = InstrumentVersion.objects.filter(instrument_id=instrument.id, origin=InstrumentVersion.ORGANISATION)
            following = (own.aggregate(last=Max("version"))["last"] or 0) + 1
            if instrument.version != following:
                raise InstrumentVersionError(
                    f"Version {instrument.version} does not follow the organisation's last one.",
                    fix=f"Number it {following}.",
                )
            _store(instrument, document, InstrumentVersion.ORGANISATION, actor=actor, using="default")
    except IntegrityError:
        raise InstrumentVersionError(
            "Somebody else added a version of this instrument at the same time.", fix="Look at it and try again."
        ) from None
    return instrument


def _load(document: bytes, using: str) -> bool:
    instrument = parse(document)
    rows = InstrumentVersion.objects.using(using).filter(instrument_id=instrument.id)
    stored = rows.filter(version=instrument.version, origin=InstrumentVersion.SHIPPED).first()
    if stored is None:
        _store(instrument, document, InstrumentVersion.SHIPPED, actor="", using=using)
        return True
    if stored.digest != _digest(document):
        raise InstrumentVersionError(
            f"The shipped {instrument.id} differs from version {instrument.version} in the database.",
            fix="Raise the version in the shipped file: stored versions are never changed.",
        )
    return False


def _store(instrument: Instrument, document: bytes, origin: str, *, actor: str, using: str) -> None:
    rows = InstrumentVersion.objects.using(using).filter(instrument_id=instrument.id, active=True)
    keeps_own = origin == InstrumentVersion.SHIPPED and rows.exclude(origin=InstrumentVersion.SHIPPED).exists()
    if not keeps_own:
        rows.update(active=False)
    InstrumentVersion.objects.using(using).create(
        instrument_id=instrument.id,
        version=instrument.version,
        origin=origin,
        data=canonical.decode(document, max_bytes=MAX_BYTES),
        digest=_digest(document),
        loaded_at=clock.now(),
        added_by=actor,
        active=not keeps_own,
    )


def _digest(document: bytes) -> str:
    return canonical.sha256_hex(canonical.encode(canonical.decode(document, max_bytes=MAX_BYTES)))
