"""`jinding erase`: a person is erased in every service, from the request to the last confirmation."""

import os
import time
from collections.abc import Callable
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console

from jinding.deadletters import PLAIN, whoever
from jinding.door import Door, Gateway, door_of
from jinding.plainly import load_settings, plainly
from jinding.refusal import Refusal
from jinding.settings import Settings
from services.contracts.roles import DISTRICT_OPERATOR, PRIVACY_OFFICER

REQUESTS = "/v1/grid/subject-requests"
TOKEN = "JINDING_TOKEN"  # noqa: S105 - the name of a variable
LOOK_SECONDS = 0.5
console = Console()
Say = Callable[[str], None]


@plainly
def erase(
    request: Annotated[
        UUID | None,
        typer.Argument(help="权利请求的 id · of the request; asks for the person if absent"),
    ] = None,
    area: Annotated[str, typer.Option(help="区县代码 · code of the district")] = "",
    yes: Annotated[bool, typer.Option("--yes", help="不再询问 · do not ask")] = False,
    patience: Annotated[float, typer.Option(help="等待秒数 · seconds to wait")] = 600.0,
    subject: Annotated[str | None, typer.Option(help="以谁的名义 · in whose name")] = None,
) -> None:
    """删除一个人的个人信息，直到各服务确认 · Erase a person, until every service has confirmed it."""
    desk = Desk(_door(load_settings(), area, subject or whoever()))
    if request is None:
        request = desk.received(area, **_asked())
    if not yes:
        typer.confirm(
            "身份已核验，删除后不可恢复，继续？ · Identity checked; it cannot be undone. Go on?",
            abort=True,
        )
    desk.erase(request, patience, lambda line: console.print(line, **PLAIN))


def _door(settings: Settings, area: str, subject: str) -> Door:
    if token := os.environ.get(TOKEN):
        return Gateway(settings.gateway_url, token)
    if not area:
        raise Refusal(
            f"请用 --area 指明区县，或以 {TOKEN} 提供令牌。",
            f"Name the district by --area, or give a token by {TOKEN}.",
        )
    return door_of(settings, [PRIVACY_OFFICER, DISTRICT_OPERATOR], [area], subject)


def _asked() -> dict[str, str]:
    """Typed without echo: neither the screen nor the shell's history keeps it."""
    told = {
        "name": typer.prompt("姓名 · name", hide_input=True),
        "resident_id": typer.prompt(
            "公民身份号码 · resident ID", "", hide_input=True, show_default=False
        ),
        "phone": typer.prompt("电话 · telephone", "", hide_input=True, show_default=False),
    }
    return {field: value for field, value in told.items() if value}


class Desk:
    """The desk for people's rights, behind `door`."""

    def __init__(self, door: Door) -> None:
        self.door = door

    def received(self, area: str, **person: str) -> UUID:
        """A new request for erasure; its id."""
        body = {"area_code": area, "kind": "ERASURE", **person}
        return UUID(self.door.ask("POST", REQUESTS, body).accepted()["id"])

    def erase(self, request: UUID, patience: float, say: Say) -> None:
        """Bring the request to its end, wherever it stands. Refuses where a service does not confirm in time."""
        known = self._read(request)
        if known["kind"] != "ERASURE":
            raise Refusal(
                f"{known['number']} 不是删除请求。", f"{known['number']} is no request for erasure."
            )
        for status, step in (("RECEIVED", "verify"), ("VERIFIED", "erase")):
            if known["status"] == status:
                self._step(known, step)
                known = self._read(request)
        if known["status"] not in ("ERASING", "DONE"):
            raise Refusal(
                f"请求 {known['number']} 的状态为 {known['status']}，不能删除。",
                f"The request {known['number']} is {known['status']}: nothing is erased.",
            )
        self._watch(request, time.monotonic() + patience, say)

    def _watch(self, request: UUID, until: float, say: Say) -> None:
        told: set[str] = set()
        while True:
            known = self._read(request)
            for confirmation in known["confirmations"]:
                if confirmation["keeper"] not in told:
                    told.add(confirmation["keeper"])
                    say(_line(confirmation))
            if not known["waits_for"]:
                say(f"{known['number']}: 已办结 · done")
                return
            if time.monotonic() > until:
                names = ", ".join(known["waits_for"])
                raise Refusal(f"尚未确认：{names}。", f"Not confirmed yet: {names}.")
            time.sleep(LOOK_SECONDS)

    def _read(self, request: UUID) -> dict[str, Any]:
        return self.door.ask("GET", f"{REQUESTS}/{request}").accepted()

    def _step(self, known: dict[str, Any], step: str) -> None:
        match = f'"{known["version"]}"'
        self.door.ask("POST", f"{REQUESTS}/{known['id']}/{step}", {}, match).accepted()


def _line(confirmation: dict[str, Any]) -> str:
    told = "{keeper}: 已删除 · erased {erased}, 依规保留 · held {held}".format(**confirmation)
    return " ".join([told, *confirmation["rules"]])
