"""`jinding deploy …`: the gated steps before a deployment's services, and its operator's commands on the host."""

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from jinding import rotation
from jinding.deploy import restored as epochs
from jinding.deploy.backup import back_up, told_of
from jinding.deploy.compose import Compose, without_issuer
from jinding.deploy.databases import PUBLISHING, connected, prepare_keycloak
from jinding.deploy.databases import prepare as prepare_databases
from jinding.deploy.erasures import Ledger, of_log, parsed, united
from jinding.deploy.restore import AGENCIES, log_is_lost
from jinding.deploy.restore import restore as restore_from
from jinding.deploy.settings import DeploySettings
from jinding.deploy.upgrade import of_version
from jinding.deploy.upgrade import upgrade as upgrade_to
from jinding.plainly import plainly, settings_of, until_told
from jinding.rotation import DropOld, Newest, Sm4

app = typer.Typer(
    help="部署的前置步骤、备份、恢复与升级 · the steps before a deployment's services; backup, restore, upgrade",
    no_args_is_help=True,
)
console = Console()
To = Annotated[Path, typer.Option(file_okay=False, help="放在何处 · where to")]
From = Annotated[Path, typer.Option("--from", exists=True, file_okay=False)]
KeepDays = Annotated[int, typer.Option(min=1, envvar="BACKUP_KEEP_DAYS", help="保留天数 · days")]
After = Annotated[
    str | None,
    typer.Option(envvar="BACKUP_AFTER", help="转存命令 · a command that gets the folder"),
]
BACKUPS = Path("backups")
KEYRING = Path("deploy/secrets/keyring")


@app.command()
@plainly
def databases() -> None:
    """建库、建角色并更新结构 · Make databases and roles, and bring every schema to the newest version."""
    settings = settings_of(DeploySettings)
    until_told(prepare_databases(settings.server_url(), settings.password, settings.keyring))


@app.command(hidden=True)
@plainly
def keycloak() -> None:
    """Make Keycloak's role and its database."""
    settings = settings_of(DeploySettings)
    until_told(prepare_keycloak(settings.server_url(), settings.password))


@app.command()
@plainly
def backup(to: To = BACKUPS, keep_days: KeepDays = 14, after: After = None) -> None:
    """备份全部数据库（同一时刻）与事件日志的状况 · Back up all databases as of one instant, and what the log held."""
    made = back_up(without_issuer(), to, keep_days, after)
    told = told_of(made)
    size = f"{told['bytes'] / 1e6:,.1f} MB"
    console.print(f"{made}: {size}, {told['seconds']} s", highlight=False, soft_wrap=True)


@app.command()
@plainly
def restore(folder: From) -> None:
    """由备份恢复到空的部署，并核对 · From a backup into an empty stack: start it, and verify."""
    compose = Compose()
    new_log = log_is_lost(compose)
    seconds = restore_from(compose, folder)
    for part, took in {**seconds, "合计 · total": round(sum(seconds.values()), 1)}.items():
        console.print(f"{part}: {took} s", highlight=False)
    if new_log:
        console.print(AGENCIES, highlight=False, soft_wrap=True)


@app.command()
@plainly
def upgrade(version: str, to: To = BACKUPS, keep_days: KeepDays = 14, after: After = None) -> None:
    """备份，换为另一版本，更新结构，启动并核对 · Back up, then run another version: migrate, start, verify."""
    compose = of_version(version)
    made = back_up(without_issuer(), to, keep_days, after)
    console.print(f"{made}", highlight=False, soft_wrap=True)
    for line in upgrade_to(compose, made):
        console.print(line, highlight=False, soft_wrap=True)


@app.command()
@plainly
def rotate_keys(newest: Newest = False, drop_old: DropOld = False, sm4: Sm4 = False) -> None:
    """更换个人信息的主密钥，可随时中断后继续 · A new master key for personal data; stopped, it goes on next time."""
    if not (newest or drop_old):
        rotation.add_key(KEYRING, sm4=sm4)
    console.print(without_issuer().step("rewrap"), highlight=False, soft_wrap=True)
    if drop_old:
        rotation.drop_older(KEYRING)


@app.command(hidden=True)
@plainly
def rewrap() -> None:
    """Wrap the people's keys by the newest master key; fails where one is left."""
    settings = settings_of(DeploySettings)
    urls = [settings.server_url(name) for name in PUBLISHING]
    until_told(rotation.rewrap_all(urls, settings.keyring, console))
    until_told(rotation.refuse_while_needed(urls, settings.keyring))


@app.command(hidden=True)
@plainly
def state() -> None:
    """What a backup tells of schemas and of the log; inside a deployment, like all that follow."""
    from jinding.deploy import state as found  # noqa: PLC0415  (kafka-python)
    from jinding.kafka.settings import KafkaSettings  # noqa: PLC0415

    told = until_told(found.state(settings_of(DeploySettings), settings_of(KafkaSettings)))
    typer.echo(json.dumps(told))


@app.command(hidden=True)
@plainly
def restored() -> None:
    """Begin a new epoch of what came back from a backup, and erase again whom the ledger on the standard input names."""
    ledger = parsed("" if sys.stdin.isatty() else sys.stdin.read())
    until_told(_restored(settings_of(DeploySettings), ledger))


async def _restored(settings: DeploySettings, ledger: Ledger) -> None:
    from jinding.deploy.state import kafka_log  # noqa: PLC0415  (kafka-python)
    from jinding.kafka.settings import KafkaSettings  # noqa: PLC0415

    log = kafka_log(settings_of(KafkaSettings))
    try:
        async with connected(settings.server_url()) as server:
            restore = await epochs.unfinished(server, PUBLISHING)
        if restore is None:
            return
        ledger = united([ledger, await of_log(log)])
        for service in PUBLISHING:
            async with connected(settings.server_url(service)) as database:
                begun = await epochs.begin_epoch(database, log, restore, ledger)
                told = f"再次删除 · erased again {begun.erased}"
                typer.echo(f"{service}: epoch {begun.epoch}，{told}")
    finally:
        await log.stop()


@app.command(hidden=True)
@plainly
def nightly(work: Literal["backup", "verify"]) -> None:
    """Each night a backup or a comparison, until it is stopped."""
    from jinding.deploy import nightly as nights  # noqa: PLC0415  (kafka-python)

    settings = settings_of(nights.NightlySettings)
    (nights.nightly_backup if work == "backup" else nights.nightly_verify)(settings)


@app.command(hidden=True)
@plainly
def verify(patience: float = 120.0) -> None:
    """Compare the figures with the services, as soon as they are fresh; verify the audits."""
    from jinding.deploy.verify import audited, verified  # noqa: PLC0415

    settings = settings_of(DeploySettings)
    wrong = until_told(verified(settings, patience, console))
    if wrong != 0 or until_told(audited(settings, console)) != 0:
        raise typer.Exit(1)
