"""The inspection service (安全生产体检站): enterprises, hazards, check-up reports."""

from fastapi import FastAPI

from services.chassis import collector
from services.chassis.runtime import Definition
from services.chassis.service import create_service
from services.chassis.settings import ServiceSettings
from services.inspection.enterprises.queries import ENTERPRISES
from services.inspection.enterprises.router import router as enterprises
from services.inspection.hazards.queries import HAZARDS
from services.inspection.hazards.router import router as hazards
from services.inspection.policy import POLICY
from services.inspection.reports.queries import CHECKUP_REPORTS
from services.inspection.reports.router import router as reports
from services.inspection.subscriptions import ERASURES, SUBSCRIPTIONS

DEFINITION = Definition(
    "inspection", POLICY, (ENTERPRISES, HAZARDS, CHECKUP_REPORTS, ERASURES), SUBSCRIPTIONS
)


def create_app(settings: ServiceSettings) -> FastAPI:
    return create_service(DEFINITION, settings, (enterprises, hazards, reports))


def create() -> FastAPI:
    """For `uvicorn --factory`: settings from the environment."""
    app = create_app(ServiceSettings())
    collector.spare()
    return app
