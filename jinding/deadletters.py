"""Dead letters and parked events of all services and the gateway, by the same API as everybody's."""

import getpass
from collections.abc import Iterator
from typing import Any, Literal, NamedTuple

from rich.console import Console

from jinding.door import Door, door_of
from jinding.processes import SERVICES
from jinding.refusal import Refusal
from jinding.settings import Settings
from services.contracts.roles import OPERATOR

PLAIN: dict[str, Any] = {"highlight": False, "markup": False, "soft_wrap": True}
UNKNOWN = "cli"
Step = Literal["retry", "discard"]
LETTERS: dict[str, str] = {
    name: "/v1/dead-letters" if name == "gateway" else f"/v1/{name}/dead-letters"
    for name in SERVICES
}
PARKED: dict[str, str] = {
    name: f"/v1/{name}/parked-events" for name in SERVICES if name != "gateway"
}


class Open(NamedTuple):
    """What was found, and which services did not answer."""

    letters: list[dict[str, Any]]
    parked: list[dict[str, Any]]
    away: list[str]


def whoever() -> str:
    """Who is at the keyboard, as the system knows them."""
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a container that does not know its user
        return UNKNOWN


class Operator:
    """Asks at `door`."""

    def __init__(self, door: Door) -> None:
        self.door = door

    def open(self) -> Open:
        away: list[str] = []
        letters = list(self._items(LETTERS, away))
        parked = list(self._items(PARKED, away))
        return Open(letters, parked, list(dict.fromkeys(away)))

    def _items(self, places: dict[str, str], away: list[str]) -> Iterator[dict[str, Any]]:
        for name, path in places.items():
            answer = self.door.ask("GET", path)
            if answer.status == 503:
                away.append(name)
            else:
                yield from ({"owner": name, **item} for item in answer.accepted()["items"])

    def settle(self, letter: str, step: Step) -> str:
        """Retry or discard the letter; whose it was."""
        away: list[str] = []
        for name, path in LETTERS.items():
            answer = self.door.ask("POST", f"{path}/{letter}/{step}")
            if answer.status == 503:
                away.append(f"{name}: {answer.reason}")
            elif answer.status == 409:
                raise Refusal(f"{name} 的死信 {letter} 仍未处理。", f"{name}: {answer.reason}")
            elif answer.status != 404:
                answer.accepted()
                return name
        if away:
            told = " ".join(away)
            raise Refusal(
                f"死信 {letter} 未处理：有服务暂时无法访问。", f"{letter} is not settled. {told}"
            )
        raise Refusal(f"没有未处理的死信 {letter}。", f"There is no open dead letter {letter}.")


def operator(settings: Settings, subject: str | None) -> Operator:
    """In the name of `subject`, or of whoever is at the keyboard."""
    return Operator(door_of(settings, [OPERATOR], [], subject or whoever()))


def show(found: Open, console: Console) -> None:
    """A line each, to be searched and cut; a table would break the ids."""
    for item in found.letters:
        where = "{topic}/{partition}/{offset}".format(**item)
        console.print("{id} {owner} {consumer}".format(**item), where, item["type"], **PLAIN)
        console.print("    {parked_at} {reason}".format(**item), **PLAIN)
    for item in found.parked:
        where = "{owner} {topic} {aggregate_id}/{version} {type}".format(**item)
        console.print(f"未能发布 · parked: {item['id']} {where}", **PLAIN)
        console.print("    {created_at} {reason}".format(**item), **PLAIN)
    letters, parked = len(found.letters), len(found.parked)
    told = (
        f"死信 {letters} 件，未能发布 {parked} 件 · {letters} dead letters, {parked} parked events"
    )
    console.print(told, **PLAIN)
    for name in found.away:
        console.print(f"{name} 暂时无法访问 · cannot be reached", **PLAIN)
