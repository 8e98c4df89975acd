"""Addresses of virtual-asset wallets: which network's they are, and whether their checksum fits.

Where a network gives addresses no checksum (Solana), the form alone is judged and the detail says so.
"""

import base64
import binascii
import re
from collections.abc import Callable
from typing import Final

from jusur.matching.identifiers_base import Identified, InvalidIdentifierError, line
from jusur.matching.identifiers_checksums import (
    BECH32,
    BECH32M,
    BITCOIN_ALPHABET,
    RIPPLE_ALPHABET,
    base58,
    base58check,
    bech32,
    cashaddr,
    keccak_256,
    regrouped,
)

MAX_WALLET: Final = 128

_SEGWIT: Final = {"bc": "bitcoin", "tb": "bitcoin testnet", "ltc": "litecoin"}
_BECH32: Final = {"addr": "cardano", "stake": "cardano", "cosmos": "cosmos", "bnb": "bnb chain", "zs": "zcash"}
_VERSIONS: Final = {
    b"\x00": "bitcoin", b"\x05": "bitcoin", b"\x6f": "bitcoin testnet", b"\xc4": "bitcoin testnet", b"\x30": "litecoin",
    b"\x32": "litecoin", b"\x1e": "dogecoin", b"\x16": "dogecoin", b"\x4c": "dash", b"\x10": "dash", b"\x41": "tron",
    b"\x1c\xb8": "zcash", b"\x1c\xbd": "zcash",
}  # fmt: skip
_HASH: Final = 20
_MONERO_BLOCK: Final = 11
_MONERO_SIZES: Final = {0: 0, 2: 1, 3: 2, 5: 3, 6: 4, 7: 5, 9: 6, 10: 7, 11: 8}
_MONERO_NETWORKS: Final = {18, 19, 42}
_ETHEREUM = re.compile(r"0[xX][0-9a-fA-F]{40}")
_BASE58 = re.compile(f"[{BITCOIN_ALPHABET}]+")
_CASHADDR = re.compile(r"(bitcoincash:)?([qp][02-9ac-hj-np-z]{41})", re.IGNORECASE)
_BECH32_FORM = re.compile(r"(bc|tb|ltc|addr|stake|cosmos|bnb|zs)1[02-9ac-hj-np-z]{6,110}", re.IGNORECASE)
_TON = re.compile(r"[A-Za-z0-9_\-+/]{48}")
_TON_RAW = re.compile(r"(0|-1):[0-9a-fA-F]{64}")
_STELLAR = re.compile(r"G[A-Z2-7]{55}")

Judge = Callable[[str], tuple[str, str, str] | None]
"""From the text to network, value and what is wrong (empty where nothing is), or None where it is another form."""


def wallet(kind: str, value: str, _country: str, _region: str) -> Identified:
    """A wallet's address: Bitcoin and its kin, Ethereum (EIP-55), Tron, Ripple, Monero, Bitcoin Cash, TON, Stellar.

    Ethereum addresses are one on every chain that shares its form.
    """
    found = line(value, kind=kind, maximum=MAX_WALLET)
    scheme, colon, rest = found.partition(":")
    if colon and scheme.lower() in {"bitcoin", "litecoin", "ethereum", "monero", "tron", "dogecoin"}:
        found = rest.partition("?")[0].partition("@")[0]
    for judge in _JUDGES:
        if (judged := judge(found)) is not None:
            network, canonical, wrong = judged
            return Identified(kind, canonical, detail={"network": network}, warnings=(wrong,) if wrong else ())
    raise InvalidIdentifierError(
        "The text has the form of no wallet address that is known here.", check="form", fix="Copy the whole address."
    )


def eip_55(address: str) -> str:
    """The Ethereum address of 40 hexadecimal digits in the capitals that EIP-55 gives it."""
    lower = address.lower()
    digest = keccak_256(lower.encode()).hex()
    return "".join(one.upper() if int(digest[at], 16) > 7 else one for at, one in enumerate(lower))  # noqa: PLR2004


def _ethereum(text: str) -> tuple[str, str, str] | None:
    if not _ETHEREUM.fullmatch(text):
        return None
    digits = text[2:]
    mixed = digits not in (digits.lower(), digits.upper())
    wrong = "its capitals do not fit (EIP-55)" if mixed and eip_55(digits) != digits else ""
    return "ethereum", f"0x{digits.lower()}", wrong


def _bech32(text: str) -> tuple[str, str, str] | None:
    if not _BECH32_FORM.fullmatch(text):
        return None
    prefix = text.lower().rpartition("1")[0]
    prefix = prefix if prefix in _SEGWIT or prefix in _BECH32 else text.lower().partition("1")[0]
    network = _SEGWIT.get(prefix) or _BECH32.get(prefix, "")
    decoded = bech32(text)
    if decoded is None:
        return network, text.lower(), "its checksum (Bech32) does not fit"
    wrong = _segwit_fault(*decoded[1:]) if prefix in _SEGWIT else ""
    return network, text.lower(), wrong


def _segwit_fault(values: list[int], constant: int) -> str:
    """What a segregated-witness address gets wrong (BIP 173, BIP 350), or an empty text."""
    program = regrouped(values[1:])
    if not values or values[0] > 16 or program is None or not 2 <= len(program) <= 40:  # noqa: PLR2004 - BIP 141
        return "its witness program has no valid length or version"
    if values[0] == 0 and len(program) not in {20, 32}:
        return "its witness program has no valid length"
    return "" if constant == (BECH32 if values[0] == 0 else BECH32M) else "its checksum is of the wrong kind"


def _cash(text: str) -> tuple[str, str, str] | None:
    found = _CASHADDR.fullmatch(text)
    if found is None:
        return None
    address = found[2].lower()
    return "bitcoin cash", address, "" if cashaddr("bitcoincash", address) else "its checksum does not fit"


def _ton(text: str) -> tuple[str, str, str] | None:
    if _TON_RAW.fullmatch(text):
        return "ton", text.lower(), ""
    if not _TON.fullmatch(text) or text[:2] not in {"EQ", "UQ", "Ef", "Uf", "kQ", "0Q"}:
        return None
    data = base64.urlsafe_b64decode(text.replace("+", "-").replace("/", "_"))
    wrong = "" if binascii.crc_hqx(data[:34], 0) == int.from_bytes(data[34:], "big") else "its checksum does not fit"
    return "ton", f"{-1 if data[1] == 0xFF else data[1]}:{data[2:34].hex()}", wrong  # noqa: PLR2004 - masterchain


def _stellar(text: str) -> tuple[str, str, str] | None:
    if not _STELLAR.fullmatch(text):
        return None
    data = base64.b32decode(text)
    right = binascii.crc_hqx(data[:33], 0) == int.from_bytes(data[33:], "little")
    return "stellar", text, "" if right else "its checksum does not fit"


def _ripple(text: str) -> tuple[str, str, str] | None:
    if not (text.startswith("r") and 25 <= len(text) <= 35 and all(one in RIPPLE_ALPHABET for one in text)):  # noqa: PLR2004
        return None
    payload = base58check(text, RIPPLE_ALPHABET)
    right = payload is not None and len(payload) == _HASH + 1 and payload[0] == 0
    return "ripple", text, "" if right else "its checksum does not fit"


def _monero(text: str) -> tuple[str, str, str] | None:
    if len(text) not in {95, 106} or text[0] not in "48" or not _BASE58.fullmatch(text):
        return None
    blocks = [text[at : at + _MONERO_BLOCK] for at in range(0, len(text), _MONERO_BLOCK)]
    try:
        data = b"".join(
            int.from_bytes(base58(one) or b"", "big").to_bytes(_MONERO_SIZES[len(one)], "big") for one in blocks
        )
    except (OverflowError, KeyError):
        return "monero", text, "its checksum does not fit"
    right = keccak_256(data[:-4])[:4] == data[-4:] and data[0] in _MONERO_NETWORKS
    return "monero", text, "" if right else "its checksum does not fit"


def _base58(text: str) -> tuple[str, str, str] | None:
    if not (25 <= len(text) <= 44 and _BASE58.fullmatch(text)):  # noqa: PLR2004 - lengths of the networks below
        return None
    payload = base58check(text)
    if payload is not None and len(payload) in {_HASH + 1, _HASH + 2}:
        network = _VERSIONS.get(payload[:-_HASH])
        return (network, text, "") if network else None
    if (data := base58(text)) is not None and len(data) == 32 and len(text) >= 40:  # noqa: PLR2004 - an Ed25519 key
        return "solana", text, ""
    if len(text) <= 35 and text[0] in "13LMDXT":  # noqa: PLR2004
        return _guessed(text), text, "its checksum (Base58Check) does not fit"
    return None


def _guessed(text: str) -> str:
    """The network whose addresses begin so."""
    return {"1": "bitcoin", "3": "bitcoin", "L": "litecoin", "M": "litecoin", "D": "dogecoin", "X": "dash"}.get(
        text[0], "tron"
    )


_JUDGES: Final[tuple[Judge, ...]] = (_ethereum, _bech32, _cash, _monero, _ton, _stellar, _ripple, _base58)
