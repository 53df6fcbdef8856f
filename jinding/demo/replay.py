"""Sends the year through the gateway: batches side by side, every failure retried under the same keys."""

import asyncio
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
from pydantic_core import from_json, to_json

from jinding.demo.phases import Phases, named
from jinding.demo.plan import Item, Stage
from jinding.refusal import Refusal
from services.chassis.http.edge import PART

AT_ONCE = 2
PATIENCE_SECONDS = 180.0
DONE = {"applied", "duplicate"}
JSON = {"Content-Type": "application/json"}
TRY_AGAIN = {"still_running", "busy", "database_unavailable"}


@dataclass(frozen=True)
class Replay:
    """`tick(service, n)` is told of every n items that are done."""

    client: httpx.AsyncClient
    imports: dict[str, UUID]
    tick: Callable[[str, int], None]
    phases: Phases

    async def run(self, stage: Stage) -> None:
        """All lives of a stage; returns when each item is applied."""
        with self.phases.phase(named(stage), stage.size):
            await self._run(stage)

    async def _run(self, stage: Stage) -> None:
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(chunk: list[Item]) -> None:
            async with gate:
                await self._chunk(stage, chunk)

        async with asyncio.TaskGroup() as group:
            for chunk in stage.chunks():
                group.create_task(one(chunk))
        async with asyncio.TaskGroup() as group:
            for id_, content in stage.files.items():
                group.create_task(self._file(gate, stage.service, id_, content))

    async def _file(self, gate: asyncio.Semaphore, service: str, id_: str, content: bytes) -> None:
        """A small file, whole."""
        path, headers = f"/v1/{service}/attachments/{id_}", {"Upload-Offset": "0"}
        headers |= {"Content-Type": PART}
        async with gate:
            answer = await self._answered("PATCH", path, content=content, headers=headers)
        if answer.json()["state"] != "COMPLETE":
            raise Refusal(f"附件未被接受：{answer.text}", f"A file was not taken: {answer.text}")

    async def _chunk(self, stage: Stage, chunk: list[Item]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while chunk:
            body = {"import_batch": str(self.imports[stage.service]), "items": chunk}
            answer = await self.send("POST", f"/v1/{stage.service}/batch", body)
            results: Sequence[dict[str, Any]] = from_json(answer.content)["results"]
            pairs = zip(chunk, results, strict=True)
            undone = [(item, result) for item, result in pairs if result["outcome"] not in DONE]
            self.tick(stage.service, len(chunk) - len(undone))
            final = [pair for pair in undone if _is_final(pair[1], stage)]
            if undone and (final or time.monotonic() > deadline):
                item, result = (final or undone)[0]
                raise Refusal(
                    f"{item['operation']} 未被接受：{result}", f"{item} was not taken: {result}"
                )
            chunk = [item for item, _ in undone]
            if undone:
                await asyncio.sleep(0.5)

    async def send(self, method: str, path: str, body: Any = None, **query: Any) -> httpx.Response:
        """One request with a body of JSON."""
        content = None if body is None else to_json(body)
        return await self._answered(
            method, path, content=content, headers=JSON, params=query or None
        )

    async def _answered(self, method: str, path: str, **told: Any) -> httpx.Response:
        """One request, until it is answered: a restarting service only costs time."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while True:
            try:
                answer = await self.client.request(method, path, **told)
            except httpx.TransportError as error:
                if time.monotonic() > deadline:
                    raise Refusal(
                        "网关没有应答。", f"The gateway does not answer: {error}"
                    ) from error
            else:
                if answer.is_success:
                    return answer
                if answer.status_code not in (429, 502, 503) or time.monotonic() > deadline:
                    raise Refusal(
                        f"网关拒绝了请求：{answer.text}", f"The gateway refused: {answer.text}"
                    )
            await asyncio.sleep(0.3)


def _is_final(result: dict[str, Any], stage: Stage) -> bool:
    """Whether the item will never be done; a patient stage waits for what others must do first."""
    return not stage.patient and result.get("code") not in TRY_AGAIN
