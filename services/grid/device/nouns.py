"""What a device follows: one line for each noun."""

from typing import Any, NamedTuple

from pydantic import BaseModel
from sqlalchemy import ColumnElement, false

from services.chassis.identity.caller import Caller
from services.chassis.identity.policy import allows
from services.chassis.operation import Noun
from services.grid.areas.queries import AREAS
from services.grid.areas.schemas import AreaLine
from services.grid.campaigns.queries import CAMPAIGNS
from services.grid.campaigns.schemas import CampaignLine
from services.grid.demolitions.queries import DEMOLITIONS
from services.grid.demolitions.schemas import DemolitionLine
from services.grid.device.models import follow
from services.grid.errands.queries import ERRANDS
from services.grid.errands.schemas import ErrandBrief
from services.grid.households.models import Household
from services.grid.links.models import Handover
from services.grid.materials.queries import ENTRIES, ITEMS
from services.grid.materials.schemas import EntryLine, ItemLine
from services.grid.members.models import Member
from services.grid.organisations.queries import ORGANISATIONS
from services.grid.organisations.schemas import OrganisationLine
from services.grid.patrols.queries import PATROLS
from services.grid.patrols.schemas import PatrolLine
from services.grid.policy import POLICY
from services.grid.reports.queries import REPORTS
from services.grid.reports.schemas import ReportLine
from services.grid.subject_requests.models import SubjectRequest
from services.grid.surveys.queries import SURVEYS
from services.grid.surveys.schemas import SurveyLine
from services.grid.tasks.queries import ITEMS as TASK_ITEMS
from services.grid.tasks.queries import ORDERS
from services.grid.tasks.schemas import ItemLine as TaskLine
from services.grid.tasks.schemas import OrderLine
from services.grid.visit_tasks.models import VisitTask
from services.grid.visits.models import Visit


class Followed(NamedTuple):
    """A noun, its line as lists show it, and the permission that reading it takes. Its table has the triggers of
    `watching`, which name every column that `noun.visible` asks."""

    noun: Noun[Any]
    line: type[BaseModel]
    permission: str

    def seen(self, caller: Caller) -> ColumnElement[bool]:
        return self.noun.visible(caller) if allows(POLICY, caller, self.permission) else false()


FOLLOWED = {
    noun.name: Followed(noun, line, permission)
    for noun, line, permission in (
        (AREAS, AreaLine, "area.read"),
        (ORGANISATIONS, OrganisationLine, "area.read"),
        (CAMPAIGNS, CampaignLine, "campaign.read"),
        (ITEMS, ItemLine, "material.read"),
        (SURVEYS, SurveyLine, "survey.read"),
        (REPORTS, ReportLine, "report.read"),
        (PATROLS, PatrolLine, "patrol.read"),
        (DEMOLITIONS, DemolitionLine, "demolition.read"),
        (ENTRIES, EntryLine, "material.read"),
        (ORDERS, OrderLine, "task.read"),
        (TASK_ITEMS, TaskLine, "task.read"),
        (ERRANDS, ErrandBrief, "errand.read"),
    )
}
_inbox = (SubjectRequest, VisitTask)
_duty = (Handover, Household, Member, Visit)
for _model in (*(followed.noun.model for followed in FOLLOWED.values()), *_inbox, *_duty):
    follow(_model.__table__)  # type: ignore[attr-defined]
