"""A program of its own: makes a photo anew, without what it carried beside its pixels.

    python -I photo.py image/jpeg 20000000 < sent > made

It tells what the photo said of time and place as JSON on standard error, or the reason why it is none and
ends with 1. The memory that a photo takes is gone with the process, and a photo that breaks a decoder breaks
nothing else.
"""

import io
import json
import re
import resource
import sys
import warnings
from contextlib import suppress
from datetime import datetime
from typing import Any

from PIL import Image, ImageOps
from PIL.ExifTags import GPS, IFD, Base

FORMS = {
    "image/jpeg": ("JPEG", ("L", "RGB")),
    "image/png": ("PNG", ("1", "L", "LA", "P", "RGB", "RGBA")),
    "image/webp": ("WEBP", ("RGB", "RGBA")),
}
"""Pillow's name of each, and the modes that it is written in."""
OFFSET = re.compile(r"[+-](?:0[0-9]|1[0-4]):[0-5][0-9]")
MEMORY, SECONDS = 1 << 30, 30


def main(media_type: str, pixels: int) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    warnings.simplefilter("ignore")  # standard error is for what we tell
    try:
        made, facts = recoded(sys.stdin.buffer, media_type, pixels)
    except MemoryError:
        sys.exit("too_many_pixels")
    except Exception:  # whatever a decoder makes of bytes that are no photo
        sys.exit("not_readable")
    sys.stdout.buffer.write(made)
    json.dump(facts, sys.stderr)


def recoded(sent: Any, media_type: str, pixels: int) -> tuple[bytes, dict[str, Any]]:
    """The photo upright, as pixels only, and what its EXIF told."""
    form, modes = FORMS[media_type]
    Image.MAX_IMAGE_PIXELS = None  # we count them ourselves, before one is decoded
    with Image.open(sent, formats=[form]) as image:
        if image.width * image.height > pixels:
            raise MemoryError
        image.load()
        facts = told(image)
        image.info = {}  # neither read again nor written with the pixels
        made = ImageOps.exif_transpose(image)
    if made.mode not in modes:
        made = made.convert("RGB")
    target = io.BytesIO()
    made.save(target, form, quality=90)
    return target.getvalue(), facts


def told(image: Image.Image) -> dict[str, Any]:
    """When and where, each as far as it can be read by itself; nothing else of the EXIF is kept."""
    detail, gps = _directory(image, IFD.Exif), _directory(image, IFD.GPSInfo)
    facts: dict[str, Any] = {}
    with suppress(ValueError):  # it tells no time, or one that is none
        written = _text(detail.get(Base.DateTimeOriginal))
        facts["taken_at"] = datetime.strptime(written, "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007
        offset = OFFSET.match(_text(detail.get(Base.OffsetTimeOriginal)))
        facts["offset"] = offset and offset[0]
    with suppress(LookupError, TypeError, ValueError):  # nor a place
        longitude = _degrees(gps[GPS.GPSLongitude], gps[GPS.GPSLongitudeRef], "EW", 180)
        latitude = _degrees(gps[GPS.GPSLatitude], gps[GPS.GPSLatitudeRef], "NS", 90)
        place = {"longitude": longitude, "latitude": latitude, "datum": "WGS84"}
        facts["position"] = place
    return facts


def _directory(image: Image.Image, tag: int) -> dict[int, Any]:
    """Of its EXIF; empty where nothing can be made of the bytes that say so."""
    with suppress(Exception):
        return image.getexif().get_ifd(tag)
    return {}


def _text(value: Any) -> str:
    text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
    return text.strip("\0 ")


def _degrees(parts: Any, side: Any, sides: str, most: int) -> float:
    degrees, minutes, seconds = map(float, parts if isinstance(parts, tuple) else ())
    value = round(degrees + minutes / 60 + seconds / 3600, 7)
    if not (0 <= value <= most):  # nor is it what 0/0 makes
        raise ValueError
    return value * (1, -1)[sides.index(_text(side)[0].upper())]


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
