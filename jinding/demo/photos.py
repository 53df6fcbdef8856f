"""Made-up photos: small pictures of nothing, each another."""

import hashlib
import io
from typing import Any

from PIL import Image

from jinding.demo.plan import client_identity, dice

SIZE = (16, 12)


def photo(of: str, side: str) -> tuple[str, bytes]:
    """Its id, and a JPEG."""
    rng, target = dice("photo", of, side), io.BytesIO()
    colour = (rng.randrange(256), rng.randrange(256), rng.randrange(256))
    Image.new("RGB", SIZE, colour).save(target, "JPEG")
    return str(client_identity("photo", of, side)), target.getvalue()


def declared(id_: str, content: bytes) -> dict[str, Any]:
    """What an app says of it before it is sent."""
    told = {"id": id_, "kind": "PHOTO", "media_type": "image/jpeg", "size": len(content)}
    return told | {"sha256": hashlib.sha256(content).hexdigest()}
