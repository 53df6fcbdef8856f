"""Requests to where an agency says: by https alone, to public addresses and to networks that the operator names.

The name is looked up once, every address of it is judged, and the connection is made to the one judged: whoever
owns the name cannot show us one address and lead us to another.
"""

import asyncio
import socket
import ssl
import sys
from collections.abc import Iterable, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Annotated, Literal, NamedTuple

import httpx
from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode

from services.chassis.errors import Invalid
from services.chassis.settings import ServiceSettings
from services.gateway.auth.settings import split

Network = IPv4Network | IPv6Network
Fault = Literal[
    "url_refused",
    "address_refused",
    "name_unknown",
    "unreachable",
    "tls_refused",
    "timed_out",
    "broken_off",
]
SECONDS = 10.0
LONGEST = 2_000
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
    push_ca_file: Path | None = Field(None, description="an authority besides the public ones")
    push_seconds: float = Field(10, gt=0, description="at least so long between two notices")
    push_log_days: int = Field(30, ge=1, description="how long deliveries are kept")

    _split_push = field_validator("push_ports", "push_networks", mode="before")(split)


class UrlRefused(Invalid):
    pointer = "/url"

    def __init__(self, ports: Iterable[int]) -> None:
        told = ", ".join(map(str, ports))
        super().__init__(
            f"通知地址须为 https，不含用户名，端口为 {told}。",
            f"A notice goes to https, to no user, to one of these ports: {told}.",
        )


class AddressRefused(Exception):
    """The name leads, by one address at least, to where nothing is sent."""


class Answer(NamedTuple):
    """The `status`, or the `fault` that left us without one."""

    status: int | None = None
    fault: Fault | None = None


def checked(url: str, ports: Sequence[int]) -> httpx.URL:
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise UrlRefused(ports) from None
    allowed = parsed.scheme == "https" and parsed.host and _port(parsed) in ports
    if not allowed or parsed.userinfo or len(url) > LONGEST:
        raise UrlRefused(ports)
    return parsed


def _port(url: httpx.URL) -> int:
    return 443 if url.port is None else url.port


class Outward:
    """Posts, as far as the settings allow. Follows no redirect, and reads nothing of an answer but its status."""

    def __init__(self, settings: PushSettings) -> None:
        self.settings, self.context = settings, httpx.create_ssl_context(trust_env=False)
        if settings.push_ca_file:
            self.context.load_verify_locations(settings.push_ca_file)

    async def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        try:
            async with asyncio.timeout(SECONDS):
                return Answer(await self._status(url, body, headers))
        except UrlRefused:
            return Answer(fault="url_refused")
        except AddressRefused:
            return Answer(fault="address_refused")
        except (TimeoutError, httpx.TimeoutException):
            return Answer(fault="timed_out")
        except (socket.gaierror, UnicodeError):
            return Answer(fault="name_unknown")
        except httpx.ConnectError as error:
            return Answer(fault="tls_refused" if _is_of_tls(error) else "unreachable")
        except (httpx.HTTPError, OSError):
            return Answer(fault="broken_off")

    async def _status(self, url: str, body: bytes, headers: Mapping[str, str]) -> int:
        to = checked(url, self.settings.push_ports)
        name = to.raw_host.decode()
        address = await _address(name, _port(to), self.settings.push_networks)
        async with httpx.AsyncClient(verify=self.context, trust_env=False) as client:
            request = client.build_request(
                "POST",
                to.copy_with(host=address),
                content=body,
                headers={**headers, "host": to.netloc.decode(), "user-agent": "Jinding"},
                extensions={"sni_hostname": name},  # the certificate must be the name's
                timeout=SECONDS,
            )
            answer = await client.send(request, stream=True, follow_redirects=False)
            await answer.aclose()
            return answer.status_code


async def resolved(name: str, port: int) -> list[str]:
    found = await asyncio.get_running_loop().getaddrinfo(name, port, type=socket.SOCK_STREAM)
    return [str(place[0]) for *_, place in found]


async def _address(name: str, port: int, networks: Sequence[Network]) -> str:
    addresses = await resolved(name, port)
    if not all(permitted(address, networks) for address in addresses):
        raise AddressRefused
    return addresses[0]


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


def _is_of_tls(error: BaseException | None) -> bool:
    while error and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None
