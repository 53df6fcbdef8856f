"""A backup becomes a running deployment again, in an empty stack."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from jinding.deploy.backup import BASE, check
from jinding.deploy.compose import Compose, remove_volume, volume_exists
from jinding.deploy.erasures import Ledger, of_backup, written
from jinding.deploy.restored import MARKER
from jinding.refusal import Refusal

FILL = f"""
umask 077
part="$PGDATA.part"
rm -rf "$part"
mkdir -p "$part"
tar -xzf - -C "$part"
pg_verifybackup --quiet --ignore={MARKER} "$part"
printf %s "$1" > "$part/{MARKER}"
sync
mv "$part" "$PGDATA"
"""
AS_OURS = """
printf "alter role postgres password '%s'" "$(cat /run/secrets/pg_superuser)" | psql -qU postgres
"""
"""The deployment's, which may be another host's; as the server has it from the backup it is the old one."""

AGENCIES = """\
Kafka 是新的，其中没有协作单位的用户与权限；依次执行 · Kafka is a new one, without the agencies' users and what they may; now run:
  docker compose -f deploy/docker-compose.yml run --rm operations topics
  docker compose -f deploy/docker-compose.yml run --rm operations partners sync"""


def restore(compose: Compose, folder: Path, say: Callable[[str], None] = print) -> dict[str, float]:
    """Returns the seconds that each part took; says how many people were erased again. The log may be the old one, or as empty as the rest."""
    check(folder)
    volume = compose.volume("postgres")
    if volume_exists(volume):
        raise Refusal(
            f"已有数据库（卷 {volume}），只能恢复到空的部署；确认不再需要它，再删除该卷。",
            f"There are databases already (volume {volume}): a restore needs an empty stack.",
        )
    seconds: dict[str, float] = {}
    began = time.monotonic()

    def done(part: str) -> None:
        seconds[part] = round(time.monotonic() - began - sum(seconds.values()), 1)

    try:
        _fill(compose, folder)
    except BaseException:
        compose.run("rm", "-fsv", "postgres")
        remove_volume(volume)
        raise
    done("数据 · data")
    say(begin_again(compose, of_backup(folder)).rstrip())
    done("纪元 · epoch")
    compose.start()
    done("启动 · start")
    compose.step("verify", "--patience", "1800")
    done("核对 · verify")
    return seconds


def log_is_lost(compose: Compose) -> bool:
    """Before it is started: nothing is left of Kafka."""
    return not volume_exists(compose.volume("kafka"))


def begin_again(compose: Compose, ledger: Ledger) -> str:
    """From a server that came back to one that its services may use: whoever was erased is erased again. It may be
    repeated."""
    compose.start("postgres", "kafka")
    compose.run("exec", "-T", "postgres", "sh", "-ec", AS_OURS)
    compose.run("run", "--rm", "--no-deps", "-T", "--quiet-pull", "topics")
    with tempfile.TemporaryFile() as told:
        told.write(written(ledger).encode())
        told.seek(0)
        return compose.step("restored", stdin=told)


def _fill(compose: Compose, folder: Path) -> None:
    stamp = f"{folder.name} {time.strftime('%Y-%m-%dT%H:%M:%SZ', time.gmtime())}"
    with (folder / BASE).open("rb") as base:
        compose.run(
            *("run", "--rm", "--no-deps", "-T", "--quiet-pull", "--entrypoint", "sh"),
            *("postgres", "-ec", FILL, "sh", stamp),
            stdin=base,
        )
