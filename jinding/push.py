"""`jinding partners push` and `deliveries`: telling an agency that there is news."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Annotated, TypeVar

import typer
from rich.console import Console

from jinding.deadletters import PLAIN, whoever
from jinding.partners import Agency, Subject, in_the_name_of, partners
from jinding.plainly import load_settings, plainly, settings_of, until_told
from jinding.refusal import Refusal
from services.gateway.agencies.addresses import PushSettings
from services.gateway.agencies.outward import AddressRefused, UrlRefused, checked
from services.gateway.agencies.push import DeliveryOut, Pushes, PushOut

T = TypeVar("T")
console = Console()


@plainly
def push(
    agency: Agency,
    url: Annotated[str | None, typer.Option(help="通知地址 · where: https://…")] = None,
    off: Annotated[bool, typer.Option("--off", help="不再通知 · no more")] = False,
    rotate: Annotated[bool, typer.Option("--rotate", help="更换密钥 · a new secret")] = False,
    overlap_hours: Annotated[int, typer.Option(min=0, help="旧密钥还签 · of the old one")] = 24,
    subject: Subject = None,
) -> None:
    """设置、恢复、关闭新事件通知，或更换其密钥（只显示这一次）· Set, resume or end notices of news; a secret is shown once."""
    if [url is not None, off, rotate].count(True) != 1:
        raise Refusal(
            "请指定 --url、--off、--rotate 之一。", "Name one of --url, --off and --rotate."
        )
    secret = None
    if url is not None:
        where = _checked(url)
        secret = _by(subject, lambda by: by.to(agency, where))
    elif rotate:
        overlap = timedelta(hours=overlap_hours)
        secret = _by(subject, lambda by: by.rotate(agency, overlap))
    else:
        _by(subject, lambda by: by.off(agency))
    console.print(f"{agency}: {'已关闭 · off' if off else '已设置 · set'}", **PLAIN)
    if secret:
        console.print("以下内容只显示这一次 · shown only this once", **PLAIN)
        console.print(f"secret: {secret}", **PLAIN)


@plainly
def deliveries(agency: Agency, limit: Annotated[int, typer.Option(min=1, max=1000)] = 20) -> None:
    """新事件通知的状况与最近的投递 · How an agency's notices are, and the newest attempts."""
    now, attempts = _by(None, lambda by: by.all(agency, limit), writes=False)
    console.print(_told(agency, now), **PLAIN)
    for attempt in attempts:
        console.print(_line(attempt), **PLAIN)


def _told(agency: str, push: PushOut | None) -> str:
    if push is None:
        return f"{agency}: 未设置通知 · no notices"
    told = f"{agency}: {push.state} {push.url} {push.state_at}"
    if push.unconfirmed_since:
        told += f"\n    未确认 · unconfirmed {push.unconfirmed_since} attempts={push.attempts} next={push.next_at}"
    return told


def _line(attempt: DeliveryOut) -> str:
    answer = attempt.status or attempt.fault
    return f"    {attempt.at} {attempt.notice} #{attempt.attempt} {answer} {attempt.ms} ms"


def _checked(url: str) -> str:
    try:
        settings = settings_of(PushSettings)
        return str(checked(url, settings.push_ports, settings.push_networks))
    except (UrlRefused, AddressRefused) as refused:
        raise Refusal(refused.zh, refused.en) from refused


def _by(subject: str | None, act: Callable[[Pushes], Awaitable[T]], *, writes: bool = True) -> T:
    done: list[T] = []
    by_whom = in_the_name_of(subject) if writes else whoever()

    async def acted() -> None:
        async with partners(load_settings(), by_whom) as by:
            done.append(await act(Pushes(by.audit, by.by)))

    until_told(acted())
    if not done:  # Ctrl-C
        raise typer.Abort
    return done[0]
