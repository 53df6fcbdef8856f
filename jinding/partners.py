"""`jinding partners`: which agencies may read which events."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated, Any, TypeVar

import typer
from rich.console import Console

from jinding.auditing.keys import audit_of
from jinding.beside import beside
from jinding.deadletters import PLAIN, whoever
from jinding.plainly import load_settings, plainly, settings_of, until_told
from jinding.refusal import Refusal
from jinding.settings import Settings
from services.chassis.database import Database
from services.chassis.errors import Refusal as Refused
from services.gateway.agencies.kafka import KafkaAgencies
from services.gateway.agencies.partners import Partners, Secrets
from services.gateway.agencies.scope import Scope

T = TypeVar("T")
app = typer.Typer(help="协作单位 · partner agencies", no_args_is_help=True)
console = Console()

Agency = Annotated[str, typer.Argument(help="单位代码 · its id: a-z 0-9 -")]
Topics = Annotated[str, typer.Option(help="主题，以逗号分隔 · separated by commas")]
Areas = Annotated[str, typer.Option(help="区划前缀；空为不限 · prefixes; none: everywhere")]
Categories = Annotated[str, typer.Option(help="事件分类；空为不限 · of reports; none: all")]
Types = Annotated[str, typer.Option(help="事件类型；空为不限 · of events; none: all")]
Why = Annotated[str, typer.Option(help="依据，保存三年 · kept for three years")]
Subject = Annotated[str | None, typer.Option(help="以谁的名义 · in whose name")]


@app.command()
@plainly
def add(
    agency: Agency,
    topics: Topics,
    why: Why,
    name_zh: Annotated[str, typer.Option(help="中文名称")],
    name_en: Annotated[str, typer.Option(help="name in English")],
    areas: Areas = "",
    categories: Categories = "",
    types: Types = "",
    client_id: Annotated[str | None, typer.Option(help="签发方的客户端 · at the issuer")] = None,
    subject: Subject = None,
) -> None:
    """登记单位并授权；密钥只显示这一次 · Add an agency with its first grant; its key is shown once."""
    scope = _scope(topics, areas, categories, types)
    made = _by(subject, lambda by: by.add(agency, name_zh, name_en, scope, why, client_id))
    _show_secrets(agency, made)


@app.command()
@plainly
def grant(
    agency: Agency,
    topics: Topics,
    why: Why,
    areas: Areas = "",
    categories: Categories = "",
    types: Types = "",
    days: Annotated[int | None, typer.Option(min=1, help="有效天数 · ends after")] = None,
    subject: Subject = None,
) -> None:
    """增加一项授权 · Grant more, beside what is granted."""
    scope = _scope(topics, areas, categories, types)
    lifetime = timedelta(days=days) if days else None
    readable = _by(subject, lambda by: by.grant(agency, scope, why, lifetime))
    console.print(f"{agency}: 已授权 · granted", **PLAIN)
    _show_topics(readable)


@app.command()
@plainly
def narrow(
    agency: Agency,
    topics: Topics,
    why: Why,
    areas: Areas = "",
    categories: Categories = "",
    types: Types = "",
    subject: Subject = None,
) -> None:
    """收窄为这一项授权 · End what is granted; this part of it is granted instead."""
    scope = _scope(topics, areas, categories, types)
    readable = _by(subject, lambda by: by.narrow(agency, scope, why))
    console.print(f"{agency}: 已收窄 · narrowed", **PLAIN)
    _show_topics(readable)


@app.command()
@plainly
def revoke(agency: Agency, why: Why, subject: Subject = None) -> None:
    """立即终止全部授权与密钥 · End all grants and keys at once."""
    _by(subject, lambda by: by.revoke(agency, why))
    console.print(f"{agency}: 已终止 · revoked", **PLAIN)


@app.command()
@plainly
def key(
    agency: Agency,
    days: Annotated[int, typer.Option(min=1, max=3650, help="有效天数 · lifetime")] = 365,
    overlap_hours: Annotated[int, typer.Option(min=0, help="旧密钥还可用 · of older keys")] = 168,
    subject: Subject = None,
) -> None:
    """更换密钥，只显示这一次 · A new API key, shown once; older ones end after the overlap."""
    times = timedelta(days=days), timedelta(hours=overlap_hours)
    _show_secrets(agency, Secrets(key=_by(subject, lambda by: by.key(agency, *times))))


@app.command()
@plainly
def sync(subject: Subject = None) -> None:
    """使 Kafka 与登记一致；Kafka 中已不存在的密码重新签发，只显示这一次 · Make Kafka what is on record (after `jinding topics`)."""
    issued = _by(subject, lambda by: by.sync())
    for agency, made in issued.items():
        _show_secrets(agency, made)
    console.print(f"已一致，新发密码 {len(issued)} 个 · in agreement; new passwords", **PLAIN)


@app.command("list")
@plainly
def list_partners(agency: Annotated[str | None, typer.Argument()] = None) -> None:
    """列出单位与授权（含已终止的）· List agencies and their grants, ended ones too."""
    rows: list[dict[str, Any]] = _by(None, lambda by: by.all(agency))
    for number, row in enumerate(rows):
        if not number or rows[number - 1]["agency"] != row["agency"]:
            told = "{agency} {name_zh} {name_en} client={client_id} keys={keys}"
            console.print(told.format(**row), **PLAIN)
        if row["topics"]:
            _show_grant(row)


def _show_grant(row: dict[str, Any]) -> None:
    state = "有效 in force" if row["in_force"] else "已终止 ended"
    console.print(f"    {state}", *row["topics"], **PLAIN)
    for name in ("areas", "categories", "types"):
        if row[name]:
            console.print(f"        {name}", *row[name], **PLAIN)
    console.print("        {since} – {until} {granted_by}: {why}".format(**row), **PLAIN)
    if row["ended_at"]:
        console.print("        {ended_at} {ended_by}: {ended_why}".format(**row), **PLAIN)


def _show_secrets(agency: str, made: Secrets) -> None:
    console.print("以下内容只显示这一次 · shown only this once", **PLAIN)
    console.print(f"agency: {agency}", **PLAIN)
    if made.key:
        console.print(f"key: {made.key}", **PLAIN)
    if made.password:
        console.print(f"kafka user: agency-{agency}", **PLAIN)
        console.print(f"kafka password: {made.password}", **PLAIN)
        told = f"kafka: SASL_SSL, SCRAM-SHA-512, group.id agency-{agency}.…"
        console.print(told, **PLAIN)
        _show_topics(made.topics)


def _show_topics(topics: Sequence[str]) -> None:
    if topics:
        console.print("kafka topics:", *topics, **PLAIN)


def _scope(topics: str, areas: str, categories: str, types: str) -> Scope:
    return Scope(*map(_codes, (topics, areas, categories, types)))


def _codes(text: str) -> tuple[str, ...]:
    return tuple(code.strip() for code in text.split(",") if code.strip())


def _by(subject: str | None, act: Callable[[Partners], Awaitable[T]]) -> T:
    done: list[T] = []

    async def acted() -> None:
        async with partners(load_settings(), subject or whoever()) as by:
            done.append(await act(by))

    until_told(acted())
    if not done:  # Ctrl-C
        raise typer.Abort
    return done[0]


@asynccontextmanager
async def partners(settings: Settings, by: str) -> AsyncIterator[Partners]:
    """On the gateway's database, whether the system runs or not."""
    async with beside(settings) as databases:
        database = Database(databases.url("gateway"), 2)
        try:
            yield Partners(audit_of("gateway", settings, database), by, kafka(settings))
        except Refused as refused:
            raise Refusal(refused.zh, refused.en) from refused
        finally:
            await database.close()


def kafka(settings: Settings) -> KafkaAgencies | None:
    """Who tells Kafka of agencies; nobody where its administrator is not known."""
    if settings.kafka_admin_password_file is None:
        return None
    from jinding.kafka.agencies import KafkaAgencies as Administrator  # noqa: PLC0415  (kafka-python)
    from jinding.kafka.settings import KafkaSettings  # noqa: PLC0415

    return Administrator(settings_of(KafkaSettings))
