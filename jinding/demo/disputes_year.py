"""The disputes: 5,735 found by red members and settled in 2017, 92 by the service groups since then, out of
159 batches with 389 persons."""

import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from uuid import UUID

from jinding.demo import grid_year
from jinding.demo.plan import (
    District,
    Item,
    Sizes,
    Stage,
    client_identity,
    dice,
    identity,
    item,
    later,
    spread,
    working_days,
)
from jinding.demo.synthetic import synthetic_mobile, synthetic_name
from services.contracts.disputes import case_id_of

SETTLED, BY_GROUPS, GROUPS_BOUND = 5_735, 92, 90
BATCHES, PERSONS = 159, 389
TYPES = ("NEIGHBOUR", "FAMILY", "HOUSING", "DAMAGE", "CONTRACT", "LABOUR", "TRAFFIC", "LAND_TAKING")
AGENCIES = ("COURT", "PROCURATORATE", "POLICE", "JUSTICE")
FORMED = datetime.fromisoformat("2013-06-03T09:00:00+08:00")


@dataclass
class DisputesYear:
    """`ends`: when the case of each referred report is closed."""

    sizes: Sizes
    district: District
    ends: dict[UUID, datetime] = field(default_factory=dict)
    persons: int = 0

    def stages(self) -> list[Stage]:
        return [
            Stage("disputes", [[self._group(township)] for township in self.district.townships]),
            Stage("disputes", list(self._found())),
            Stage("disputes", list(self._by_groups())),
            Stage("disputes", list(self._receptions())),
            Stage("disputes", list(self._referred()), patient=True),
        ]

    def _group(self, township: str) -> Item:
        members = [
            {"agency": agency, "name": synthetic_name(n)} for n, agency in enumerate(AGENCIES)
        ]
        return item(
            "form_service_group",
            identity("group", township),
            FORMED,
            "office-330703",
            area_code=township,
            members=members,
            projects=["金华南站征地拆迁"] if township.endswith("002") else [],
        )

    def _found(self) -> Iterator[list[Item]]:
        """Red members' finds that did not come as a report."""
        rng = dice("disputes", "found")
        days = working_days(date(2017, 1, 3), date(2017, 12, 8))
        count = self.sizes.of(SETTLED) - self.sizes.of(grid_year.DISPUTES)
        for n, at in enumerate(spread(count, days, rng)):
            grid = rng.choice(self.district.grids)
            yield self._whole(client_identity("case", n), at, grid, "RED_MEMBER", rng)

    def _by_groups(self) -> Iterator[list[Item]]:
        rng = dice("disputes", "groups")
        days = working_days(date(2017, 1, 3), date(2018, 2, 28))
        for n, at in enumerate(spread(self._group_cases(), days, rng)):
            township = self.district.townships[n % len(self.district.townships)]
            yield self._whole(client_identity("group-case", n), at, township, "SERVICE_GROUP", rng)

    def _group_cases(self) -> int:
        return self.sizes.at_least(BY_GROUPS, GROUPS_BOUND)

    def _receptions(self) -> Iterator[list[Item]]:
        rng = dice("disputes", "receptions")
        days = working_days(date(2017, 1, 3), date(2018, 3, 30))
        batches, persons = self.sizes.of(BATCHES), self.sizes.of(PERSONS)
        heads = [1] * batches
        for _ in range(persons - batches):
            heads[rng.randrange(batches)] += 1
        linked = min(self._group_cases(), batches)
        for n, at in enumerate(spread(batches, days, rng)):
            yield [self._reception(n, at, heads[n], n < linked)]

    def _reception(self, n: int, at: datetime, heads: int, is_case: bool) -> Item:
        township = self.district.townships[n % len(self.district.townships)]
        more: dict[str, object] = {"representatives": min(heads, 5)} if heads >= 5 else {}
        if is_case:
            more["case_id"] = str(client_identity("group-case", n))
        return item(
            "record_reception",
            identity("reception", n),
            at,
            f"group-{township}",
            area_code=township,
            group_id=str(identity("group", township)),
            heads=heads,
            topic_code="DISPUTE" if is_case else "LEGAL_ADVICE",
            outcome="REGISTERED_DISPUTE" if is_case else "ANSWERED",
            **more,
        )

    def _referred(self) -> Iterator[list[Item]]:
        """The cases that the reports became: registered by the disputes service itself."""
        rng = dice("disputes", "referred")
        for report, _, accepted, grid in grid_year.referred(self.sizes, self.district):
            life = _mediated(case_id_of(report), accepted, grid[:9], rng)
            self.ends[report] = datetime.fromisoformat(life[-1]["body"]["occurred_at"])
            yield life

    def _whole(
        self, id_: UUID, at: datetime, area: str, finder: str, rng: random.Random
    ) -> list[Item]:
        clerk = f"office-{area[:9]}"
        created = item(
            "register_case",
            id_,
            at,
            clerk,
            area_code=area,
            case_type=rng.choice(TYPES),
            source="OWN_INITIATIVE",
            title="群众矛盾纠纷",
            finder=finder,
        )
        return [created, *_mediated(id_, at, area[:9], rng)]


def _mediated(id_: UUID, at: datetime, township: str, rng: random.Random) -> list[Item]:
    """From the parties' consent to the end, within three weeks."""
    clerk, mediator = f"office-{township}", f"mediator-{township}"
    asked = later(at, rng, (1, 20))
    begun = later(asked, rng, (2, 60))
    agreed = later(begun, rng, (2, 160))
    performed = later(agreed, rng, (4, 140))
    signed = [{"role": "PARTY", "party": 1}, {"role": "PARTY", "party": 2}]
    signed += [{"role": "MEDIATOR"}, {"role": "SEAL"}]
    written = rng.random() < 0.7
    return [
        item("set_case_parties", id_, asked, clerk, parties=_parties(rng)),
        item("accept_case", id_, asked + timedelta(minutes=30), clerk),
        item("start_mediation", id_, begun, clerk, mediator=mediator),
        item(
            "record_agreement",
            id_,
            agreed,
            mediator,
            form="WRITTEN" if written else "ORAL",
            terms="双方自愿达成协议，互谅互让，今后和睦相处。",
            signed_by=signed if written else [],
        ),
        item("perform_case", id_, performed, mediator),
        item("close_case", id_, performed + timedelta(hours=2), clerk),
    ]


def _parties(rng: random.Random) -> list[dict[str, str]]:
    n = rng.randrange(1_000_000)
    return [
        {
            "side": side,
            "kind": "NATURAL",
            "name": synthetic_name((n + place) % 12_000),
            "phone": synthetic_mobile(n + place),
            "consent": "GIVEN",
        }
        for place, side in enumerate(("APPLICANT", "RESPONDENT"))
    ]
