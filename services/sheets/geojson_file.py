"""GeoJSON (RFC 7946) for maps: one FeatureCollection, a feature a line; as much memory as one feature takes."""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic_core import to_json

from services.sheets.columns import Column, Marks

BEGINNING = '{"type":"FeatureCollection","features":['


class GeoJsonFile:
    """Programs read it: codes are told without labels. What it says of itself is a member of its own, `about`, at the
    end; a file that was cut off is no JSON."""

    media = "application/geo+json"

    def __init__(self, folder: Path, headers: list[str], marks: Marks) -> None:
        self.path, self.marks, self.next = folder / "content", marks, "\n"
        self.file = self.path.open("w", encoding="utf-8", newline="")
        self.file.write(BEGINNING)

    @staticmethod
    def shown(columns: Sequence[Column], record: Mapping[str, Any]) -> Mapping[str, Any]:
        return record

    def write(self, rows: Iterable[Mapping[str, Any]]) -> None:
        for feature in rows:
            self.file.write(self.next + to_json(feature).decode())
            self.next = ",\n"

    def close(self, rows: int) -> Path:
        self.file.write(f'\n],"about":{to_json(self.marks(rows)).decode()}}}')
        self.file.close()
        return self.path

    def abandon(self) -> None:
        self.file.close()
