"""Kept figures and what they are made of."""

from datetime import date
from typing import Any

from services.chassis.database import driver
from services.gateway.dashboards.answers import Answers, Question
from services.gateway.dashboards.numbers import Period
from services.gateway.dashboards.sections import look
from tests.gateway.projections.histories import History
from tests.gateway.projections.projecting import Projecting

TODAY = date(2026, 3, 3)
QUESTION = Question("330703", Period(date(2026, 1, 1), TODAY), None)


async def test_figures_are_added_up_anew_when_something_has_changed(gateway: Projecting) -> None:
    answers, records = Answers(), gateway.records(History([]).facts)

    async def filed(today: date = TODAY) -> Any:
        async with gateway.database.transaction() as connection:
            raw = await driver(connection)
            told = await answers.figures(raw, QUESTION, await look(raw), today)
        return told["330703"]["grid"]["reports_filed"]["value"]

    assert await filed() == 0
    for count, record in enumerate(records, 1):
        await gateway.runner().settle([record])
        assert await filed() == count
