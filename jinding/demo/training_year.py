"""The fire hall since August 2017: more than 12,000 persons, some of them twice, many certified."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from jinding.demo.plan import (
    District,
    Item,
    Sizes,
    Stage,
    dice,
    identity,
    item,
    spread,
    working_days,
)
from jinding.demo.synthetic import synthetic_mobile, synthetic_name

PERSONS, BOUND, SEATS = 12_060, 12_000, 40
REPEATERS = 0.03
HALL = "330703101"
CERTIFIED = frozenset({"FULL_TIME_GRID", "RED_GRID", "ENT_PRINCIPAL", "SAFETY_MANAGER", "LANDLORD"})
AUDIENCES = (
    ("RED_GRID", 34),
    ("EMPLOYEE", 30),
    ("LANDLORD", 14),
    ("ENT_PRINCIPAL", 8),
    ("SAFETY_MANAGER", 8),
    ("TOWNSHIP_OFFICER", 4),
    ("FULL_TIME_GRID", 2),
)
TRAINER = "trainer-hall"


@dataclass(frozen=True)
class Class:
    """One session and who came; everybody of one audience."""

    n: int
    starts: datetime
    audience: str
    people: tuple[int, ...]

    @property
    def id(self) -> UUID:
        return identity("session", self.n)

    @property
    def ends(self) -> datetime:
        return self.starts + timedelta(minutes=150)


def classes(sizes: Sizes) -> list[Class]:
    rng = dice("training", "classes")
    total = sizes.at_least(PERSONS, BOUND)
    seats = max(2, min(SEATS, total // 8))
    days = working_days(date(2017, 8, 1), date(2018, 3, 30))
    count = -(-total // seats)
    found: list[Class] = []
    last: dict[str, tuple[int, ...]] = {}
    for n, at in enumerate(spread(count, days, rng)):
        audience = rng.choices([a for a, _ in AUDIENCES], [w for _, w in AUDIENCES])[0]
        fresh = tuple(range(n * seats, min(total, (n + 1) * seats)))
        again = tuple(p for p in last.get(audience, ()) if rng.random() < REPEATERS)
        found.append(Class(n, at, audience, (*fresh, *again)))
        last[audience] = fresh
    return found


def stages(sizes: Sizes, district: District) -> list[Stage]:
    held = classes(sizes)
    rng = dice("training", "people")
    audience_of = {person: c.audience for c in reversed(held) for person in c.people}
    trainees = [_trainee(person, audience_of[person], district, rng) for person in audience_of]
    assessed = [c for c in held if c.audience in CERTIFIED]
    return [
        Stage("training", [list(_held(c)) for c in held]),
        Stage("training", [[trainee] for trainee in trainees]),
        Stage("training", [[_attendance(c, person)] for c in held for person in c.people]),
        Stage("training", [[_assessment(c, person)] for c in assessed for person in c.people]),
        Stage("training", [[_settled(c)] for c in held]),
        Stage("training", [[_certificate(c, person)] for c in assessed for person in c.people]),
    ]


def _held(c: Class) -> Iterator[Item]:
    yield item(
        "open_training_session",
        c.id,
        c.starts - timedelta(days=7),
        TRAINER,
        area_code=HALL,
        course_code="FIRE-BASIC",
        course_title="消防安全体验课程",
        venue_code="XIAOSHUN-FIRE-HALL",
        starts_at=c.starts.isoformat(),
        ends_at=c.ends.isoformat(),
        capacity=len(c.people) + 5,
        audiences=[c.audience],
        theory_minutes=60,
        practice_minutes=90,
    )
    yield item("start_training_session", c.id, c.starts, TRAINER)
    yield item("finish_training_session", c.id, c.ends, TRAINER)


def _trainee(person: int, audience: str, district: District, rng: random.Random) -> Item:
    return item(
        "register_trainee",
        identity("trainee", person),
        datetime.fromisoformat("2017-07-31T09:00:00+08:00"),
        TRAINER,
        area_code=rng.choice(district.grids),
        name=synthetic_name(person % 12_000),
        phone=synthetic_mobile(2_000_000 + person),
        audience=audience,
    )


def _attendance(c: Class, person: int) -> Item:
    return item(
        "record_attendance",
        identity("attendance", c.n, person),
        c.ends,
        TRAINER,
        session_id=str(c.id),
        trainee_id=str(identity("trainee", person)),
        in_at=c.starts.isoformat(),
        out_at=c.ends.isoformat(),
        method="QR",
    )


def _assessment(c: Class, person: int) -> Item:
    return item(
        "record_assessment",
        identity("attendance", c.n, person),
        c.ends + timedelta(minutes=20),
        TRAINER,
        theory_score=82 + person % 18,
        practice_passed=True,
    )


def _settled(c: Class) -> Item:
    return item("settle_training_session", c.id, c.ends + timedelta(hours=2), TRAINER)


def _certificate(c: Class, person: int) -> Item:
    return item(
        "issue_certificate",
        identity("certificate", c.n, person),
        c.ends + timedelta(hours=3),
        TRAINER,
        attendance_id=str(identity("attendance", c.n, person)),
    )
