"""Whatever a photo says of itself: it is made anew, and each fact that can be read is told, whatever the others are."""

import io
import struct
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from services.chassis.attachments.declared import Exif
from services.media.photo import recoded

Value = tuple[int, int, bytes]
"""Type, count and content of a field of TIFF."""
ORIENTATION, MAKER, EXIF, GPS = 0x112, 0x10F, 0x8769, 0x8825
TAKEN, OFFSET, NOTE = 0x9003, 0x9011, 0x927C
LATITUDE_REF, LATITUDE, LONGITUDE_REF, LONGITUDE = 1, 2, 3, 4
ASCII, SHORT, LONG, RATIONAL, UNDEFINED = 2, 3, 4, 5, 7
SIZES = {1: 1, ASCII: 1, SHORT: 2, LONG: 4, RATIONAL: 8, 6: 1, UNDEFINED: 1, 8: 2, 9: 4, 10: 8}
SIZES |= {11: 4, 12: 8, 13: 4, 16: 8, 99: 1}
pytestmark = pytest.mark.filterwarnings("ignore")  # the program does so, too
PLAIN = io.BytesIO()
Image.new("RGB", (8, 6), (200, 30, 30)).save(PLAIN, "JPEG")


def text(value: str) -> Value:
    return ASCII, len(value) + 1, value.encode() + b"\0"


def number(typ: int, value: int) -> Value:
    return typ, 1, struct.pack("<I", value)


def degrees(*parts: tuple[int, int]) -> Value:
    told = b"".join(struct.pack("<II", *part) for part in parts)
    return RATIONAL, len(parts), told


def directory(fields: Sequence[tuple[int, Value]], at: int) -> bytes:
    told, beside = struct.pack("<H", len(fields)), b""
    for tag, (typ, count, content) in fields:
        place = content.ljust(4, b"\0")
        if len(content) > 4:
            place = struct.pack("<I", at + 6 + 12 * len(fields) + len(beside))
            beside += content
        told += struct.pack("<HHI", tag, typ, count) + place[:4]
    return told + bytes(4) + beside


def exif(*, main: Any = (), detail: Any = (), gps: Any = (), pointers: Any = None) -> bytes:
    told = [*main, (EXIF, number(LONG, 0)), (GPS, number(LONG, 0))]
    first = 8 + len(directory(told, 8))
    second = first + len(directory(detail, first))
    places = pointers or (number(LONG, first), number(LONG, second))
    told = [*main, (EXIF, places[0]), (GPS, places[1])]
    parts = directory(told, 8), directory(detail, first), directory(gps, second)
    return b"II*\0\x08\0\0\0" + b"".join(parts)


def facts(content: bytes) -> dict[str, Any]:
    """What is told of a photo with this EXIF; it is whole, without it, and what is told can be stored."""
    plain = PLAIN.getvalue()
    segment = b"\xff\xe1" + struct.pack(">H", len(content) + 8) + b"Exif\0\0" + content
    sent = io.BytesIO(plain[:2] + segment + plain[2:])
    made, told = recoded(sent, "image/jpeg", 1000)
    with Image.open(io.BytesIO(made)) as image:
        assert image.size in ((8, 6), (6, 8))
        assert dict(image.getexif()) == {}
    Exif.model_validate(told)
    return told


@st.composite
def hostile(
    draw: st.DrawFn, *, lies: tuple[int, ...] = (0, 0, 0, 1, 1 << 20, (1 << 32) - 6)
) -> Value:
    """A field of any type, whose count may be a lie. One that reaches beyond the end is the last of its directory that
    Pillow reads."""
    typ = draw(st.sampled_from(sorted(SIZES)))
    count = draw(st.sampled_from([0, 1, 2, 3, 5]))
    size = SIZES[typ] * count
    content = draw(st.one_of(st.binary(min_size=size, max_size=size), st.just(b"\xff" * size)))
    lie = draw(st.sampled_from(lies))
    return typ, count + lie, content


def either(good: Value) -> st.SearchStrategy[tuple[bool, Value]]:
    return st.tuples(st.just(True), st.just(good)) | st.tuples(st.just(False), hostile())


TIME = text("2026:01:05 10:20:30")
PLACE = {
    LATITUDE_REF: text("S"),
    LATITUDE: degrees((29, 1), (30, 1), (3600, 100)),
    LONGITUDE_REF: text("E"),
    LONGITUDE: degrees((119, 1), (45, 1), (0, 1)),
}


@settings(max_examples=300)
@given(
    taken=either(TIME),
    offset=either(text("+08:00")),
    place=st.fixed_dictionaries({tag: either(value) for tag, value in PLACE.items()}),
    beside=st.lists(st.tuples(st.integers(0x9100, 0x9FFF), hostile()), max_size=3),
    orientation=hostile(lies=(0,)),
)
def test_what_is_valid_is_told_whatever_the_rest_is(
    taken: Any, offset: Any, place: Any, beside: Any, orientation: Value
) -> None:
    detail = [(TAKEN, taken[1]), (OFFSET, offset[1]), *beside]
    gps = [(tag, value) for tag, (_, value) in place.items()]
    told = facts(exif(main=[(ORIENTATION, orientation)], detail=detail, gps=gps))
    if taken[0]:
        assert told["taken_at"] == "2026-01-05T10:20:30"
        assert told["offset"] == "+08:00" or not offset[0]
    if all(good for good, _ in place.values()):
        whole = {"longitude": 119.75, "latitude": -29.51, "datum": "WGS84"}
        assert told["position"] == whole


@settings(max_examples=200)
@given(st.tuples(hostile(lies=(0,)), hostile()), st.integers(0, 1))
def test_where_one_directory_cannot_be_found_the_other_is_read(
    wild: tuple[Value, Value], which: int
) -> None:
    good = exif(detail=[(TAKEN, TIME)], gps=[*PLACE.items()])
    assert facts(good).keys() == {"taken_at", "offset", "position"}
    first = 8 + len(directory([(EXIF, number(LONG, 0)), (GPS, number(LONG, 0))], 8))
    second = first + len(directory([(TAKEN, TIME)], first))
    right = number(LONG, first), number(LONG, second)
    pointers = (wild[0], right[1]) if which else (right[0], wild[1])
    if any(len(content) > 4 for _, _, content in pointers):
        return  # it would lie elsewhere
    told = facts(exif(detail=[(TAKEN, TIME)], gps=[*PLACE.items()], pointers=pointers))
    assert ("position" if which else "taken_at") in told


@settings(max_examples=200)
@given(st.data())
def test_bytes_that_were_changed_break_nothing(data: st.DataObject) -> None:
    content = bytearray(
        exif(main=[(MAKER, text("x" * 9))], detail=[(TAKEN, TIME)], gps=[*PLACE.items()])
    )
    for _ in range(data.draw(st.integers(1, 4))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    facts(bytes(content))


@settings(max_examples=100)
@given(st.binary(max_size=400))
def test_any_bytes_at_all_break_nothing(content: bytes) -> None:
    facts(content)


@pytest.mark.parametrize("offset", ["+0800", "+8:00", "China", "+24:00", "+08:60", ""])
def test_a_wrong_offset_is_left_out_alone(offset: str) -> None:
    told = facts(exif(detail=[(TAKEN, TIME), (OFFSET, text(offset))], gps=[*PLACE.items()]))
    assert (told["taken_at"], told["offset"]) == ("2026-01-05T10:20:30", None)
    assert told["position"]["longitude"] == 119.75


@pytest.mark.parametrize(
    ("tag", "value"),
    [
        (LONGITUDE_REF, number(SHORT, 69)),
        (LATITUDE_REF, number(LONG, 1)),
        (LATITUDE_REF, text("")),
        (LONGITUDE_REF, text("N")),
        (LATITUDE, degrees((91, 1), (0, 1), (0, 1))),
        (LATITUDE, degrees((29, 0), (0, 0), (0, 1))),
        (LATITUDE, degrees((29, 1))),
        (LONGITUDE, degrees((181, 1), (0, 1), (0, 1))),
        (LONGITUDE, text("119")),
    ],
)
def test_a_place_that_is_none_is_left_out_alone(tag: int, value: Value) -> None:
    told = facts(exif(detail=[(TAKEN, TIME)], gps=[*(PLACE | {tag: value}).items()]))
    assert told == {"taken_at": "2026-01-05T10:20:30", "offset": None}


@pytest.mark.parametrize("side", [text("w"), text("W "), (UNDEFINED, 1, b"W"), (ASCII, 1, b"W")])
def test_a_side_is_known_by_its_letter(side: Value) -> None:
    told = facts(exif(gps=[*(PLACE | {LONGITUDE_REF: side}).items()]))
    assert told["position"]["longitude"] == -119.75
