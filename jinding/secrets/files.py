"""The secrets, each a file of one folder. What exists is never overwritten, but by `renew`.

The folder is 0700: nobody on the host but its owner and root comes to what is in it. `HOST_ONLY` are 0600
and never mounted. The others are 0644, because compose binds a file as it is and a container's user is none
of the host's: what a container can read is what it is given.
"""

import os
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_hex

from jinding.processes import SERVICES
from jinding.refusal import Refusal
from jinding.secrets.certificates import authority, certificates, host_of, issue, new_key
from services.chassis.identity.keys import load_or_create_private_key, publish
from services.chassis.privacy import keyring

PASSWORDS = (
    "pg_superuser",
    *(f"pg_{service}_owner" for service in SERVICES),
    *(f"pg_{service}" for service in SERVICES),
    "pg_backup",
    "kafka_broker",
    "kafka_admin",
    *(f"kafka_{service}" for service in SERVICES),
    "kafka_backup",
    "grafana_admin",
)
KAFKA_TLS, EDGE_TLS = "kafka_tls", "edge_tls"
SUBJECTS = {KAFKA_TLS: "Jinding Kafka", EDGE_TLS: "Jinding Edge"}
HOST_ONLY = {"ca_key", "kafka_broker"}


def make_secrets(
    folder: Path, public_host: str, edge_host: str | None = None, *, idp: bool = False
) -> list[str]:
    """Make the secrets that are missing, and return their names. `public_host` is where agencies find Kafka,
    `edge_host` where everybody finds the TLS proxy, if there is one; `idp`: Keycloak's too.

    Refuses where one that exists is empty, or those that exist do not fit together.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    before = set(os.listdir(folder))
    _refuse_empty(folder)
    passwords = {name: _kept(folder / name, lambda: token_hex(24)) for name in PASSWORDS}
    told = jaas(passwords["kafka_broker"], passwords["kafka_admin"])
    if _kept(folder / "kafka_jaas", lambda: told) != told:
        raise _misfit("kafka_jaas", "kafka_broker、kafka_admin", "kafka_broker and kafka_admin")
    if idp:
        _make_keycloak(folder)
    _make_authority(folder)
    hosts = {KAFKA_TLS: public_host} | ({EDGE_TLS: edge_host} if edge_host else {})
    for name, host in hosts.items():
        _make_certificate(folder, name, host)
    _make_internal_key(folder)
    _kept(folder / "keyring", keyring.first)
    return sorted(set(os.listdir(folder)) - before)


def renew(folder: Path, host: str | None = None, name: str = KAFKA_TLS) -> datetime:
    """A new key and certificate, for the same host if none is named; returns when it expires.

    The file is rewritten, not replaced: a container would go on seeing the old one. A broker takes it while
    it runs (`jinding secrets reload`), but for another host it must be started anew.
    """
    file = folder / name
    if not file.exists():
        raise Refusal(f"{file} 不存在，请先生成。", f"There is no {file} yet: make it first.")
    made = _issued(folder, name, host or host_of(file.read_text()))
    file.write_text(made)
    return expiry(folder, name)


def expiry(folder: Path, name: str = KAFKA_TLS) -> datetime:
    """When the certificate expires."""
    return certificates((folder / name).read_text())[0].not_valid_after_utc


def jaas(broker: str, admin: str) -> str:
    """Who Kafka is and whom it knows by PLAIN; all others are SCRAM users, which it keeps itself."""
    return (
        "KafkaServer {\n"
        "  org.apache.kafka.common.security.plain.PlainLoginModule required\n"
        f'    username="broker" password="{broker}" user_broker="{broker}" user_admin="{admin}";\n'
        "  org.apache.kafka.common.security.scram.ScramLoginModule required;\n"
        "};\n"
    )


def first_login(folder: Path) -> tuple[str, str]:
    """Whom Keycloak knows at its very first start, and by which password."""
    lines = (folder / "keycloak.conf").read_text().splitlines()
    told = dict(line.split("=", 1) for line in lines)
    return told["bootstrap-admin-username"], told["bootstrap-admin-password"]


def _make_keycloak(folder: Path) -> None:
    own = "db-password=" + _kept(folder / "pg_keycloak", lambda: token_hex(24))
    login = f"bootstrap-admin-username=admin\nbootstrap-admin-password={token_hex(12)}"
    if own not in _kept(folder / "keycloak.conf", lambda: f"{own}\n{login}\n").splitlines():
        raise _misfit("keycloak.conf", "pg_keycloak", "pg_keycloak")


def _refuse_empty(folder: Path) -> None:
    """One that a full disk or a hand left so would be no secret at all."""
    files = sorted(file for file in folder.iterdir() if not file.name.startswith("."))
    empty = [str(file) for file in files if not file.is_file() or not file.read_bytes().strip()]
    if empty:
        told = ", ".join(empty)
        raise Refusal(
            f"以下密钥文件是空的：{told}。请放回原来的内容；从未用过的，删除后重试。",
            f"Empty secret files: {told}. Put back what they held; delete one that was never used, try again.",
        )


def _misfit(file: str, zh: str, en: str) -> Refusal:
    return Refusal(
        f"{file} 与 {zh} 的密码不一致，请删除 {file} 后重试。",
        f"{file} has other passwords than {en}: delete it, try again.",
    )


def _make_authority(folder: Path) -> None:
    ca = folder / "ca.pem"
    if not ca.exists():  # its key may be kept elsewhere: it is needed to issue only
        key = _kept(folder / "ca_key", new_key)
        _kept(ca, lambda: authority(key, datetime.now(UTC)))


def _make_certificate(folder: Path, name: str, host: str) -> None:
    if (named := host_of(_kept(folder / name, lambda: _issued(folder, name, host)))) != host:
        raise Refusal(
            f"{name} 的证书属于 {named}，而不是 {host}，请先续签（renew）。",
            f"The certificate in {name} is for {named}, not for {host}: renew it first.",
        )


def _issued(folder: Path, name: str, host: str) -> str:
    try:
        key, ca = (folder / "ca_key").read_text(), (folder / "ca.pem").read_text()
        return issue(key, ca, SUBJECTS[name], host, datetime.now(UTC))
    except (OSError, ValueError) as error:
        raise Refusal(
            f"无法签发证书（{folder} 中的 ca_key 与 ca.pem）：{error}",
            f"No certificate can be issued with ca_key and ca.pem of {folder}: {error}",
        ) from error


def _make_internal_key(folder: Path) -> None:
    private, public = folder / "internal_key", folder / "internal_jwks"
    key = load_or_create_private_key(private)
    if not public.exists():  # in a rotation it holds two
        publish(public, [key])
    for file in (private, public):
        file.chmod(0o644)


def _kept(file: Path, make: Callable[[], str]) -> str:
    if not file.exists():
        handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
        with os.fdopen(handle, "w") as stream:
            stream.write(make())
            stream.flush()
            os.fsync(handle)
            os.fchmod(handle, 0o600 if file.name in HOST_ONLY else 0o644)
        try:
            os.link(name, file)  # never over another's
        finally:
            os.unlink(name)
    return file.read_text()
