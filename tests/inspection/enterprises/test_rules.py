from decimal import Decimal
from itertools import product

import pytest

from services.contracts.codes_inspection import Colour, EnterpriseStatus
from services.inspection.enterprises.rules import (
    STATUS_CHANGES,
    NotAnLecValue,
    StatusChangeNotAllowed,
    colour_of,
    lec,
    require_change,
    worst,
)


@pytest.mark.parametrize(
    ("factors", "danger", "colour"),
    [
        (("3", "10", "15"), 450, Colour.RED),
        (("1", "6", "15"), 90, Colour.YELLOW),
        (("6", "6", "3"), 108, Colour.YELLOW),
        (("1", "10", "1"), 10, Colour.BLUE),
    ],
)
def test_the_published_examples_are_rated_as_published(
    factors: tuple[str, str, str], danger: int, colour: Colour
) -> None:
    likelihood, exposure, consequence = map(Decimal, factors)
    found = lec(likelihood, exposure, consequence)
    assert (found, colour_of(found)) == (Decimal(danger), colour)


@pytest.mark.parametrize(
    ("danger", "colour"),
    [
        ("320", Colour.RED),
        ("319.9", Colour.ORANGE),
        ("160", Colour.ORANGE),
        ("159.9", Colour.YELLOW),
        ("70", Colour.YELLOW),
        ("69.9", Colour.BLUE),
        ("0.05", Colour.BLUE),
    ],
)
def test_the_lower_bound_of_a_band_belongs_to_the_higher_colour(
    danger: str, colour: Colour
) -> None:
    assert colour_of(Decimal(danger)) is colour


@pytest.mark.parametrize(
    ("factors", "pointer"),
    [
        (("2", "6", "15"), "/points/3/likelihood"),
        (("3", "0.1", "15"), "/points/3/exposure"),
        (("3", "6", "10"), "/points/3/consequence"),
        (("0", "6", "15"), "/points/3/likelihood"),
    ],
)
def test_values_outside_the_method_are_refused(factors: tuple[str, str, str], pointer: str) -> None:
    likelihood, exposure, consequence = map(Decimal, factors)
    with pytest.raises(NotAnLecValue) as refusal:
        lec(likelihood, exposure, consequence, place="/points/3")
    assert refusal.value.pointer == pointer


def test_an_enterprise_is_as_dangerous_as_its_worst_point() -> None:
    assert worst([Colour.BLUE, Colour.ORANGE, Colour.YELLOW]) is Colour.ORANGE


@pytest.mark.parametrize(("status", "wanted"), list(product(EnterpriseStatus, EnterpriseStatus)))
def test_a_status_changes_only_as_the_table_says(
    status: EnterpriseStatus, wanted: EnterpriseStatus
) -> None:
    if wanted in STATUS_CHANGES[status]:
        require_change(status, wanted)
    else:
        with pytest.raises(StatusChangeNotAllowed, match=f"{status} cannot become {wanted}"):
            require_change(status, wanted)
