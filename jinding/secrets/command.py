from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from jinding.plainly import plainly
from jinding.secrets.files import expiry, make_secrets, renew

app = typer.Typer(help="密钥与证书 · secrets of a compose host", no_args_is_help=True)

Folder = Annotated[Path, typer.Option(file_okay=False)]
PLACE = Path("deploy/secrets")


@app.command("make")
@plainly
def make(host: str = "localhost", folder: Folder = PLACE) -> None:
    """生成缺少的密钥（HOST 为 Kafka 对外主机名）· Make those that are missing; HOST is where agencies find Kafka."""
    made = make_secrets(folder, host)
    for name in made:
        typer.echo(name)
    typer.echo(f"{folder}: 新生成 {len(made)} 个 · {len(made)} made · {_until(folder)}")


@app.command("renew")
@plainly
def renew_certificate(host: str | None = None, folder: Folder = PLACE) -> None:
    """续签 Kafka 的证书 · Renew Kafka's certificate."""
    renew(folder, host)
    typer.echo(_until(folder))


def _until(folder: Path) -> str:
    day: date = expiry(folder).date()
    return f"Kafka 证书有效期至 {day} · Kafka's certificate is valid until {day}"
