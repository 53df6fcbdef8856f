"""`jinding deploy …`: the gated steps before a deployment's services."""

import typer

from jinding.databases import located
from jinding.deploy.databases import prepare as prepare_databases
from jinding.deploy.settings import DeploySettings
from jinding.passwords import SUPERUSER
from jinding.plainly import plainly, settings_of, until_told

app = typer.Typer(
    help="部署的前置步骤 · the steps before a deployment's services", no_args_is_help=True
)


@app.command()
@plainly
def databases() -> None:
    """建库、建角色并更新结构 · Make databases and roles, and bring every schema to the newest version."""
    settings = settings_of(DeploySettings)
    server, password = settings.database_server_url, settings.password("superuser")
    url = located(server, "postgres", SUPERUSER, password)
    until_told(prepare_databases(url, settings.password))
