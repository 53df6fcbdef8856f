from hashlib import sha256
from itertools import product
from typing import Any

import pytest

from services.contracts.codes_outreach import Feeling, Flaw
from services.grid.surveys.rules import (
    HouseholdHasToken,
    Status,
    Step,
    StepNotAllowed,
    TokenInUse,
    after,
    digest_of,
    flaw_of,
    require_new,
    require_unused,
    told_of,
)

ALLOWED = {
    Status.OPEN: {"revise": Status.OPEN, "close": Status.CLOSED},
    Status.CLOSED: dict[str, Status](),
}


@pytest.mark.parametrize(("status", "step"), list(product(Status, Step)))
def test_a_step_is_taken_only_where_the_lifecycle_allows_it(status: Status, step: Step) -> None:
    if step in ALLOWED[status]:
        assert after(status, step) is ALLOWED[status][step]
    else:
        with pytest.raises(StepNotAllowed, match=f"Cannot {step} a survey that is {status}"):
            after(status, step)


@pytest.mark.parametrize(
    ("facts", "flaw"),
    [
        ({}, None),
        ({"seconds": 30}, None),
        ({"seconds": 29}, Flaw.TOO_FAST),
        ({"seconds": None}, None),
        ({"aware": [], "took_part": []}, None),
        ({"feeling": Feeling.DONT_KNOW}, None),
        ({"feeling": None}, Flaw.INCOMPLETE),
        ({"aware": None}, Flaw.INCOMPLETE),
        ({"took_part": None, "seconds": 3}, Flaw.INCOMPLETE),
    ],
)
def test_what_makes_an_answer_valid(facts: dict[str, Any], flaw: Flaw | None) -> None:
    usual = {"feeling": Feeling.SAFE, "aware": ["PATROL"], "took_part": ["DRILL"], "seconds": 90}
    assert flaw_of(**usual | facts, fewest_seconds=30) is flaw  # type: ignore[arg-type]


def test_of_too_few_nothing_is_told_but_how_many_came() -> None:
    told = told_of("330703105", 40, (30, 5, 1, 4, 2, 5, 3)).model_dump()
    assert [*told.values()] == ["330703105", 40, 30, 5, 1, 4, 2, 5, 3]
    told = told_of("330703105", 40, (30, 4, 1, 3, 2, 4, 3)).model_dump()
    assert [*told.values()] == ["330703105", 40, 30, 0, 0, 0, 0, 0, 0]


def test_of_a_token_only_its_digest_is_known() -> None:
    assert digest_of("a-token") == sha256(b"a-token").hexdigest()


def test_a_household_has_one_token_and_a_token_one_household() -> None:
    require_new(["a", "b"], {"c"})
    require_unused(["x"], set())
    with pytest.raises(HouseholdHasToken) as twice:
        require_new(["a", "b"], {"b"})
    assert twice.value.pointer == "/households/1"
    with pytest.raises(TokenInUse) as used:
        require_unused(["x", "y"], {"x"})
    assert used.value.pointer == "/digests/0"
