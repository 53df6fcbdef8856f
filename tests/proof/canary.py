"""A person who exists nowhere else, and the search for any trace of what is personal about them."""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Canary:
    """No other row, text or log line of the system holds one of these."""

    name: str = "爨龘靐"
    resident_id: str = "330703190003151036"
    phone: str = "13705797391"
    address: str = "岭下镇釁罅村饕餮弄七十三号"

    @property
    def facts(self) -> dict[str, str]:
        return dict(vars(self))

    def found(self, content: bytes) -> list[str]:
        """Which fact stands there in which form."""
        return [
            f"{fact} as {form}"
            for fact, value in self.facts.items()
            for form, bytes_ in forms(value)
            if bytes_ in content
        ]

    def leaks(self, places: Mapping[str, bytes]) -> dict[str, list[str]]:
        told = {place: self.found(content) for place, content in places.items()}
        return {place: found for place, found in told.items() if found}


def forms(value: str) -> Iterator[tuple[str, bytes]]:
    """As which bytes a value may be written."""
    yield "UTF-8", value.encode()
    yield "UTF-16", value.encode("utf-16-le")
    escaped = json.dumps(value)[1:-1]
    yield "JSON", escaped.encode()
    yield "JSON in JSON", json.dumps(escaped)[1:-1].encode()
    yield "a URL", quote(value).encode()
    for encoding in ("UTF-8", "GBK"):
        raw = value.encode(encoding)
        yield encoding, raw
        yield f"{encoding}, hex", raw.hex().encode()
        yield f"{encoding}, HEX", raw.hex().upper().encode()
        for shift in range(
            3
        ):  # within a longer text it may begin anywhere in a group of three bytes
            yield f"{encoding}, base64", _base64(raw, shift)


def _base64(raw: bytes, shift: int) -> bytes:
    """Those characters that do not depend on what stands before and after."""
    told = base64.b64encode(bytes(shift) + raw)
    first = 0 if shift == 0 else 4
    rest = (shift + len(raw)) % 3
    return told[first : len(told) - (4 if rest else 0)]
