import ssl
import time
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from jinding.plainly import plainly, settings_of
from jinding.refusal import Refusal
from jinding.secrets.files import EDGE_TLS, KAFKA_TLS, expiry, first_login, make_secrets, renew

app = typer.Typer(help="密钥与证书 · secrets of a compose host", no_args_is_help=True)

Folder = Annotated[Path, typer.Option(file_okay=False)]
PLACE = Path("deploy/secrets")
MOUNTED, OUTER = "/run/secrets/kafka_tls", "kafka:9094"
TAKEN_SECONDS = 10.0


@app.command("make")
@plainly
def make(
    host: str = "localhost",
    edge_host: Annotated[str | None, typer.Option(help="TLS 代理 · of the TLS proxy")] = None,
    idp: Annotated[bool, typer.Option("--idp", help="Keycloak")] = False,
    folder: Folder = PLACE,
) -> None:
    """生成缺少的密钥（HOST 为 Kafka 对外主机名）· Make those that are missing; HOST is where agencies find Kafka."""
    made = make_secrets(folder, host, edge_host, idp=idp)
    for name in made:
        typer.echo(name)
    typer.echo(f"{folder}: 新生成 {len(made)} 个 · {len(made)} made · {_until(folder, KAFKA_TLS)}")
    if "keycloak.conf" in made:
        user, password = first_login(folder)
        typer.echo(
            "Keycloak 管理员，仅显示这一次，登录后请更换 · its administrator, told this once, to be replaced: "
            f"{user} {password}"
        )


@app.command("renew")
@plainly
def renew_certificate(
    host: str | None = None,
    edge: Annotated[bool, typer.Option("--edge", help="TLS 代理的 · the TLS proxy's")] = False,
    folder: Folder = PLACE,
) -> None:
    """续签 Kafka（或 TLS 代理）的证书 · Renew Kafka's certificate, or the TLS proxy's."""
    name = EDGE_TLS if edge else KAFKA_TLS
    renew(folder, host, name)
    typer.echo(_until(folder, name))
    if edge:
        typer.echo("docker compose -f deploy/docker-compose.yml exec edge nginx -s reload")


@app.command("reload")
@plainly
def reload_certificate(
    file: Annotated[str, typer.Option(help="Kafka 所见的路径 · as Kafka sees it")] = MOUNTED,
    listener: str = "EXTERNAL",
    address: Annotated[str, typer.Option(help="对外端口在何处 · where that listener is")] = OUTER,
) -> None:
    """让运行中的 Kafka 读取续签的证书 · Let a running Kafka take the renewed certificate."""
    from jinding.kafka.administration import administering  # noqa: PLC0415  (kafka-python)
    from jinding.kafka.settings import KafkaSettings  # noqa: PLC0415

    before = _shown(address)
    with administering(settings_of(KafkaSettings)) as administration:
        administration.reload_certificate(listener, file)
    deadline = time.monotonic() + TAKEN_SECONDS
    while _shown(address) == before:
        if time.monotonic() > deadline:
            raise Refusal(
                "Kafka 出示的仍是原来的证书：若换了主机名，须重启 Kafka；若早已读取，则无须再做。",
                "Kafka goes on with the certificate that it had: for another host it needs a restart; "
                "if it had taken the new one before, nothing is left to do.",
            )
        time.sleep(0.2)
    typer.echo("Kafka 已改用续签的证书 · Kafka shows the renewed certificate")


def _shown(address: str) -> str:
    """The certificate that whoever connects is shown; it is not checked."""
    host, _, port = address.rpartition(":")
    try:
        return ssl.get_server_certificate((host, int(port)), timeout=TAKEN_SECONDS)
    except (OSError, ValueError) as error:
        raise Refusal(
            f"{address} 没有应答：{error}", f"{address} does not answer: {error}"
        ) from error


def _until(folder: Path, name: str) -> str:
    day: date = expiry(folder, name).date()
    whose = "TLS 代理" if name == EDGE_TLS else "Kafka "
    return f"{whose}证书有效期至 {day} · {name} is valid until {day}"
