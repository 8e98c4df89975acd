"""Fingerprints that two people compare over the telephone before they trust a key.

A fingerprint is the beginning of a SHA-256 digest. Each hexadecimal group carries 16 bits, each word 8. Somebody who
wants to pass off his own key makes keys until one has the fingerprint expected: 2^48 tries (six words) are within a
state's reach, so the default is twelve words or six groups, 96 bits.
"""

import hmac

from jusur.crypto.errors import KeyFormatError

DIGEST_SIZE = 32
DEFAULT_WORDS = 12
DEFAULT_GROUPS = 6
BITS_PER_WORD = 8
MIN_WORDS = 6
_BYTES_PER_GROUP = 2

WORDS: tuple[str, ...] = tuple(
    """
    acid acorn actor album almond amber anchor ankle apple april arch arrow atlas attic autumn axle badge bagel
    bamboo banjo barrel basket beach beaver bell bench berry bishop blanket blossom bottle bridge bronze brush
    bubble bucket buffalo butter cabin cactus camel candle canoe canyon carpet carrot castle cedar cello chalk
    cherry chess chicken circus clock cloud clover coffee comet copper coral cotton cradle crayon cricket crystal
    cuckoo daisy dancer desert diamond dinner doctor dolphin donkey dragon dream eagle earth echo elbow elephant
    emerald engine envelope fabric falcon farmer feather ferry fiddle finger flame flute forest fossil fountain fox
    frog furnace galaxy garden garlic ginger giraffe glacier glove goblet grape guitar hammer harbor harvest hazel
    helmet hermit hockey honey horizon hunter iceberg igloo indigo insect iron island ivory jacket jaguar jasmine
    jelly jewel jigsaw jungle kayak kettle kitchen koala ladder lagoon lantern laptop lava lemon leopard letter lily
    lizard lobster lunar magnet mango maple marble market meadow melon mirror monkey mosaic motor muffin museum
    mustard napkin needle nickel ninja noodle notebook nutmeg oasis ocean octopus olive onion opera orange orchid
    otter oxygen oyster paddle palace panda paper parrot pasta peanut pebble pencil pepper piano pigeon pillow
    pirate planet plum pocket potato pumpkin puzzle pyramid quartz quilt rabbit radio raven ribbon river robot
    rocket ruby saddle salmon sandal saturn scarf shadow shark silver spider spoon squirrel sugar summit sunset
    tablet tango teapot tennis thunder tiger timber tomato trumpet tulip tunnel turtle umbrella unicorn uranium
    valley vanilla velvet violin volcano waffle walnut walrus window winter wizard yogurt zebra zipper
    """.split()  # noqa: SIM905 - 256 quoted words would be harder to read
)
"""256 short English words in alphabetical order: the word at place n stands for the byte n."""


def fingerprint(digest: bytes, *, groups: int = DEFAULT_GROUPS) -> str:
    """The first ``groups`` times 16 bits of a SHA-256 ``digest``, as ``1A2B-3C4D-…``.

    Raises:
        KeyFormatError: no SHA-256 digest, or more groups than it has, or fewer than three.
    """
    _check(digest, groups * _BYTES_PER_GROUP)
    text = digest[: groups * _BYTES_PER_GROUP].hex().upper()
    return "-".join(text[start : start + 4] for start in range(0, len(text), 4))


def fingerprint_words(digest: bytes, count: int = DEFAULT_WORDS) -> str:
    """The first ``count`` bytes of a SHA-256 ``digest`` as words, one a byte, separated by spaces.

    Raises:
        KeyFormatError: no SHA-256 digest, or more words than it has bytes, or fewer than six.
    """
    _check(digest, count)
    return " ".join(WORDS[byte] for byte in digest[:count])


def matches(given: str, digest: bytes, *, words: int = DEFAULT_WORDS, groups: int = DEFAULT_GROUPS) -> bool:
    """Whether a person's ``given`` text is the whole fingerprint of ``digest``, in groups or in words.

    Upper and lower case, spaces, dashes and commas make no difference; a shorter text never matches. The comparison
    takes the same time wherever the first difference is.
    """
    compact = "".join(character for character in given.casefold() if character.isalnum()).encode()
    by_groups = fingerprint(digest, groups=groups).replace("-", "").casefold().encode()
    by_words = fingerprint_words(digest, words).replace(" ", "").encode()
    same_groups = hmac.compare_digest(compact, by_groups)
    return hmac.compare_digest(compact, by_words) or same_groups


def _check(digest: bytes, size: int) -> None:
    if len(digest) != DIGEST_SIZE:
        raise KeyFormatError(f"A fingerprint is made of a SHA-256 digest of {DIGEST_SIZE} bytes, not {len(digest)}.")
    if not MIN_WORDS <= size <= DIGEST_SIZE:
        raise KeyFormatError(f"A fingerprint shows {MIN_WORDS} to {DIGEST_SIZE} bytes of the digest, not {size}.")
