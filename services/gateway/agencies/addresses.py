"""Which addresses a notice may go to: public ones, and those of networks that the operator names."""

import sys
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated

from pydantic import Field, FilePath, field_validator
from pydantic_settings import BaseSettings, NoDecode

from services.chassis.settings import ServiceSettings
from services.gateway.auth.settings import split

Network = IPv4Network | IPv6Network
ROUTES = Path("/proc/net")
NEVER = [
    ip_network(told)
    for told in (
        *("0.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"),
        *("::/96", "fe80::/10", "ff00::/8"),
        *("64:ff9b::/96", "64:ff9b:1::/48", "2001::/32", "2002::/16"),  # an IPv4 address inside
        *("100.100.100.200/32", "192.0.0.192/32", "fd00:ec2::254/128", "fd20:ce::254/128"),
    )
]
"""This host, its link, many at once, and where clouds tell their machines' secrets: no setting opens these."""


class PushSettings(BaseSettings):
    """Where notices may be sent, and how often. Part of the gateway's settings."""

    model_config = ServiceSettings.model_config

    push_ports: Annotated[tuple[int, ...], NoDecode] = (443,)
    push_networks: Annotated[tuple[Network, ...], NoDecode] = Field(
        (), description="10.20.0.0/16,… : those that are not public but may be reached"
    )
    push_ca_file: FilePath | None = Field(None, description="an authority besides the public ones")
    push_seconds: float = Field(10, gt=0, description="at least so long between two notices")
    push_log_days: int = Field(30, ge=1, description="how long deliveries are kept")

    _split_push = field_validator("push_ports", "push_networks", mode="before")(split)


def permitted(address: str, networks: Sequence[Network]) -> bool:
    """Public, or of one of the networks named. Never of those that this host is in itself: in a container they are
    the deployment's own."""
    parsed = ip_address(address)
    parsed = getattr(parsed, "ipv4_mapped", None) or parsed
    if any(parsed in network for network in NEVER):
        return False
    return parsed.is_global or (
        any(parsed in network for network in networks)
        and not any(parsed in network for network in neighbourhood())
    )


def neighbourhood() -> list[Network]:
    """The networks that this host is in, as Linux tells them; elsewhere none are known."""
    found: list[Network] = []
    for line in _lines("route")[1:]:
        _, to, via, _, _, _, _, mask, *_ = line.split()
        if not int(via, 16) and int(mask, 16):
            bits = int(mask, 16).bit_count()
            found.append(IPv4Network((int(to, 16).to_bytes(4, sys.byteorder), bits)))
    for line in _lines("ipv6_route"):
        to, bits_told, _, _, via, *_, device = line.split()
        if not int(via, 16) and int(bits_told, 16) and device != "lo":
            found.append(IPv6Network((bytes.fromhex(to), int(bits_told, 16))))
    return found


def _lines(name: str) -> list[str]:
    try:
        return ROUTES.joinpath(name).read_text().splitlines()
    except OSError:
        return []
