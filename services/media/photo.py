"""A program of its own: makes photos anew, without what they carried beside their pixels.

Its standard input is a socket, over which it gets the type and the pixels allowed, and three files: the photo sent,
the one to be made, and where to tell what it said of time and place as JSON, or the reason why it is none. Each
photo has a process of its own, with whose status it answers: the memory that a photo takes is gone with that one,
and a photo that breaks a decoder breaks nothing else.
"""

import io
import json
import os
import resource
import socket
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
IDLE_SECONDS = 10.0
"""How long the program waits for another photo."""


def main(line: socket.socket) -> None:
    """Until nobody asks any more."""
    line.settimeout(IDLE_SECONDS)
    Image.preinit()  # here once, else in every child
    with suppress(TimeoutError, ConnectionError):
        while True:
            about, files, *_ = socket.recv_fds(line, 100, 3)
            if not about:
                return
            if not (child := os.fork()):
                line.close()
                for place, file in enumerate(files):
                    os.dup2(file, place)
                media_type, pixels = about.decode().split()
                make(media_type, int(pixels))
                return
            for file in files:
                os.close(file)
            line.send(b"%d" % os.waitpid(child, 0)[1])


def make(media_type: str, pixels: int) -> None:
    """From standard input to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    warnings.simplefilter("ignore")  # standard error is for what we tell
    try:
        with open(0, "rb", closefd=False) as sent:
            made, facts = recoded(sent, media_type, pixels)
    except MemoryError:
        sys.exit("too_many_pixels")
    except Exception:  # whatever a decoder makes of bytes that are no photo
        sys.exit("not_readable")
    with open(1, "wb", closefd=False) as target:
        target.write(made)
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
    main(socket.socket(fileno=0))
