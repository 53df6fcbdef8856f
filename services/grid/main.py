"""The grid service (网格管理): areas, organisations, reports, requests about personal data."""

from fastapi import FastAPI

from services.chassis import collector
from services.chassis.runtime import Definition
from services.chassis.service import create_service
from services.chassis.settings import ServiceSettings
from services.grid.areas.queries import AREAS
from services.grid.areas.router import router as areas
from services.grid.organisations.queries import ORGANISATIONS
from services.grid.organisations.router import router as organisations
from services.grid.policy import POLICY
from services.grid.reports.queries import REPORTS
from services.grid.reports.router import router as reports
from services.grid.subject_requests.queries import REQUESTS
from services.grid.subject_requests.router import copies
from services.grid.subject_requests.router import router as requests
from services.grid.subscriptions import ERASURES, SUBSCRIPTIONS

DEFINITION = Definition(
    "grid", POLICY, (AREAS, ORGANISATIONS, REPORTS, REQUESTS, ERASURES), SUBSCRIPTIONS
)


def create_app(settings: ServiceSettings) -> FastAPI:
    return create_service(DEFINITION, settings, (reports, areas, organisations, requests, copies))


def create() -> FastAPI:
    """For `uvicorn --factory`: settings from the environment."""
    app = create_app(ServiceSettings())
    collector.spare()
    return app
