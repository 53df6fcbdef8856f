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
from services.grid.categories.router import router as categories
from services.grid.demolitions.queries import DEMOLITIONS
from services.grid.demolitions.router import router as demolitions
from services.grid.device.router import router as device
from services.grid.duplicates.router import router as duplicates
from services.grid.duty.queries import DUTY_WEEKS
from services.grid.duty.router import router as duty
from services.grid.errands.queries import ERRANDS
from services.grid.errands.router import router as errands
from services.grid.households.queries import HOUSEHOLDS
from services.grid.households.router import router as households
from services.grid.inbox.router import router as inbox
from services.grid.key_persons.queries import KEY_PERSONS
from services.grid.key_persons.router import router as key_persons
from services.grid.limits.router import router as limits
from services.grid.links.queries import HANDOVERS
from services.grid.links.router import router as links
from services.grid.lookups.router import public as progress
from services.grid.lookups.router import router as lookups
from services.grid.mappings.router import router as mappings
from services.grid.materials.queries import ENTRIES, ITEMS
from services.grid.materials.router import router as materials
from services.grid.members.queries import MEMBERS
from services.grid.members.router import router as members
from services.grid.micro_grids.queries import MICRO_GRIDS
from services.grid.micro_grids.router import router as micro_grids
from services.grid.organisations.queries import ORGANISATIONS
from services.grid.organisations.router import router as organisations
from services.grid.parked.custody import ward
from services.grid.parked.router import router as parked
from services.grid.patrols.queries import PATROLS
from services.grid.patrols.router import router as patrols
from services.grid.points.router import router as points
from services.grid.policy import POLICY
from services.grid.populations.queries import POPULATIONS
from services.grid.populations.router import router as populations
from services.grid.redraws.router import router as redraws
from services.grid.reports.content.router import router as content
from services.grid.reports.handling.router import router as handling
from services.grid.reports.outcome.router import router as outcome
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
from services.grid.visit_tasks.queries import VISIT_TASKS
from services.grid.visit_tasks.router import router as visit_tasks
from services.grid.visits.queries import VISITS
from services.grid.visits.router import router as visits

OUTREACH = (CAMPAIGNS, PATROLS, DEMOLITIONS, ITEMS, ENTRIES, SURVEYS, ISSUES, RETURNS)
SPACE = (MICRO_GRIDS, POPULATIONS)
PEOPLE = (MEMBERS, HOUSEHOLDS, HANDOVERS, VISITS, VISIT_TASKS, DUTY_WEEKS)
HELP = (ERRANDS, ADMISSIONS, ORDERS, TASK_ITEMS)
OF_GRIDS = (*OUTREACH, *SPACE, *PEOPLE, *HELP)
NOUNS = (AREAS, ORGANISATIONS, REPORTS, *OF_GRIDS, KEY_PERSONS, REQUESTS, ERASURES)
FIELD = (campaigns, patrols, demolitions, materials, surveys)
PLACES = (areas, redraws, micro_grids, populations, organisations)
VISITING = (members, households, links, visits, visit_tasks, duty)
HELPING = (errands, tasks.admissions, tasks.orders, tasks.items)
LIFE = (reports, handling, outcome)
DEVICE = (device, parked, inbox)
AROUND = (content, categories, duplicates, limits, lookups, mappings, points, progress)
HERE = (*LIFE, *AROUND, *PLACES, *FIELD, *VISITING, *HELPING, *DEVICE)
ROUTERS = (*HERE, key_persons, requests, copies)
DEFINITION = Definition("grid", POLICY, NOUNS, SUBSCRIPTIONS, ward)


def create_app(settings: ServiceSettings) -> FastAPI:
    return create_service(DEFINITION, settings, ROUTERS)


def create() -> FastAPI:
    """For `uvicorn --factory`: settings from the environment."""
    app = create_app(ServiceSettings())
    collector.spare()
    return app
