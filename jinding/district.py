"""`jinding init`: a district's areas and organisations, from files."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from jinding.deadletters import whoever
from jinding.door import Door, door_of
from jinding.plainly import load_settings, plainly
from jinding.refusal import Refusal
from services.contracts.roles import DATA_IMPORTER, DISTRICT_OPERATOR

JsonFile = Annotated[Path, typer.Option(exists=True, dir_okay=False)]
Subject = Annotated[str | None, typer.Option(help="以谁的名义 · in whose name")]
console = Console()


@plainly
def init(areas: JsonFile, orgs: JsonFile, subject: Subject = None) -> None:
    """导入一个区县的区划与组织 · Prepare a district: its areas and organisations."""
    files = {"areas": _rows(areas), "organisations": _rows(orgs)}
    roots = sorted({str(row["code"])[:6] for row in files["areas"]})
    allowed = [DISTRICT_OPERATOR, DATA_IMPORTER]
    door = door_of(load_settings(), allowed, roots, subject or whoever())
    for noun, rows in files.items():
        answer = imported(door, noun, rows)
        counts = ", ".join(f"{name} {value}" for name, value in answer.items())
        console.print(f"{noun}: {len(rows)} → {counts}", highlight=False)


def imported(door: Door, noun: str, rows: Sequence[Any]) -> dict[str, Any]:
    """Import the rows of `noun` (`areas`, `organisations`); importing them again changes nothing."""
    return door.ask("PUT", f"/v1/grid/{noun}/import", {"rows": list(rows)}).accepted()


def _rows(file: Path) -> list[dict[str, Any]]:
    """The rows of a file: a list, or an object that holds them as `rows`."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        rows: list[dict[str, Any]] = content["rows"] if isinstance(content, dict) else content
    except (ValueError, KeyError) as error:
        raise Refusal(f"{file} 不是有效的 JSON。", f"{file} is not the JSON expected.") from error
    return rows
