"""Bech32 (BIP 173) without its length limit, as age writes its recipients and identities."""

from jusur.crypto.errors import KeyFormatError

_CHARSET = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATOR = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_CHECKSUM_LENGTH = 6
_MAX_LENGTH = 1024


class Bech32Error(KeyFormatError):
    """The text is not Bech32 of the kind expected."""

    code = "invalid-bech32"
    title = "The key's text is not valid"


def encode(prefix: str, data: bytes) -> str:
    """``data`` as lower-case Bech32 under the human-readable ``prefix``."""
    values = _regroup(data, 8, 5, pad=True)
    check = _polymod([*_expand(prefix), *values, *[0] * _CHECKSUM_LENGTH]) ^ 1
    values += [(check >> 5 * (5 - position)) & 31 for position in range(_CHECKSUM_LENGTH)]
    return prefix + "1" + "".join(_CHARSET[value] for value in values)


def decode(prefix: str, text: str) -> bytes:
    """The bytes that ``text`` spells under ``prefix``.

    Raises:
        Bech32Error: mixed case, another prefix, a wrong character, a wrong checksum or stray bits.
    """
    if len(text) > _MAX_LENGTH or text not in (text.lower(), text.upper()):
        raise Bech32Error("The key's text is too long or mixes capitals and small letters.")
    found, separator, coded = text.lower().rpartition("1")
    if not separator or found != prefix.lower() or len(coded) < _CHECKSUM_LENGTH:
        raise Bech32Error(f"The key's text does not begin with {prefix}1.", fix="Copy the whole key again.")
    if any(character not in _CHARSET for character in coded):
        raise Bech32Error("The key's text holds a character that no key holds.", fix="Copy the whole key again.")
    values = [_CHARSET.index(character) for character in coded]
    if _polymod([*_expand(found), *values]) != 1:
        raise Bech32Error("The key's checksum does not fit: a character is wrong.", fix="Copy the whole key again.")
    return bytes(_regroup(bytes(values[:-_CHECKSUM_LENGTH]), 5, 8, pad=False))


def _polymod(values: list[int]) -> int:
    check = 1
    for value in values:
        top = check >> 25
        check = (check & 0x1FFFFFF) << 5 ^ value
        for position, generator in enumerate(_GENERATOR):
            check ^= generator if (top >> position) & 1 else 0
    return check


def _expand(prefix: str) -> list[int]:
    return [ord(character) >> 5 for character in prefix] + [0] + [ord(character) & 31 for character in prefix]


def _regroup(data: bytes, source: int, target: int, *, pad: bool) -> list[int]:
    accumulator, bits, out = 0, 0, []
    for value in data:
        accumulator = (accumulator << source) | value
        bits += source
        while bits >= target:
            bits -= target
            out.append((accumulator >> bits) & ((1 << target) - 1))
        accumulator &= (1 << bits) - 1
    if pad and bits:
        out.append((accumulator << (target - bits)) & ((1 << target) - 1))
    elif not pad and (bits >= source or accumulator):
        raise Bech32Error("The key's text has stray bits at its end.")
    return out
