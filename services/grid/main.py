"""The grid service (网格管理): areas, organisations, reports, the work in the field, requests about personal data."""

from fastapi import FastAPI

from services.chassis import collector
from services.chassis.runtime import Definition
from services.chassis.service import create_service
from services.chassis.settings import ServiceSettings
from services.grid.areas.queries import AREAS
from services.grid.areas.router import router as areas
from services.grid.campaigns.queries import CAMPAIGNS
from services.grid.campaigns.router import router as campaigns
from services.grid.demolitions.queries import DEMOLITIONS
from services.grid.demolitions.router import router as demolitions
from services.grid.errands.queries import ERRANDS
from services.grid.errands.router import router as errands
from services.grid.key_persons.queries import KEY_PERSONS
from services.grid.key_persons.router import router as key_persons
from services.grid.materials.queries import ENTRIES, ITEMS
from services.grid.materials.router import router as materials
from services.grid.organisations.queries import ORGANISATIONS
from services.grid.organisations.router import router as organisations
from services.grid.patrols.queries import PATROLS
from services.grid.patrols.router import router as patrols
from services.grid.policy import POLICY
from services.grid.reports.queries import REPORTS
from services.grid.reports.router import router as reports
from services.grid.subject_requests.queries import REQUESTS
from services.grid.subject_requests.router import copies
from services.grid.subject_requests.router import router as requests
from services.grid.subscriptions import ERASURES, SUBSCRIPTIONS
from services.grid.surveys.queries import ISSUES, RETURNS, SURVEYS
from services.grid.surveys.router import router as surveys
from services.grid.tasks import router as tasks
from services.grid.tasks.queries import ADMISSIONS, ORDERS
from services.grid.tasks.queries import ITEMS as TASK_ITEMS

OUTREACH = (CAMPAIGNS, PATROLS, DEMOLITIONS, ITEMS, ENTRIES, SURVEYS, ISSUES, RETURNS)
HELP = (ERRANDS, ADMISSIONS, ORDERS, TASK_ITEMS)
NOUNS = (AREAS, ORGANISATIONS, REPORTS, *OUTREACH, *HELP, KEY_PERSONS, REQUESTS, ERASURES)
FIELD = (campaigns, patrols, demolitions, materials, surveys)
HELPING = (errands, tasks.admissions, tasks.orders, tasks.items)
ROUTERS = (reports, areas, organisations, *FIELD, *HELPING, key_persons, requests, copies)
DEFINITION = Definition("grid", POLICY, NOUNS, SUBSCRIPTIONS)


def create_app(settings: ServiceSettings) -> FastAPI:
    return create_service(DEFINITION, settings, ROUTERS)


def create() -> FastAPI:
    """For `uvicorn --factory`: settings from the environment."""
    app = create_app(ServiceSettings())
    collector.spare()
    return app
