import asyncio
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer
from rich.console import Console

from jinding import documents
from jinding import migrate as schemas
from jinding import partners as agencies
from jinding import verify as figures
from jinding.alone import run_alone
from jinding.auditing import command as audit
from jinding.beside import refuse_without_system
from jinding.calendar import import_calendar
from jinding.deadletters import Step, operator, show, whoever
from jinding.demo.command import demo as play_demo
from jinding.deploy.command import app as deploy
from jinding.deploy.command import databases
from jinding.district import init
from jinding.erase import erase
from jinding.gateway import issue_token
from jinding.plainly import load_settings, plainly, until_told
from jinding.processes import SERVICES
from jinding.purge import purge
from jinding.push import deliveries, push
from jinding.reading import resume, stopped
from jinding.refusal import Refusal
from jinding.removal import remove_data
from jinding.rotation import DropOld, Newest, Sm4, rotate
from jinding.secrets.command import app as secrets
from jinding.settings import Settings
from jinding.system import running, serving
from jinding.topics import make_topics
from services.chassis.settings import Service
from services.gateway.projections.rebuild import RebuildSource

app = typer.Typer(
    help="金鼎 · Jinding",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
)
calendar = typer.Typer(help="工作日历 · the working calendar", no_args_is_help=True)
app.add_typer(calendar, name="calendar")
app.add_typer(deploy, name="deploy")
deadletters = typer.Typer(help="死信 · dead letters", no_args_is_help=True)
app.add_typer(deadletters, name="deadletters")
reading = typer.Typer(help="停读的分区 · partitions not read on", no_args_is_help=True)
app.add_typer(reading, name="reading")
app.add_typer(secrets, name="secrets")
app.add_typer(audit.app, name="audit")
app.add_typer(agencies.app, name="partners")
agencies.app.command()(push)
agencies.app.command()(deliveries)
app.command()(documents.openapi)
app.command()(documents.asyncapi)
app.command()(erase)
app.command()(init)
app.command()(purge)
console = Console()

Codes = Annotated[str, typer.Option(help="以逗号分隔 · separated by commas")]
Subject = Annotated[str | None, typer.Option(help="以谁的名义 · in whose name")]
JsonFile = Annotated[Path, typer.Option(exists=True, dir_okay=False)]


@app.command()
@plainly
def run() -> None:
    """启动整个系统，直到 Ctrl-C · Run the system until Ctrl-C."""
    until_told(_run(load_settings()))


async def _run(settings: Settings) -> None:
    async with running(settings, console):
        url = settings.gateway_url
        console.print(f"金鼎已启动：{url}/ ，接口文档：{url}/docs ，Ctrl-C 停止。", soft_wrap=True)
        told = f"Jinding runs at {url}/, its API at {url}/docs; Ctrl-C stops it."
        console.print(told, soft_wrap=True)
        await asyncio.Event().wait()


@app.command()
@plainly
def demo() -> None:
    """重放创始报道的一年 · Replay the year of the founding article."""
    raise typer.Exit(until_told(play_demo(load_settings(), console)) or 0)


@app.command()
@plainly
def migrate() -> None:
    """更新所有数据库的结构 · Bring all databases to the newest version."""
    if load_settings().inside:
        databases()
        return
    until_told(_migrate(load_settings()))


async def _migrate(settings: Settings) -> None:
    refuse_without_system(settings.folder)
    async with serving(settings, stop_adopted=False) as databases:
        await schemas.migrate(databases, settings)


@app.command()
@plainly
def rotate_keys(newest: Newest = False, drop_old: DropOld = False, sm4: Sm4 = False) -> None:
    """更换个人信息的主密钥，可随时中断后继续 · A new master key for personal data; stopped, it goes on next time."""
    until_told(rotate(load_settings(), console, newest=newest, drop_old=drop_old, sm4=sm4))


@app.command()
@plainly
def topics() -> None:
    """创建缺少的主题（及 Kafka 用户与权限）· Create the topics that are missing, and Kafka's users."""
    for topic in until_told(make_topics(load_settings())) or []:
        console.print(topic, highlight=False)


@app.command()
@plainly
def token(roles: Codes, areas: Codes, org: str | None = None, subject: str = "cli") -> None:
    """打印开发用令牌 · Print a bearer token of the development issuer."""
    if not _codes(roles):
        raise Refusal("请用 ROLES=… 指定角色。", "Name the roles: ROLES=…")
    url = load_settings().gateway_url
    typer.echo(issue_token(url, _codes(roles), _codes(areas), org, subject))


@app.command()
@plainly
def verify() -> None:
    """核对网关数据与各服务是否一致，并核对审计链 · Compare what the gateway knows with what the services say; verify the audits."""
    settings = load_settings()
    wrong = until_told(figures.verify(settings, console))
    broken = until_told(audit.verified(settings, console, SERVICES))
    if wrong != 0 or broken != 0:
        raise typer.Exit(1)


@app.command()
@plainly
def rebuild(
    service: Annotated[list[str] | None, typer.Option()] = None,
    source: Annotated[RebuildSource, typer.Option("--from")] = RebuildSource.SNAPSHOTS,
    subject: Subject = None,
) -> None:
    """重建网关数据 · Make the gateway's figures anew, from the services' snapshots or the archive of events."""
    by = subject or whoever()
    until_told(figures.rebuild(load_settings(), console, service or [], source, by))


@app.command()
@plainly
def relay(service: Service) -> None:
    """在单独的进程中发布一个服务的事件 · Publish a service's events, in a process of its own."""
    until_told(run_alone(service, "relay"))


@app.command()
@plainly
def consume(service: Service) -> None:
    """在单独的进程中读取事件 · Read the events a service subscribes to, in a process of its own."""
    until_told(run_alone(service, "consume"))


@deadletters.command("list")
@plainly
def list_deadletters(subject: Subject = None) -> None:
    """列出未处理的死信与未能发布的事件 · List open dead letters, and events that cannot be published."""
    show(operator(load_settings(), subject).open(), console)


@deadletters.command("retry")
@plainly
def retry_deadletter(letter: UUID, subject: Subject = None) -> None:
    """重试 · Apply it, and those that wait behind it."""
    _settle(letter, "retry", subject)


@deadletters.command("discard")
@plainly
def discard_deadletter(letter: UUID, subject: Subject = None) -> None:
    """放弃 · Give it up for good."""
    _settle(letter, "discard", subject)


def _settle(letter: UUID, step: Step, subject: str | None) -> None:
    by = operator(load_settings(), subject)
    console.print(f"{by.settle(str(letter), step)}: 已处理 · settled", highlight=False)


@reading.command("list")
@plainly
def list_stopped() -> None:
    """列出停读的分区 · List the partitions that wait for a decision: the log had lost what was read of them."""
    places = until_told(stopped(load_settings())) or []
    for place in places:
        console.print(*place, highlight=False, soft_wrap=True)
    console.print(f"{len(places)} 个分区停读 · partitions stopped", highlight=False)


@reading.command("resume")
@plainly
def resume_reading(
    topic: str | None = None,
    partition: int | None = None,
    offset: Annotated[int, typer.Option("--from", min=0)] = 0,
    subject: Subject = None,
) -> None:
    """从指定位置（默认从头）继续读取，重复的不再计入 · Read on from an offset (the first one): what is known changes nothing."""
    by = subject or whoever()
    for place in until_told(resume(load_settings(), topic, partition, offset, by)) or []:
        console.print(*place, highlight=False, soft_wrap=True)


@calendar.command("import")
@plainly
def calendar_import(file: Annotated[Path, typer.Argument(exists=True, dir_okay=False)]) -> None:
    """导入新一年的节假日与调休 · Add the holidays and make-up working days of a further year."""
    days = until_told(import_calendar(load_settings(), file))
    console.print(f"已导入 {days} 天 · imported {days} days", highlight=False)


@app.command()
@plainly
def clean() -> None:
    """删除数据 · Remove the data."""
    remove_data(load_settings().folder)


def _codes(text: str) -> list[str]:
    return [code.strip() for code in text.split(",") if code.strip()]
