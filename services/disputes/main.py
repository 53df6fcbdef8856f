"""The disputes service (矛盾纠纷化解): cases, receptions, service groups."""

from fastapi import FastAPI

from services.chassis import collector
from services.chassis.runtime import Definition
from services.chassis.service import create_service
from services.chassis.settings import ServiceSettings
from services.disputes.cases.queries import CASES
from services.disputes.cases.router import router as cases
from services.disputes.groups.queries import GROUPS
from services.disputes.groups.router import router as groups
from services.disputes.policy import POLICY
from services.disputes.receptions.queries import RECEPTIONS
from services.disputes.receptions.router import router as receptions
from services.disputes.subscriptions import ERASURES, SUBSCRIPTIONS

DEFINITION = Definition("disputes", POLICY, (CASES, RECEPTIONS, GROUPS, ERASURES), SUBSCRIPTIONS)


def create_app(settings: ServiceSettings) -> FastAPI:
    return create_service(DEFINITION, settings, (cases, receptions, groups))


def create() -> FastAPI:
    """For `uvicorn --factory`: settings from the environment."""
    app = create_app(ServiceSettings())
    collector.spare()
    return app
