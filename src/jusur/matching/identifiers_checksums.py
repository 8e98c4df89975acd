"""Checksums and codings of identifiers: base58, Bech32(m), CashAddr, Keccak-256, Luhn, from their sources."""

import hashlib
from typing import Final

BITCOIN_ALPHABET: Final = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
RIPPLE_ALPHABET: Final = "rpshnaf39wBUDNEGHJKLM4PQRST7VWXYZ2bcdeCg65jkm8oFqi1tuvAxyz"
BECH32_ALPHABET: Final = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
BECH32: Final = 1
"""Constant of BIP 173."""
BECH32M: Final = 0x2BC830A3
"""Constant of BIP 350."""

_BECH32_GENERATOR: Final = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CASHADDR_GENERATOR: Final = (0x98F2BC8E61, 0x79B76D99E2, 0xF33E5FB3C4, 0xAE2EABE2A8, 0x1E4F43E470)
_MASK: Final = (1 << 64) - 1
_KECCAK_RATE: Final = 136


def base58(value: str, alphabet: str = BITCOIN_ALPHABET) -> bytes | None:
    """The bytes that ``value`` spells in base58, or None where it holds another character."""
    number = 0
    for character in value:
        digit = alphabet.find(character)
        if digit < 0:
            return None
        number = number * 58 + digit
    zeros = len(value) - len(value.lstrip(alphabet[0]))
    return b"\0" * zeros + number.to_bytes((number.bit_length() + 7) // 8, "big")


def base58check(value: str, alphabet: str = BITCOIN_ALPHABET) -> bytes | None:
    """The payload of Base58Check text, or None where characters or its checksum (double SHA-256) are wrong."""
    data = base58(value, alphabet)
    if data is None or len(data) < 5:  # noqa: PLR2004 - four bytes of checksum and something to check
        return None
    expected = hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()[:4]
    return data[:-4] if expected == data[-4:] else None


def bech32(value: str) -> tuple[str, list[int], int] | None:
    """Prefix, five-bit values without the checksum, and the constant of Bech32 text (BIP 173, BIP 350), or None."""
    if value not in (value.lower(), value.upper()):
        return None
    prefix, separator, coded = value.lower().rpartition("1")
    values = [BECH32_ALPHABET.find(character) for character in coded]
    if not separator or not prefix or len(coded) < 6 or -1 in values:  # noqa: PLR2004 - the checksum's length
        return None
    expanded = [ord(one) >> 5 for one in prefix] + [0] + [ord(one) & 31 for one in prefix]
    constant = _bech32_polymod(expanded + values)
    return (prefix, values[:-6], constant) if constant in {BECH32, BECH32M} else None


def cashaddr(prefix: str, coded: str) -> bool:
    """Whether ``coded`` under ``prefix`` has the checksum of Bitcoin Cash's address format."""
    values = [BECH32_ALPHABET.find(character) for character in coded]
    return -1 not in values and _cashaddr_polymod([ord(one) & 31 for one in prefix] + [0] + values) == 0


def regrouped(values: list[int]) -> bytes | None:
    """Five-bit ``values`` as bytes, or None where the padding is not zero bits of less than five."""
    accumulator, bits, out = 0, 0, bytearray()
    for value in values:
        accumulator, bits = (accumulator << 5 | value) & 0xFFF, bits + 5
        if bits >= 8:  # noqa: PLR2004 - a byte
            bits -= 8
            out.append(accumulator >> bits & 0xFF)
    padding = accumulator & ((1 << bits) - 1)
    return bytes(out) if bits < 5 and not padding else None  # noqa: PLR2004 - a group


def luhn(digits: str) -> int:
    """The check digit that Luhn's formula (ISO/IEC 7812-1, annex B) gives ``digits``."""
    total = 0
    for position, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if position % 2 == 0 else 1)
        total += value - 9 if value > 9 else value  # noqa: PLR2004 - the sum of two digits
    return -total % 10


def keccak_256(data: bytes) -> bytes:
    """Keccak-256 as Ethereum and Monero use it: the submission's padding (0x01), not that of SHA-3 (0x06)."""
    state = [0] * 25
    padded = data + b"\x01" + b"\0" * (-(len(data) + 1) % _KECCAK_RATE)
    padded = padded[:-1] + bytes([padded[-1] | 0x80])
    for start in range(0, len(padded), _KECCAK_RATE):
        for lane in range(_KECCAK_RATE // 8):
            state[lane] ^= int.from_bytes(padded[start + 8 * lane : start + 8 * lane + 8], "little")
        state = _keccak_f(state)
    return b"".join(lane.to_bytes(8, "little") for lane in state[:4])


def _keccak_f(a: list[int]) -> list[int]:
    for constant in _ROUNDS:
        parity = [a[x] ^ a[x + 5] ^ a[x + 10] ^ a[x + 15] ^ a[x + 20] for x in range(5)]
        theta = [parity[x - 1] ^ _rotated(parity[(x + 1) % 5], 1) for x in range(5)]
        b = [0] * 25
        for x in range(5):
            for y in range(5):
                b[y + 5 * ((2 * x + 3 * y) % 5)] = _rotated(a[x + 5 * y] ^ theta[x], _OFFSETS[x + 5 * y])
        a = [b[i] ^ (~b[(i + 1) % 5 + i // 5 * 5] & b[(i + 2) % 5 + i // 5 * 5]) for i in range(25)]
        a[0] ^= constant
    return a


def _rotated(lane: int, by: int) -> int:
    return (lane << by | lane >> (64 - by)) & _MASK


def _offsets() -> list[int]:
    """Rotations of the rho step (FIPS 202, 3.2.2)."""
    offsets, x, y = [0] * 25, 1, 0
    for step in range(24):
        offsets[x + 5 * y] = (step + 1) * (step + 2) // 2 % 64
        x, y = y, (2 * x + 3 * y) % 5
    return offsets


def _rounds() -> list[int]:
    """Constants of the iota step (FIPS 202, 3.2.5), from their linear feedback shift register."""
    constants, register = [], 1
    for _ in range(24):
        constant = 0
        for power in range(7):
            if register & 1:
                constant |= 1 << ((1 << power) - 1)
            register = register << 1 ^ (0x171 if register & 0x80 else 0)
        constants.append(constant)
    return constants


def _bech32_polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for position, generator in enumerate(_BECH32_GENERATOR):
            check ^= generator if top >> position & 1 else 0
    return check


def _cashaddr_polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 35
        check = (check & 0x07FFFFFFFF) << 5 ^ value
        for position, generator in enumerate(_CASHADDR_GENERATOR):
            check ^= generator if top >> position & 1 else 0
    return check ^ 1


_OFFSETS: Final = _offsets()
_ROUNDS: Final = _rounds()
