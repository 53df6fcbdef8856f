from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from services.contracts.codes_inspection import Colour, EnterpriseStatus, RatingMethod
from services.inspection.enterprises.models import Enterprise, Rating
from services.inspection.enterprises.rules import (
    BeforeTheLast,
    EnterpriseLeft,
    FileAlreadyOpen,
    StatusChangeNotAllowed,
    Step,
)

START = datetime(2017, 1, 3, 2, tzinfo=UTC)
DAY = timedelta(days=1)


def make_enterprise() -> Enterprise:
    return Enterprise.register(
        by="expert",
        at=START,
        id=UUID(int=1),
        area_code="330703105",
        uscc="91330703MA00000157",
        name="示范五金厂",
        industry_code="C3311",
        is_industrial=True,
    )[0]


def rating(colour: Colour | None, days: float) -> Rating:
    return Rating(
        colour=colour, at=START + days * DAY, by="expert", method=RatingMethod.OVERRIDE, reason="-"
    )


def test_a_new_enterprise_operates_without_file_or_colour() -> None:
    enterprise = make_enterprise()
    assert enterprise.status is EnterpriseStatus.OPERATING
    assert (enterprise.file_opened_at, enterprise.colour) == (None, None)


def test_an_enterprise_has_one_file() -> None:
    enterprise = make_enterprise()
    enterprise.open_file(by="expert", at=START + DAY)
    with pytest.raises(FileAlreadyOpen):
        enterprise.open_file(by="expert", at=START + 2 * DAY)
    assert enterprise.file_opened_at == START + DAY


def test_the_history_of_colours_only_grows_at_its_end() -> None:
    enterprise = make_enterprise()
    enterprise.rate(rating(Colour.RED, 1))
    enterprise.rate(rating(Colour.ORANGE, 1))
    before = enterprise.model_copy(deep=True)
    with pytest.raises(BeforeTheLast):
        enterprise.rate(rating(Colour.BLUE, 0.9))
    assert enterprise == before
    assert [fact.colour for fact in enterprise.ratings] == [Colour.RED, Colour.ORANGE]
    assert enterprise.colour is Colour.ORANGE


def test_an_enterprise_is_not_rated_before_it_was_registered() -> None:
    with pytest.raises(BeforeTheLast):
        make_enterprise().rate(rating(Colour.BLUE, -1))


@pytest.mark.parametrize("left", [EnterpriseStatus.MOVED_OUT, EnterpriseStatus.CLOSED])
def test_leaving_withdraws_the_rating(left: EnterpriseStatus) -> None:
    enterprise = make_enterprise()
    enterprise.rate(rating(Colour.RED, 1))
    event = enterprise.change_status(left, by="officer", at=START + 2 * DAY)
    assert event.unrated
    assert enterprise.colour is None
    assert (enterprise.ratings[-1].colour, enterprise.ratings[-1].method) == (None, "EXIT")
    with pytest.raises(EnterpriseLeft):
        enterprise.rate(rating(Colour.BLUE, 3))


def test_leaving_before_the_last_rating_changes_nothing() -> None:
    enterprise = make_enterprise()
    enterprise.rate(rating(Colour.RED, 2))
    before = enterprise.model_copy(deep=True)
    with pytest.raises(BeforeTheLast):
        enterprise.change_status(EnterpriseStatus.CLOSED, by="officer", at=START + DAY)
    assert enterprise == before


def test_neither_history_goes_on_before_the_others_end() -> None:
    enterprise = make_enterprise()
    enterprise.change_status(EnterpriseStatus.MOVED_OUT, by="officer", at=START + DAY)
    enterprise.change_status(EnterpriseStatus.OPERATING, by="officer", at=START + 3 * DAY)
    with pytest.raises(BeforeTheLast):
        enterprise.rate(rating(Colour.RED, 2))
    enterprise.rate(rating(Colour.RED, 5))
    enterprise.rate(rating(None, 6))
    with pytest.raises(BeforeTheLast):
        enterprise.change_status(EnterpriseStatus.CLOSED, by="officer", at=START + 4 * DAY)


def test_a_suspension_keeps_the_rating() -> None:
    enterprise = make_enterprise()
    enterprise.rate(rating(Colour.RED, 1))
    event = enterprise.change_status(EnterpriseStatus.SUSPENDED, by="officer", at=START + 2 * DAY)
    assert (event.unrated, enterprise.colour) == (False, Colour.RED)


def test_a_closed_enterprise_offers_no_step() -> None:
    enterprise = make_enterprise()
    enterprise.change_status(EnterpriseStatus.CLOSED, by="officer", at=START)
    for step, refusal in (
        (Step.CHANGE_STATUS, StatusChangeNotAllowed),
        (Step.OPEN_FILE, EnterpriseLeft),
        (Step.RATE, EnterpriseLeft),
    ):
        with pytest.raises(refusal):
            enterprise.check(step, "officer")
