"""A file is known by how it begins, a PDF also by how it ends."""

import io

import pytest
from PIL import Image

from services.media.kinds import END, is_of

PDF = "application/pdf"


def may_be(content: bytes, media_type: str = PDF) -> bool:
    return is_of(media_type, len(content), content[:16], content[-END:])


def test_a_pdf_that_a_library_wrote_is_one() -> None:
    target = io.BytesIO()
    Image.new("RGB", (40, 30)).save(target, "PDF")
    content = target.getvalue()
    assert may_be(content)
    assert may_be(content + b"\r\n" * 300)  # what some scanners add
    assert may_be(content * 2)  # appended to, as a signature does
    for length in range(5, len(content) - 6, 7):
        assert not may_be(content[:length])
    assert not may_be(b"\n" + content)


@pytest.mark.parametrize(
    "content",
    [
        b"%PDF-1.7",
        b"%PDF-1.7 <html> %%EOF",
        b"%PDF-1.7 startxref %%EOF",
        b"%PDF-1.7 startxref 9999 %%EOF",
        b"%PDF-1.7 startxref -1 %%EOF",
        b"%PDF-1.7 startxref 0 %%EOF" + bytes(END),
        b"startxref 0 %%EOF",
    ],
)
def test_what_does_not_end_as_one_is_none(content: bytes) -> None:
    assert not may_be(content)


def test_other_types_are_known_by_their_beginning() -> None:
    assert may_be(b"\xff\xd8\xff", "image/jpeg")
    assert not may_be(b"\xff\xd8", "image/jpeg")
    assert may_be(b"\0\0\0\x18ftypmp42", "video/mp4")
