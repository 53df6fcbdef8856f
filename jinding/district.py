"""`jinding init`: a district's areas and organisations, from files."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from jinding.gateway import import_rows, issue_token
from jinding.plainly import load_settings, plainly
from jinding.refusal import Refusal

JsonFile = Annotated[Path, typer.Option(exists=True, dir_okay=False)]
console = Console()


@plainly
def init(areas: JsonFile, orgs: JsonFile) -> None:
    """导入一个区县的区划与组织 · Prepare a district: its areas and organisations."""
    url = load_settings().gateway_url
    files = {"areas": _rows(areas), "organisations": _rows(orgs)}
    roots = sorted({str(row["code"])[:6] for row in files["areas"]})
    bearer = issue_token(url, ["district_operator", "data_importer"], roots, None, "cli")
    for noun, rows in files.items():
        answer = import_rows(url, bearer, noun, rows)
        counts = ", ".join(f"{name} {value}" for name, value in answer.items())
        console.print(f"{noun}: {len(rows)} → {counts}", highlight=False)


def _rows(file: Path) -> list[dict[str, Any]]:
    """The rows of a file: a list, or an object that holds them as `rows`."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        rows: list[dict[str, Any]] = content["rows"] if isinstance(content, dict) else content
    except (ValueError, KeyError) as error:
        raise Refusal(f"{file} 不是有效的 JSON。", f"{file} is not the JSON expected.") from error
    return rows
