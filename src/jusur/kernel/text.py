r"""Text from outside: what is accepted as a name, a paragraph or a file name, and how text is shown safely.

Accepted text is normalised to NFC (UAX #15), trimmed, and counted in characters (code points) after that. Refused,
because a reader cannot see them or they make a reader see something else (UTR #36, UTS #39):

- controls, line and paragraph separators, surrogates, non-characters, private use, the replacement character;
- bidi overrides, embeddings and isolates (they reorder what follows); we add isolation ourselves, see `isolate`;
- zero-width and default-ignorable characters, blank letters (Hangul fillers), tag characters;
- runs of more than 8 combining marks, and text that starts with one (it would sit on whatever stands before it).

Kept, because names cannot be written without them, but only where they do their work (after RFC 5892, appendix A):

- ZWNJ and ZWJ after a virama (Indic scripts) or between letters of a joining script (Persian, Urdu, Kurdish, Uyghur),
  ZWJ also inside emoji. Between Latin letters they would only hide a difference, so there they are refused.
- One variation selector after a character that may have variants (ideographs, symbols, Mongolian), never two.
- Format characters that are visible signs (Arabic number sign, end of ayah and their kind).
- LRM, RLM and ALM in paragraphs, where Arabic typists use them; not in lines, which are compared and matched.

The table is written out, not taken from the interpreter's Unicode version, so that two nodes never disagree on what
is valid; characters of a newer Unicode are accepted. Messages never repeat the text itself: it may be personal.
"""

import re
import unicodedata

from jusur.kernel.errors import InvalidInputError

MAX_MARKS = 8
"""Most combining marks in a row; Arabic, Hebrew and Tibetan need up to five."""

FILE_NAME_BYTES = 255
"""Longest file name, in bytes of UTF-8, that common file systems hold."""

_GROWTH = 4
"""Text longer than this many times its limit is refused before the work of normalising it (NFC shrinks at most so)."""

_BASIC = (
    "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029"  # controls and separators, but for tab and line feed
    "\xad\u034f\u180e\u200b\u2060-\u2065\ufeff"  # soft hyphen, joiners, zero-width spaces
    "\u115f\u1160\u17b4\u17b5\u3164\uffa0\u2800"  # letters and signs that show nothing
    "\u202a-\u202e\u2066-\u2069\u206a-\u206f"  # bidi embeddings, overrides, isolates; deprecated formats
    "\ufff0-\uffff\ufdd0-\ufdef"  # annotations, object and replacement characters, non-characters
    "\ue000-\uf8ff\ud800-\udfff"  # private use, surrogates
)
_SUPPLEMENTARY = re.compile(
    "[\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d159\U0001d173-\U0001d17a"  # formats of rare notations
    "\U000e0000-\U000e00ff\U000e01f0-\U000e0fff\U000f0000-\U0010ffff"  # tags, private use
    + "".join(f"{chr((plane << 16) + 0xFFFE)}{chr((plane << 16) + 0xFFFF)}" for plane in range(1, 15))
    + "]"
)
_IN_PARAGRAPH = re.compile(f"[{_BASIC}]")  # one plane a pattern: Python then searches by table
_IN_LINE = re.compile(f"[{_BASIC}\t\n\u061c\u200e\u200f]")
_CONTEXTUAL = re.compile("[\u180b-\u180d\u180f\u200c\u200d\ufe00-\ufe0f\U000e0100-\U000e01ef]")
_BIDI_FORMATS = re.compile("[\u202a-\u202e\u2066-\u2069]")
_JOINING = re.compile(  # Arabic, Syriac, N'Ko, Mandaic and their supplements; Mongolian, Phags-pa; Manichaean … Adlam
    "[\u0600-\u07ff\u0840-\u08ff\u1800-\u18af\ua840-\ua87f\ufb50-\ufdcf\ufe70-\ufefc"
    "\U00010ac0-\U00010aff\U00010d00-\U00010d3f\U0001e900-\U0001e95f]"
)
_MONGOLIAN = re.compile("[\u1800-\u18af]")
_EMOJI_MODIFIERS = "\ufe0f\U0001f3fb\U0001f3fc\U0001f3fd\U0001f3fe\U0001f3ff"
_VIRAMA = 9  # canonical combining class
_ZWNJ, _ZWJ = "\u200c", "\u200d"
_FSI, _PDI = "\u2068", "\u2069"
_NOT_PORTABLE = re.compile(r'[<>:"|?*]')
_DEVICE = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\..*)?")


class TextError(InvalidInputError):
    """The text is too long, empty, or holds characters that a reader cannot see."""

    code = "invalid-text"
    title = "The text is not acceptable"


def line(value: object, *, max_length: int, field: str, required: bool = True) -> str:
    """``value`` as one line of text: NFC, trimmed, 1 (0 if not ``required``) to ``max_length`` characters.

    Raises:
        TextError: no text, too long, or a character a line may not hold (see the module).
    """
    return _checked(value, max_length=max_length, field=field, required=required, refused=_IN_LINE)


def paragraph(value: object, *, max_length: int, field: str, required: bool = True) -> str:
    r"""``value`` as text of several lines: as `line`, with tabs, ``\n`` (also for ``\r\n``) and direction marks.

    Raises:
        TextError: no text, too long, or a character a paragraph may not hold (see the module).
    """
    if isinstance(value, str) and "\r" in value:
        value = value.replace("\r\n", "\n").replace("\r", "\n")
    return _checked(value, max_length=max_length, field=field, required=required, refused=_IN_PARAGRAPH)


def file_name(value: object, *, field: str = "file name", max_length: int = FILE_NAME_BYTES) -> str:
    """``value`` as the name of one file, safe on every common file system: no path, no device, no hidden meaning.

    Args:
        value: the name; it is not trimmed, because a changed name would name another file.
        field: what to call it in the error.
        max_length: most characters; the name also fits 255 bytes of UTF-8.

    Raises:
        TextError: a path, ``.`` or ``..``, a Windows device, a character some file system refuses, or as `line`.
    """
    name = line(value, max_length=max_length, field=field)
    if isinstance(value, str) and value != value.strip():
        raise TextError(f"{field} begins or ends with a space.", fix="Rename the file.")
    if "/" in name or "\\" in name:
        raise TextError(f"{field} holds a path.", fix="Give the file's own name, without folders.")
    if name in {".", ".."} or name.endswith("."):
        raise TextError(f"{field} is a folder's name or ends with a dot.", fix="Rename the file.")
    if (found := _NOT_PORTABLE.search(name)) is not None:
        raise TextError(f"{field} holds {_describe(found.group())}.", fix='Rename the file without < > : " | ? *.')
    if _DEVICE.fullmatch(name):
        raise TextError(f"{field} is the name of a device on Windows.", fix="Rename the file.")
    if len(name.encode()) > FILE_NAME_BYTES:
        raise TextError(f"{field} is longer than {FILE_NAME_BYTES} bytes.", fix="Rename the file.")
    return name


def isolate(text: str) -> str:
    """``text`` between FSI and PDI (UAX #9), so that it keeps its own direction and does not disturb its surroundings.

    Bidi formatting characters inside are dropped, as an unbalanced one would leave the isolate open.
    """
    return f"{_FSI}{_BIDI_FORMATS.sub('', text)}{_PDI}"


def shown(text: str, *, max_length: int = 80) -> str:
    r"""Untrusted ``text`` for a log or a terminal: refused characters as ``\u{202E}``, cut to ``max_length``."""
    cut = text if len(text) <= max_length else text[: max_length - 1] + "…"
    return _SUPPLEMENTARY.sub(_escaped, _IN_LINE.sub(_escaped, cut))


def _checked(value: object, *, max_length: int, field: str, required: bool, refused: re.Pattern[str]) -> str:
    if not isinstance(value, str):
        raise TextError(f"{field} is not text.", fix="Give text.")
    if len(value) > _GROWTH * max_length:
        raise _too_long(field, max_length)
    text = value.strip(" ") if value.isascii() else unicodedata.normalize("NFC", value).strip()
    text = text.strip("\n\t ") if refused is _IN_PARAGRAPH else text
    if len(text) > max_length:
        raise _too_long(field, max_length)
    if required and not text:
        raise TextError(f"{field} is empty.", fix=f"Fill in {field}.")
    if (found := refused.search(text) or (None if text.isascii() else _SUPPLEMENTARY.search(text))) is not None:
        raise _hidden(field, text, found.start())
    if not text.isascii():
        _check_context(text, field)
        _check_marks(text, field)
    return text


def _check_context(text: str, field: str) -> None:
    for found in _CONTEXTUAL.finditer(text):
        at = found.start()
        before, after = text[at - 1] if at else "", text[at + 1 : at + 2]
        joiner = found.group() in {_ZWNJ, _ZWJ}
        if not (_may_join(found.group(), text[:at], before, after) if joiner else _may_vary(found.group(), before)):
            raise _hidden(field, text, at)


def _may_join(joiner: str, head: str, before: str, after: str) -> bool:
    if before and unicodedata.combining(before) == _VIRAMA:
        return True
    base = _base(head[-MAX_MARKS - 1 :])
    if _JOINING.match(base) and unicodedata.category(base).startswith("L") and not unicodedata.combining(after or "x"):
        return joiner == _ZWJ or bool(_JOINING.match(after))
    emoji = before.strip(_EMOJI_MODIFIERS) or head.rstrip(_EMOJI_MODIFIERS)[-1:]
    return joiner == _ZWJ and _is_symbol(emoji) and _is_symbol(after)


def _may_vary(selector: str, before: str) -> bool:
    if not before or before.isspace() or _CONTEXTUAL.match(before):
        return False
    if "\u180b" <= selector <= "\u180f":
        return _MONGOLIAN.match(before) is not None
    return _is_symbol(before) or before in "#*0123456789" or unicodedata.category(before) in {"Lo", "Po", "Sm", "Pd"}


def _base(head: str) -> str:
    """The last character of ``head`` that is no combining mark, or an empty text."""
    return next((character for character in reversed(head) if not unicodedata.category(character).startswith("M")), "")


def _is_symbol(character: str) -> bool:
    return bool(character) and unicodedata.category(character) in {"So", "Sk"}


def _check_marks(text: str, field: str) -> None:
    run = 0
    for at, character in enumerate(text):
        run = run + 1 if character >= "\u0300" and unicodedata.category(character) in {"Mn", "Me"} else 0
        starts = at == 0 and run
        if run > MAX_MARKS or starts:
            where = "starts with a combining mark" if starts else f"has more than {MAX_MARKS} combining marks in a row"
            raise TextError(f"{field} {where}.", fix="Remove the marks.")


def _escaped(found: re.Match[str]) -> str:
    return f"\\u{{{ord(found.group()):04X}}}"


def _too_long(field: str, max_length: int) -> TextError:
    return TextError(f"{field} is longer than {max_length} characters.", fix="Shorten it.")


def _hidden(field: str, text: str, at: int) -> TextError:
    return TextError(
        f"{field} holds {_describe(text[at])} at character {at + 1}.",
        fix="Remove it; it may have come along when the text was copied.",
    )


def _describe(character: str) -> str:
    name = unicodedata.name(character, "a control or reserved character").lower()
    return f"U+{ord(character):04X} ({name})"
