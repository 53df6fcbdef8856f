"""`jinding partners`: which agencies may read which events."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Annotated, Any, TypeVar

import typer

from jinding.auditing.keys import audit_of
from jinding.beside import beside
from jinding.deadletters import UNKNOWN, whoever
from jinding.handover import minute, say, show_secrets, show_topics
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

Agency = Annotated[str, typer.Argument(help="单位代码 · its id: a-z 0-9 -")]
Topics = Annotated[str, typer.Option(help="主题，以逗号分隔 · separated by commas")]
Areas = Annotated[
    str | None, typer.Option(help="区划前缀；不写为不限 · prefixes; left out: everywhere")
]
Categories = Annotated[
    str | None, typer.Option(help="事件分类；不写为不限 · of reports; left out: all")
]
Types = Annotated[str | None, typer.Option(help="事件类型；不写为不限 · of events; left out: all")]
Why = Annotated[
    str, typer.Option(help="依据，至少两个字，保存三年 · what it rests on, kept for three years")
]
Subject = Annotated[str | None, typer.Option(help="以谁的名义 · in whose name")]


@app.command()
@plainly
def add(
    agency: Agency,
    topics: Topics,
    why: Why,
    name_zh: Annotated[str, typer.Option(help="中文名称")],
    name_en: Annotated[str, typer.Option(help="name in English")],
    areas: Areas = None,
    categories: Categories = None,
    types: Types = None,
    client_id: Annotated[str | None, typer.Option(help="签发方的客户端 · at the issuer")] = None,
    subject: Subject = None,
) -> None:
    """登记单位并授权；密钥只显示这一次 · Add an agency with its first grant; its key is shown once."""
    scope = _scope(topics, areas, categories, types)
    made = _by(subject, lambda by: by.add(agency, name_zh, name_en, scope, why, client_id))
    show_secrets(agency, made, load_settings())


@app.command()
@plainly
def grant(
    agency: Agency,
    topics: Topics,
    why: Why,
    areas: Areas = None,
    categories: Categories = None,
    types: Types = None,
    days: Annotated[int | None, typer.Option(min=1, help="有效天数 · ends after")] = None,
    subject: Subject = None,
) -> None:
    """增加一项授权 · Grant more, beside what is granted."""
    scope = _scope(topics, areas, categories, types)
    lifetime = timedelta(days=days) if days else None
    made = _by(subject, lambda by: by.grant(agency, scope, why, lifetime))
    say(f"{agency}: 已授权 · granted")
    _show_readable(agency, made)


@app.command()
@plainly
def narrow(
    agency: Agency,
    topics: Topics,
    why: Why,
    areas: Areas = None,
    categories: Categories = None,
    types: Types = None,
    subject: Subject = None,
) -> None:
    """收窄为这一项授权 · End what is granted; this part of it is granted instead."""
    scope = _scope(topics, areas, categories, types)
    made = _by(subject, lambda by: by.narrow(agency, scope, why))
    say(f"{agency}: 已收窄 · narrowed")
    _show_readable(agency, made)


@app.command()
@plainly
def revoke(agency: Agency, why: Why, subject: Subject = None) -> None:
    """立即终止全部授权与密钥 · End all grants and keys at once."""
    _by(subject, lambda by: by.revoke(agency, why))
    say(f"{agency}: 已终止 · revoked")


@app.command()
@plainly
def key(
    agency: Agency,
    days: Annotated[int, typer.Option(min=1, max=3650, help="有效天数 · lifetime")] = 365,
    overlap_hours: Annotated[int, typer.Option(min=0, help="旧密钥还可用 · of older keys")] = 168,
    kafka: Annotated[bool, typer.Option("--kafka", help="只换 Kafka 密码 · that password")] = False,
    subject: Subject = None,
) -> None:
    """更换密钥，只显示这一次 · A new API key, shown once; older ones end after the overlap. Kafka's older password at once."""
    times = timedelta(days=days), timedelta(hours=overlap_hours)
    if kafka:
        made = _by(subject, lambda by: by.kafka_password(agency))
    else:
        made = Secrets(key=_by(subject, lambda by: by.key(agency, *times)))
    show_secrets(agency, made, load_settings())


@app.command()
@plainly
def sync(subject: Subject = None) -> None:
    """使 Kafka 与登记一致；Kafka 中已不存在的密码重新签发，只显示这一次 · Make Kafka what is on record (after `jinding topics`)."""
    issued = _by(subject, lambda by: by.sync())
    for agency, made in issued.items():
        show_secrets(agency, made, load_settings())
    say(f"已一致，新发密码 {len(issued)} 个 · in agreement; new passwords")


@app.command("list")
@plainly
def list_partners(agency: Annotated[str | None, typer.Argument()] = None) -> None:
    """列出单位与授权（含已终止的）· List agencies and their grants, ended ones too."""
    rows: list[dict[str, Any]] = _by(None, lambda by: by.all(agency), writes=False)
    for number, row in enumerate(rows):
        if not number or rows[number - 1]["agency"] != row["agency"]:
            _show_agency(row)
        if row["topics"]:
            _show_grant(row)


def _show_agency(row: dict[str, Any]) -> None:
    say("{agency} {name_zh} {name_en}".format(**row))
    if row["client_id"]:
        say(f"    签发方的客户端 client: {row['client_id']}")
    until = f"，最迟至 until {minute(row['keys_until'])}" if row["keys"] else ""
    say(f"    有效密钥 keys in force: {row['keys']}{until}")


def _show_grant(row: dict[str, Any]) -> None:
    state = "有效 in force" if row["in_force"] else "已终止 ended"
    say(f"    {state}", *row["topics"])
    for name in ("areas", "categories", "types"):
        if row[name]:
            say(f"        {name}", *row[name])
    until = minute(row["until"]) if row["until"] else "无期限 no end"
    say(f"        {minute(row['since'])} – {until} {row['granted_by']}: {row['why']}")
    if row["ended_at"]:
        say(f"        {minute(row['ended_at'])} {row['ended_by']}: {row['ended_why']}")


def _show_readable(agency: str, made: Secrets) -> None:
    if made.password:
        show_secrets(agency, made, load_settings())
    else:
        show_topics(made.topics)


def _scope(topics: str, areas: str | None, categories: str | None, types: str | None) -> Scope:
    bounds = _codes("areas", areas), _codes("categories", categories), _codes("types", types)
    return Scope(_codes("topics", topics), *bounds)


def _codes(option: str, text: str | None) -> tuple[str, ...]:
    """What is left out sets no bound; nothing that was written may come to mean that."""
    if text is None:
        return ()
    codes = tuple(code.strip() for code in text.split(","))
    if not all(codes):
        raise Refusal(f"--{option} 中有空项。", f"An element of --{option} is empty.")
    return codes


def in_the_name_of(subject: str | None) -> str:
    if not (by := subject or whoever()) or by == UNKNOWN:
        raise Refusal("请以 --subject 指明以谁的名义。", "Say by --subject in whose name.")
    return by


def _by(subject: str | None, act: Callable[[Partners], Awaitable[T]], *, writes: bool = True) -> T:
    done: list[T] = []
    by_whom = in_the_name_of(subject) if writes else whoever()

    async def acted() -> None:
        async with partners(load_settings(), by_whom) as by:
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
