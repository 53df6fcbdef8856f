"""The training service (安全培训): sessions, trainees, attendances, certificates."""

from fastapi import FastAPI

from services.chassis import collector
from services.chassis.runtime import Definition
from services.chassis.service import create_service
from services.chassis.settings import ServiceSettings
from services.training.attendances.queries import ATTENDANCES
from services.training.attendances.router import router as attendances
from services.training.certificates.queries import CERTIFICATES
from services.training.certificates.router import router as certificates
from services.training.policy import POLICY
from services.training.sessions.queries import SESSIONS
from services.training.sessions.router import router as sessions
from services.training.subscriptions import ERASURES, SUBSCRIPTIONS
from services.training.trainees.queries import TRAINEES
from services.training.trainees.router import router as trainees

DEFINITION = Definition(
    "training", POLICY, (SESSIONS, TRAINEES, ATTENDANCES, CERTIFICATES, ERASURES), SUBSCRIPTIONS
)


def create_app(settings: ServiceSettings) -> FastAPI:
    return create_service(DEFINITION, settings, (sessions, trainees, attendances, certificates))


def create() -> FastAPI:
    """For `uvicorn --factory`: settings from the environment."""
    app = create_app(ServiceSettings())
    collector.spare()
    return app
