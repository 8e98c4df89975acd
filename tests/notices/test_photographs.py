import io
from base64 import b64encode

import pytest
from PIL import Image

from jusur.kernel.errors import InvalidInputError
from jusur.notices import content, photographs, synthetic


def picture(kind: str = "JPEG", size: tuple[int, int] = (900, 300), **rest: object) -> bytes:
    written = io.BytesIO()
    Image.effect_noise(size, 60).convert("RGB").save(written, kind, **rest)
    return written.getvalue()


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_a_picture_is_written_anew_and_bounded(kind: str) -> None:
    made = photographs.reencode(picture(kind))
    with Image.open(io.BytesIO(made)) as shown:
        assert (shown.format, shown.size) == ("JPEG", (640, 213))
    assert len(made) <= photographs.MAX_BYTES


def test_what_a_camera_adds_and_what_hides_behind_the_picture_is_gone() -> None:
    exif = Image.Exif()
    exif[0x8825] = {1: "N"}
    exif[0x010E] = "at the safe house"
    made = photographs.reencode(picture(exif=exif) + b"PK\x03\x04hidden")
    assert b"safe house" not in made
    assert b"hidden" not in made
    with Image.open(io.BytesIO(made)) as shown:
        assert not shown.getexif()


def test_a_turned_picture_is_set_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    made = photographs.reencode(picture(size=(400, 200), exif=exif))
    with Image.open(io.BytesIO(made)) as shown:
        assert shown.size == (200, 400)


@pytest.mark.parametrize(
    "data", [b"", b"GIF89a" + b"\0" * 40, b"<svg/>", picture()[:500], b"%PDF-1.7", b"\x89PNG\r\n\x1a\n" + b"\0" * 60]
)
def test_what_is_no_whole_picture_is_refused(data: bytes) -> None:
    with pytest.raises(InvalidInputError):
        photographs.reencode(data)


def test_a_picture_that_would_unfold_is_refused() -> None:
    written = io.BytesIO()
    Image.new("1", (9000, 9000)).save(written, "PNG")
    assert len(written.getvalue()) < 50_000
    with pytest.raises(InvalidInputError):
        photographs.reencode(written.getvalue())


def test_photographs_of_a_content_are_cleaned_once() -> None:
    given = {"sha256": "00" * 32, "data": b64encode(synthetic.photograph(1)).decode(), "good": True}
    before = content.parse({"persons": [{"photographs": [given]}], "body": {"photographs": [given]}})
    once = photographs.cleaned(before)
    assert once.body is not None
    assert photographs.digests(once) != photographs.digests(before)
    assert photographs.cleaned(once, photographs.digests(once)) == once
