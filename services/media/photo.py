"""A program of its own: makes a photo anew, without what it carried beside its pixels.

    python -I photo.py image/jpeg 20000000 < sent > made

It tells what the photo said of time and place as JSON on standard error, or the reason why it is none and
ends with 1. The memory that a photo takes is gone with the process, and a photo that breaks a decoder breaks
nothing else.
"""

import io
import json
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
        facts = told(image.getexif())
        made = ImageOps.exif_transpose(image)
    if made.mode not in modes:
        made = made.convert("RGB")
    made.info = {}  # else comments and the like would be written again
    target = io.BytesIO()
    made.save(target, form, quality=90)
    return target.getvalue(), facts


def told(exif: Image.Exif) -> dict[str, Any]:
    """When and where, as far as it can be read; nothing else of it is kept."""
    detail, gps = exif.get_ifd(IFD.Exif), exif.get_ifd(IFD.GPSInfo)
    facts: dict[str, Any] = {}
    with suppress(ValueError):  # it tells none, or one that is none
        written = str(detail.get(Base.DateTimeOriginal, "")).strip("\0 ")
        facts["taken_at"] = datetime.strptime(written, "%Y:%m:%d %H:%M:%S").isoformat()  # noqa: DTZ007
        facts["offset"] = str(detail.get(Base.OffsetTimeOriginal, "")).strip("\0 ")[:6] or None
    with suppress(KeyError, TypeError, ValueError, ZeroDivisionError):  # it has none
        longitude = _degrees(gps[GPS.GPSLongitude], gps[GPS.GPSLongitudeRef], "W")
        latitude = _degrees(gps[GPS.GPSLatitude], gps[GPS.GPSLatitudeRef], "S")
        place = {"longitude": longitude, "latitude": latitude, "datum": "WGS84"}
        facts["position"] = place
    return facts


def _degrees(parts: Any, side: str, negative: str) -> float:
    degrees, minutes, seconds = map(float, parts)
    value = round(degrees + minutes / 60 + seconds / 3600, 7)
    return -value if side.startswith(negative) else value


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
