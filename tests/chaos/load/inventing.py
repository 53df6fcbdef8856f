"""Invents lives of the four services' aggregates. A seed gives the same ones, but for what the clock says."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID

from jinding.demo.synthetic import (
    synthetic_enterprise_name,
    synthetic_mobile,
    synthetic_name,
    synthetic_uscc,
)
from services.contracts.disputes import case_id_of
from services.contracts.inspection import hazard_id_of
from tests.chaos.load.lives import Life, Step

LIMIT = timedelta(minutes=10)
"""How long every clock runs in the hasty township (`tests.chaos.setting`)."""
MATTERS = ("ENVIRONMENT", "TRAFFIC", "LIVELIHOOD", "MARKET", "FIREWORKS", "PUBLIC_OPINION")
DOMAINS = ("ELECTRICAL", "DUST", "MACHINERY", "CHEMICAL", "MANAGEMENT")
SEATS = 12


@dataclass
class Inventor:
    """`grids` are where things happen; below `hasty`, which keeps short limits, only what is late anyhow: all
    deadlines that pass do so within seconds. `enterprises` (the first one lies there), the `groups` of the
    townships and the `members`, of whom the first two are the clerks, are known to be registered."""

    random: Random
    grids: list[str]
    hasty: str
    enterprises: list[UUID] = field(default_factory=list)
    groups: dict[str, UUID] = field(default_factory=dict)
    members: list[UUID] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.numbers = count()
        self.quick = [grid for grid in self.grids if grid.startswith(self.hasty)]
        self.slow = [grid for grid in self.grids if not grid.startswith(self.hasty)]

    def handled(self) -> Life:
        """A report from its filing to its closing."""
        id_, grid = self.new_id(), self.grid()
        steps = [
            self.report(id_, grid, self.random.choice(MATTERS)),
            Step("accept_report", id_),
            Step("assign_report", id_, {"organisation": f"{grid[:9]}-office"}),
            Step("start_report", id_),
            Step("resolve_report", id_, {"opinion": "已现场处置完毕"}),
            Step("verify_report", id_, by="second"),
            Step("close_report", id_, by="second"),
        ]
        return Life(steps)

    def filed(self) -> Step:
        return self.report(self.new_id(), self.grid(), self.random.choice(MATTERS))

    def reported_case(self) -> Step:
        return self._case(self.new_id(), self.grid())

    def returned(self) -> Life:
        id_ = self.new_id()
        steps = [
            self.report(id_, self.grid(), self.random.choice(MATTERS)),
            Step("return_report", id_, {"reason": "地点不清"}),
            Step("resubmit_report", id_, {"description": "村口桥边"}),
            Step("cancel_report", id_, {"reason": "INVALID"}),
        ]
        return Life(steps[: self.random.choice((2, 3, 4))])

    def late_report(self) -> Life:
        """Its limits pass about now, whether it is accepted or not."""
        id_, at = self.new_id(), self.overdue_about_now()
        created = self.report(id_, self.random.choice(self.quick), "EMERGENCY", at=at)
        accepted = Step("accept_report", id_, {"occurred_at": instant(at + timedelta(seconds=1))})
        return Life([created, accepted][: self.random.choice((1, 2))])

    def mediated(self) -> Life:
        id_, grid = self.new_id(), self.grid()
        return Life([self._case(id_, grid), *self._mediation(id_)])

    def late_case(self) -> Life:
        id_, at = self.new_id(), self.overdue_about_now()
        created = self._case(id_, self.random.choice(self.quick), at=at)
        told = {"occurred_at": instant(at)}
        return Life(
            [created, *(s._replace(body={**s.body, **told}) for s in self._mediation(id_)[:2])]
        )

    def formed(self, township: str) -> Life:
        people = [{"agency": agency, "name": self.name()} for agency in ("COURT", "POLICE")]
        body = {"area_code": township, "members": people}
        return Life([Step("form_service_group", self.new_id(), body)])

    def received(self) -> Life:
        """Somebody came to the service group of a township."""
        id_, grid = self.new_id(), self.grid()
        body = {"area_code": grid[:9], "group_id": str(self.groups[grid[:9]]), "heads": 2}
        told = {"topic_code": "LEGAL_ADVICE", "outcome": "ANSWERED"}
        return Life([Step("record_reception", id_, body | told)])

    def registered(self) -> Life:
        id_, n = self.new_id(), next(self.numbers)
        body = {
            "uscc": synthetic_uscc(n),
            "name": synthetic_enterprise_name(n),
            "area_code": self.grid(),
            "industry_code": "C3311",
            "is_industrial": True,
            "employees": 20,
        }
        return Life([Step("register_enterprise", id_, body)])

    def rated(self) -> Life:
        life = self.registered()
        id_ = life.steps[0].id
        point = {"name": "风险点", "likelihood": 3, "exposure": 6, "consequence": 15}
        rating = {"method": "LEC", "points": [point]}
        report = {"enterprise_id": str(id_), "hazards": 3, "colour_after": "ORANGE"}
        steps = [
            Step("open_safety_file", id_),
            Step("rate_enterprise", id_, rating),
            Step("issue_checkup_report", self.new_id(), report),
            Step("change_enterprise_status", id_, {"status": "SUSPENDED"}),
        ]
        return Life([*life.steps, *steps])

    def rectified(self) -> Life:
        id_ = self.new_id()
        return Life([self._hazard(id_, self._enterprise()), *self._rectification(id_)])

    def late_hazard(self) -> Life:
        """Of the enterprise that lies in the hasty township."""
        id_, at = self.new_id(), self.overdue_about_now()
        told = {"occurred_at": instant(at)}
        found = self._hazard(id_, self.enterprises[0])
        steps = [found._replace(body={**found.body, **told}), Step("notify_hazard", id_, told)]
        return Life(steps)

    def trained(self) -> Life:
        """A session, who came, who passed, who is certified."""
        session = self.new_id()
        opens, starts, ends = (datetime.now(UTC) - timedelta(hours=h) for h in (8, 6, 2))
        body = {
            "occurred_at": instant(opens),
            "area_code": self.grid()[:9],
            "course_code": "FIRE-BASIC",
            "course_title": "消防安全体验课程",
            "venue_code": "FIRE-HALL",
            "starts_at": instant(starts),
            "ends_at": instant(ends),
            "capacity": SEATS,
            "audiences": ["LANDLORD"],
            "theory_minutes": 60,
            "practice_minutes": 90,
        }
        steps = [Step("open_training_session", session, body)]
        for name, at in (("start", starts), ("finish", ends)):
            steps.append(Step(f"{name}_training_session", session, {"occurred_at": instant(at)}))
        came = [
            self._attendance(session, starts, ends) for _ in range(self.random.randint(2, SEATS))
        ]
        steps += [step for steps_ in came for step in steps_]
        steps.append(Step("settle_training_session", session, by="second"))
        for attended in came:
            about = {"attendance_id": str(attended[-1].id)}
            steps.append(Step("issue_certificate", self.new_id(), about))
        return Life(steps)

    def dispute(self) -> Life:
        """A report that becomes a case, whose end resolves it."""
        id_ = self.new_id()
        case = case_id_of(id_)
        last = [Step("verify_report", id_, by="second"), Step("close_report", id_, by="second")]
        accepted = [self.report(id_, self.grid(), "DISPUTE"), Step("accept_report", id_)]
        return Life([*accepted, *self._mediation(case), *last], patient=True)

    def withdrawn(self) -> Life:
        """A report that is cancelled, whatever has become of its case."""
        id_ = self.new_id()
        steps = [
            self.report(id_, self.grid(), "DISPUTE"),
            Step("accept_report", id_),
            Step("cancel_report", id_, {"reason": "INVALID"}),
            Step("close_case", case_id_of(id_), {"routes": ["LITIGATION"]}),
        ]
        return Life(steps, patient=True)

    def unsafe(self) -> Life:
        """A report that becomes a hazard."""
        id_ = self.new_id()
        category = self.random.choice(("FIRE_SAFETY", "WORK_SAFETY"))
        named = {"enterprise_id": str(self._enterprise())}
        filed = self.report(id_, self.grid(), category)
        steps = [filed._replace(body={**filed.body, **named}), Step("accept_report", id_)]
        return Life([*steps, *self._rectification(hazard_id_of(id_))], patient=True)

    def report(self, id_: UUID, grid: str, category: str, at: datetime | None = None) -> Step:
        body = {"area_code": grid, "category": category, "title": "网格事件"}
        told = {"finder": self.random.choice(("RED_MEMBER", "GRID_MEMBER", "RESIDENT"))}
        return Step("create_report", id_, body | told | _at(at))

    def _case(self, id_: UUID, grid: str, at: datetime | None = None) -> Step:
        body = {"area_code": grid, "case_type": "NEIGHBOUR", "title": "邻里纠纷"}
        return Step("register_case", id_, body | _at(at))

    def _mediation(self, id_: UUID) -> list[Step]:
        sides = ("APPLICANT", "RESPONDENT")
        parties = [{"side": side, "name": self.name(), "consent": "GIVEN"} for side in sides]
        return [
            Step("set_case_parties", id_, {"parties": parties}),
            Step("accept_case", id_),
            Step("start_mediation", id_, {"mediator": "mediator"}),
            Step("record_agreement", id_, {"form": "ORAL", "terms": "互谅互让，今后和睦相处。"}),
            Step("perform_case", id_),
            Step("close_case", id_),
        ]

    def _hazard(self, id_: UUID, enterprise: UUID) -> Step:
        body = {"enterprise_id": str(enterprise), "domain": self.random.choice(DOMAINS)}
        return Step("find_hazard", id_, body | {"description": "抛光车间粉尘清理不到位"})

    def _rectification(self, id_: UUID) -> list[Step]:
        plan = {"measures": "改进吸尘罩", "responsible": self.name()}
        return [
            Step("notify_hazard", id_),
            Step("plan_rectification", id_, plan),
            Step("submit_rectification", id_, {"rectification": "已按方案整改完毕"}),
            Step("pass_hazard_review", id_, by="second"),
            Step("close_hazard", id_, by="second"),
        ]

    def _attendance(self, session: UUID, starts: datetime, ends: datetime) -> list[Step]:
        trainee, attendance = self.new_id(), self.new_id()
        person = {"area_code": self.grid(), "name": self.name(), "audience": "LANDLORD"}
        person["phone"] = synthetic_mobile(next(self.numbers))
        came = {"session_id": str(session), "trainee_id": str(trainee), "method": "QR"}
        times = {"in_at": instant(starts), "out_at": instant(ends)}
        return [
            Step("register_trainee", trainee, person),
            Step("record_attendance", attendance, came | times),
            Step("record_assessment", attendance, {"theory_score": 90, "practice_passed": True}),
        ]

    def overdue_about_now(self) -> datetime:
        return self.about_now() - LIMIT

    def about_now(self) -> datetime:
        return datetime.now(UTC) + timedelta(seconds=self.random.uniform(-60, 10))

    def _enterprise(self) -> UUID:
        return self.random.choice(self.enterprises[1:])

    def grid(self) -> str:
        return self.random.choice(self.slow)

    def name(self) -> str:
        return synthetic_name(self.random.randrange(12_000))

    def new_id(self) -> UUID:
        return UUID(int=self.random.getrandbits(128), version=4)


def _at(at: datetime | None) -> dict[str, Any]:
    return {"occurred_at": instant(at)} if at else {}


def instant(at: datetime) -> str:
    return at.isoformat()
