"""What a caller sees is made once for all callers alike: it must be what would be made for each of them."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.dialects.postgresql.base import PGDialect

from services.chassis.identity.caller import Caller, job
from services.chassis.operation import Noun, _template
from services.contracts import roles
from services.disputes.main import DEFINITION as DISPUTES
from services.grid.key_persons import queries as key_persons
from services.grid.main import DEFINITION as GRID
from services.inspection.main import DEFINITION as INSPECTION
from services.training.main import DEFINITION as TRAINING

NOUNS = [noun for it in (GRID, DISPUTES, INSPECTION, TRAINING) for noun in it.nouns]
ROLES = sorted(it for name, it in vars(roles).items() if name.isupper() and isinstance(it, str))
CODES = st.from_regex("330703([0-9]{3}){0,3}", fullmatch=True)
TEXTS = st.text(st.characters(max_codepoint=0xD7FF, exclude_characters="\0"), min_size=1)
CALLERS = st.builds(
    Caller,
    TEXTS,
    st.frozensets(st.sampled_from(ROLES), max_size=4),
    st.lists(CODES, max_size=3).map(tuple),
    st.none() | st.just("") | TEXTS,
)


def told(noun: Noun[Any], condition: Any) -> str:
    """A page's statement with each value in its place."""
    statement = select(noun.model.id).where(condition)
    made = statement.compile(dialect=PGDialect(paramstyle="named"))  # type: ignore[no-untyped-call]
    once = re.sub(r"(::\w+)\1", r"\1", str(made))  # a cast that is told of the same type again
    return re.sub(r"(?<!:):(\w+)", lambda it: repr(made.params[it[1]]), once)


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)
@given(caller=CALLERS)
def test_what_is_seen_is_what_is_visible(noun: Noun[Any], caller: Caller) -> None:
    anew = told(noun, noun.visible(caller))
    assert told(noun, noun.seen(caller)) in {anew, f"{anew.replace('WHERE ', 'WHERE (', 1)})"}


@pytest.mark.parametrize("noun", NOUNS, ids=lambda noun: noun.name)
def test_a_job_sees_what_is_visible_to_it(noun: Noun[Any]) -> None:
    assert told(noun, noun.seen(job("disputes"))) == told(noun, noun.visible(job("disputes")))


def test_who_comes_of_age_is_seen_from_that_day_on(monkeypatch: pytest.MonkeyPatch) -> None:
    noun, keeper = key_persons.KEY_PERSONS, frozenset({roles.TOWNSHIP_OPERATOR})
    caller = Caller("keeper", keeper, ("330703105",))
    for day in (date(2026, 12, 1), date(2026, 12, 2)):
        monkeypatch.setattr(key_persons, "local_day", lambda _, day=day: day)
        assert repr(day) in (anew := told(noun, noun.visible(caller)))
        assert told(noun, noun.seen(caller)) == anew


def test_nearly_every_noun_is_made_once() -> None:
    anybody = frozenset(ROLES)
    anew = {noun.name for noun in NOUNS if not _template(noun.visible, anybody, True, 2)}
    assert anew == {"service_group"}  # by the township of each of one's areas
