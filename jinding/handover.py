"""What an agency is handed over: its secrets, shown once, and where they open what."""

from collections.abc import Sequence
from datetime import UTC, datetime

from rich.console import Console

from jinding.deadletters import PLAIN
from jinding.settings import Settings
from services.gateway.agencies.partners import Secrets

console = Console()
DEPLOYED = "deploy/secrets/ca.pem"
"""Where `make secrets` puts it, on the host."""


def show_secrets(agency: str, made: Secrets, settings: Settings) -> None:
    say("以下内容只显示这一次 · shown only this once")
    say(f"agency: {agency}")
    if made.key:
        say(f"gateway: {settings.gateway_address or settings.gateway_url}/v1/events")
        say(f"key: {made.key.key}")
        say(f"key ends: {minute(made.key.until)}")
        if made.key.older_until:
            say(f"旧密钥可用至 · older keys end: {minute(made.key.older_until)}")
    if made.password:
        where = settings.kafka_external or "未指明 not said (KAFKA_EXTERNAL)"
        say(f"kafka bootstrap: {where}")
        say(f"kafka CA: {settings.kafka_ca_file or DEPLOYED}（交给单位 · hand it over）")
        say(f"kafka user: agency-{agency}")
        say(f"kafka password: {made.password}")
        say(f"kafka: SASL_SSL, SCRAM-SHA-512, group.id agency-{agency}.…")
        show_topics(made.topics)


def show_topics(topics: Sequence[str]) -> None:
    if topics:
        say("kafka topics:", *topics)


def say(*words: str) -> None:
    console.print(*words, **PLAIN)


def minute(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%d %H:%M}Z"
