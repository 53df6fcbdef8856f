"""Asking grid how a report is going; every answer takes as long as any other."""

import asyncio
from datetime import date
from time import monotonic

import aiohttp
from pydantic import BaseModel, ConfigDict, Field

from services.chassis.errors import NotFound
from services.chassis.identity.caller import job
from services.chassis.identity.internal_token import INTERNAL_TOKEN_HEADER
from services.gateway.edge.guard import Gateway
from services.gateway.projections.snapshots import ServiceUnreachable

FLOOR_SECONDS = 0.2
"""No answer comes before: whether a code is known cannot be told from the time that it took."""
WITHIN = aiohttp.ClientTimeout(total=5)


class ProgressIn(BaseModel):
    """`code`: as it was told, in any case, with or without hyphens. It stands in the body: addresses are kept in logs."""

    model_config = ConfigDict(extra="forbid")

    code: str = Field(max_length=60, examples=["7K3M-9XQ2-HV4D"])


class ProgressLabel(BaseModel):
    code: str
    zh: str
    en: str


class ProgressOut(BaseModel):
    """How far a report is: status, dates, what follows, and nothing else."""

    status: ProgressLabel
    next_step: ProgressLabel
    reported_on: date
    accepted_on: date | None
    due_on: date | None
    resolved_on: date | None
    closed_on: date | None


async def progress(held: Gateway, code: str) -> ProgressOut:
    """`NotFound` for a code that stands for nothing, or no more."""
    began = monotonic()
    try:
        return await _asked(held, code)
    finally:
        await asyncio.sleep(max(0.0, began + FLOOR_SECONDS - monotonic()))


async def _asked(held: Gateway, code: str) -> ProgressOut:
    url = f"{held.services.urls['grid']}/internal/reports/progress"
    headers = {INTERNAL_TOKEN_HEADER: held.signer.sign(job("gateway"))}
    try:
        async with held.session.post(
            url, headers=headers, json={"code": code}, timeout=WITHIN, allow_redirects=False
        ) as answer:
            if answer.status == NotFound.status:
                raise NotFound
            answer.raise_for_status()
            return ProgressOut.model_validate(await answer.json())
    except (aiohttp.ClientError, TimeoutError, OSError) as error:
        raise ServiceUnreachable("grid") from error
