"""The questionnaires of autumn 2017: more than 130,000 came back, each an answer of its own."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any

from jinding.demo.outreach_year import DISTRICT, OFFICE
from jinding.demo.plan import (
    District,
    Item,
    Sizes,
    Stage,
    dice,
    identity,
    item,
    portions,
    shares,
    spread,
    working_days,
)

HANDED_OUT, RETURNED, BOUND = 134_640, 130_240, 130_000
TOGETHER, SHEETS = 400, 100
AT_ONCE = 25
OPENED = datetime.fromisoformat("2017-10-08T09:00:00+08:00")
CLOSED = datetime.fromisoformat("2017-12-12T17:00:00+08:00")
SURVEY = identity("survey")
ACTIVITIES = (
    ("PATROL", "义务巡防", "Patrols"),
    ("MEDIATION", "矛盾调解", "Mediation"),
    ("HAZARD_REPORT", "隐患举报", "Reports of hazards"),
    ("DRILL", "消防演练", "Fire drills"),
    ("VOLUNTEER", "平安志愿服务", "Volunteering"),
)
FEELINGS = (
    *(("SAFE", 640), ("BASICALLY_SAFE", 312), ("NOT_VERY_SAFE", 24), ("UNSAFE", 8)),
    ("DONT_KNOW", 16),
)
AGES = ("UNDER_30", "FROM_30_TO_44", "FROM_45_TO_59", "FROM_60", "UNTOLD")


@dataclass(frozen=True)
class SurveyYear:
    """Households are numbered through; each has the token of its number."""

    sizes: Sizes
    district: District

    @property
    def handed_out(self) -> int:
        return self.sizes.of(HANDED_OUT)

    def stages(self) -> list[Stage]:
        return [
            Stage("grid", [[self._opened()]]),
            Stage("grid", [[issue] for issue in self._issues()], chunk=AT_ONCE),
            Stage("grid", [[came] for came in self._returns()], chunk=AT_ONCE),
            Stage("grid", [[item("close_survey", SURVEY, CLOSED, OFFICE)]]),
        ]

    def _opened(self) -> Item:
        names = ("code", "name", "name_en")
        return item(
            "open_survey",
            SURVEY,
            OPENED,
            OFFICE,
            area_code=DISTRICT,
            name="平安三率测评",
            name_en="Survey of the three rates",
            starts_on="2017-10-08",
            ends_on="2017-12-10",
            activities=[dict(zip(names, told, strict=True)) for told in ACTIVITIES],
        )

    def _households(self) -> Iterator[tuple[str, range]]:
        """Those of each grid; of few, where a little of the year is played, they are of few grids."""
        grids = self.district.grids[: max(1, self.handed_out // 40)]
        first = 0
        for grid, count in zip(grids, shares(self.handed_out, len(grids)), strict=True):
            yield grid, range(first, first + count)
            first += count

    def _issues(self) -> Iterator[Item]:
        for grid, households in self._households():
            parts = -(-len(households) // TOGETHER)
            first = households.start
            for number, count in enumerate(shares(len(households), parts)):
                some = range(first, first + count)
                first += count
                yield item(
                    "issue_questionnaires",
                    identity("survey-issue", grid, number),
                    OPENED.replace(day=9),
                    f"leader-{grid[:9]}",
                    survey_id=str(SURVEY),
                    area_code=grid,
                    households=[str(identity("household", n)) for n in some],
                    digests=[sha256(_token(n).encode()).hexdigest() for n in some],
                )

    def _returns(self) -> Iterator[Item]:
        rng = dice("survey")
        wanted = self.sizes.at_least(RETURNED, BOUND)
        grids = [*self._households()]
        came = [
            (grid, households.start, number, count)
            for (grid, households), total in zip(grids, shares(wanted, len(grids)), strict=True)
            for number, count in enumerate(portions(total, SHEETS))
        ]
        days = working_days(date(2017, 10, 16), date(2017, 12, 8))
        for at, (grid, first, number, count) in zip(
            spread(len(came), days, rng), came, strict=True
        ):
            some = range(first + number * SHEETS, first + number * SHEETS + count)
            yield item(
                "return_questionnaires",
                identity("survey-return", grid, number),
                at,
                f"red-{grid}-{number % 85}",
                survey_id=str(SURVEY),
                area_code=grid,
                channel=rng.choice(("PAPER", "PAPER", "PAPER", "WECHAT")),
                sheets=[_sheet(n, rng) for n in some],
            )


def _token(household: int) -> str:
    return identity("token", household).hex


def _sheet(household: int, rng: random.Random) -> dict[str, Any]:
    codes = [code for code, *_ in ACTIVITIES]
    feeling = rng.choices([f for f, _ in FEELINGS], [w for _, w in FEELINGS])[0]
    return {
        "token": _token(household),
        "age_band": rng.choice(AGES),
        "sex": rng.choice(("FEMALE", "MALE")),
        "feeling": None if rng.random() < 0.01 else feeling,
        "aware": [rng.choice(codes)] if rng.random() < 0.88 else [],
        "took_part": [rng.choice(codes)] if rng.random() < 0.6 else [],
    }
