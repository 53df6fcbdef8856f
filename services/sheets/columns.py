"""What stands in a file for what a list says: times as Beijing's, codes with their labels. Pure."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta, timezone
from enum import StrEnum
from typing import Any, NamedTuple, get_args

from pydantic import AwareDatetime, BaseModel
from pydantic_core import to_json

from services.contracts.codes import CODES
from services.contracts.columns import COLUMNS
from services.contracts.labels import Label

BEIJING = timezone(timedelta(hours=8))
Cell = str | int | float | datetime | date | None
Shown = Callable[[Any], Cell]
Marks = Callable[[int], Sequence[str]]
"""What a file of so many rows says of itself, each as `label: value`, the rows first; as long for any number."""
YES, NO = Label("是", "yes"), Label("否", "no")
CODE = Label("{}（代码）", "{} (code)")


class Column(NamedTuple):
    header: str
    field: str
    shown: Shown


def columns_of(line: type[BaseModel], language: str) -> list[Column]:
    """Of a list whose records are told as `line`; a code's label comes before the code. `language`: zh or en."""
    return [column for name in line.model_fields for column in _columns(line, name, language)]


def cells(columns: Iterable[Column], record: Mapping[str, Any]) -> list[Cell]:
    return [
        None if (value := record.get(field)) is None else shown(value)
        for _, field, shown in columns
    ]


def _columns(line: type[BaseModel], name: str, language: str) -> list[Column]:
    types = _types(line.model_fields[name].annotation)
    label = COLUMNS.get(name)
    header = getattr(label, language) if label else name
    codes = next((t for t in types if isinstance(t, type) and issubclass(t, StrEnum)), None)
    if codes is None:
        return [Column(header, name, _shown(types, language))]
    table = next(table for table in CODES.values() if table.keys() == set(codes))
    labels = {code: getattr(label, language) for code, label in table.items()}
    told = getattr(CODE, language).format(header)
    return [Column(header, name, _labelled(labels)), Column(told, name, _plain)]


def _types(annotation: Any) -> list[Any]:
    """`annotation` and all that it is made of."""
    return [annotation, *(inner for part in get_args(annotation) for inner in _types(part))]


def _shown(types: list[Any], language: str) -> Shown:
    if bool in types:
        yes, no = getattr(YES, language), getattr(NO, language)
        return lambda value: yes if value else no
    if datetime in types or AwareDatetime in types:
        return lambda value: datetime.fromisoformat(value).astimezone(BEIJING)
    return date.fromisoformat if date in types else _plain


def _labelled(labels: Mapping[str, str]) -> Shown:
    def shown(value: Any) -> str:
        codes = value if isinstance(value, list) else [value]
        return "、".join(labels.get(code, code) for code in codes)

    return shown


def _plain(value: Any) -> Cell:
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "、".join(value)
    return to_json(value).decode() if isinstance(value, list | dict) else value
