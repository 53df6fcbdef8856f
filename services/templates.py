"""Parts of SQL that are made once and filled for each request: to make one anew of SQLAlchemy's expressions takes
longer than PostgreSQL takes to answer."""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, TextClause, bindparam, text
from sqlalchemy.dialects.postgresql.base import PGDialect

_FIRST, _LENGTH = 0xE000, 40
"""Each fact is made of with a text of one character that no fact has, so that what is cut from it is known, too."""


class Template(NamedTuple):
    """A condition; `places`: which of the facts stands at which of its parameters, within lists where it did so."""

    clause: TextClause
    places: Mapping[str, Any]

    def filled(self, facts: Sequence[str]) -> TextClause:
        return self.clause.bindparams(**{n: _put(at, facts) for n, at in self.places.items()})


def template(make: Callable[..., ColumnElement[bool]], facts: int) -> Template | None:
    """What `make` makes of so many texts, whichever they are; None where it does not just put them somewhere, or says
    what is no text, as a day, which is today's alone. Where it goes the tables that `make` names from outside must be."""
    made = make(*(chr(_FIRST + fact) * _LENGTH for fact in range(facts))).compile(
        dialect=PGDialect(paramstyle="named")  # type: ignore[no-untyped-call]
    )
    told = {f"told_{name}": bind for bind, name in made.bind_names.items()}
    if any(bind.expanding for bind in told.values()):
        return None
    try:
        places = {name: _place(bind.value) for name, bind in told.items()}
    except ValueError:
        return None
    sql = re.sub(r"(?<!:):(?=\w)", ":told_", str(made)).replace("::", r"\:\:")
    typed = (bindparam(name, bind.value, bind.type) for name, bind in told.items())
    clause = text(f"({sql})").bindparams(*typed)
    return Template(clause, {name: at for name, at in places.items() if at is not None})


def _place(value: Any) -> Any:
    if isinstance(value, list):
        inner = [_place(each) for each in value]
        if None in inner:
            raise ValueError(value)
        return inner
    if isinstance(value, bool):
        return None
    if not isinstance(value, str):
        raise ValueError(value)
    if not any(c >= chr(_FIRST) for c in value):
        return None
    if value != value[0] * _LENGTH:
        raise ValueError(value)
    return ord(value[0]) - _FIRST


def _put(at: Any, facts: Sequence[str]) -> Any:
    return [_put(each, facts) for each in at] if isinstance(at, list) else facts[at]
