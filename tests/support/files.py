"""Files to send, and the shortest ways to declare and send them."""

import hashlib
import io
from typing import Any
from uuid import UUID

from httpx import Response
from PIL import Image
from PIL.ExifTags import GPS, IFD, Base
from uuid_utils.compat import uuid7

from services.chassis.http.edge import PART
from services.chassis.identity.caller import Caller
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER
from tests.support.running import Running

MAKER = "SECRET-CAMERA-OF-ZHANG"
TAKEN = "2026:01:05 10:20:30"


def pdf(size: int) -> bytes:
    """So many bytes that begin and end as a PDF does."""
    begin, end = b"%PDF-1.7\n", b"\nstartxref\n9\n%%EOF\n"
    return begin + (bytes(range(256)) * (size // 256 + 1))[: size - len(begin + end)] + end


PDF = pdf(262_153)


def photo(form: str = "JPEG", size: tuple[int, int] = (64, 48), noise: int = 0) -> bytes:
    """A picture with an EXIF that names its maker, time and place. `noise`: a seed, for one of many bytes."""
    image = Image.new("RGB", size, (200, 30, 30))
    if noise:
        image = Image.effect_noise(size, 90 + noise % 7).convert("RGB")
    exif = image.getexif()
    exif[Base.Make], exif[Base.Orientation] = MAKER, 6
    exif.get_ifd(IFD.Exif).update({Base.DateTimeOriginal: TAKEN, Base.OffsetTimeOriginal: "+08:00"})
    exif.get_ifd(IFD.GPSInfo).update(
        {
            GPS.GPSLatitudeRef: "N",
            GPS.GPSLatitude: (29.0, 6.0, 0.0),
            GPS.GPSLongitudeRef: "E",
            GPS.GPSLongitude: (119.0, 45.0, 0.0),
        }
    )
    target = io.BytesIO()
    image.save(target, form, exif=exif, **({"comment": MAKER} if form == "JPEG" else {}))
    return target.getvalue()


def declaring(content: bytes, media_type: str = "image/jpeg", **more: Any) -> dict[str, Any]:
    """What an app says of a file before it sends it."""
    kinds = {"image": "PHOTO", "application": "DOCUMENT", "video": "VIDEO"}
    return {
        "id": str(uuid7()),
        "kind": kinds[media_type.split("/", maxsplit=1)[0]],
        "media_type": media_type,
        "size": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
        **more,
    }


async def part(
    service: Running, caller: Caller, id: str | UUID, offset: int, content: bytes
) -> Response:
    headers = {
        INTERNAL_TOKEN_HEADER: service.signer.sign(caller),
        "Content-Type": PART,
        "Upload-Offset": str(offset),
    }
    path = f"/v1/{service.runtime.definition.name}/attachments/{id}"
    return await service.client.patch(path, content=content, headers=headers)


async def sent(
    service: Running, caller: Caller, id: str | UUID, content: bytes, length: int = 1 << 20
) -> dict[str, Any]:
    """All parts, one after another; what the last answer told."""
    for offset in range(0, len(content), length):
        answer = await part(service, caller, id, offset, content[offset : offset + length])
        assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def asked(
    service: Running, caller: Caller, id: str | UUID, rest: str = "", **headers: str
) -> Response:
    path = f"/v1/{service.runtime.definition.name}/attachments/{id}{rest}"
    return await service.call(caller, "GET", path, headers=headers)
