import pytest

from jusur.crypto import bech32

KEY = "age1ftnvknvz3dsa7qg493zjucdxhrewlhfwxu25rp3n3u62tcnuqs5qvzfnyr"


def test_a_key_of_the_age_program_is_read_and_written_back() -> None:
    data = bech32.decode("age", KEY)
    assert len(data) == 32
    assert bech32.encode("age", data) == KEY


@pytest.mark.parametrize("position", range(4, len(KEY)))
def test_any_changed_character_is_noticed(position: int) -> None:
    other = "q" if KEY[position] != "q" else "p"
    with pytest.raises(bech32.Bech32Error):
        bech32.decode("age", KEY[:position] + other + KEY[position + 1 :])


@pytest.mark.parametrize(
    "text", ["", "age1", "1", "age", KEY.replace("f", "F", 1), KEY + "é", "x" * 2000, KEY.replace("age1", "ago1")]
)
def test_what_is_not_a_key_is_refused(text: str) -> None:
    with pytest.raises(bech32.Bech32Error):
        bech32.decode("age", text)


def test_stray_bits_are_refused() -> None:
    odd = bech32.encode("age", b"\x00" * 32)
    values = [bech32._CHARSET.index(character) for character in odd[4:-6]]
    values[-1] |= 1
    check = bech32._polymod([*bech32._expand("age"), *values, *[0] * 6]) ^ 1
    values += [(check >> 5 * (5 - position)) & 31 for position in range(6)]
    with pytest.raises(bech32.Bech32Error, match="stray"):
        bech32.decode("age", "age1" + "".join(bech32._CHARSET[value] for value in values))
