"""Requests to where an agency says: by https alone, to public addresses and to networks that the operator names.

The name is looked up once, every address of it is judged, and the connection is made to the one judged: whoever
owns the name cannot show us one address and lead us to another.
"""

import asyncio
import socket
import ssl
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from ipaddress import ip_address

import httpx

from services.chassis.errors import Invalid
from services.gateway.agencies.addresses import Network, PushSettings, permitted
from services.gateway.agencies.notices import Answer

SECONDS = 10.0
LONGEST = 2_000


class UrlRefused(Invalid):
    pointer = "/url"

    def __init__(self, ports: Iterable[int]) -> None:
        told = ", ".join(map(str, ports))
        super().__init__(
            f"通知地址须为 https，不含用户名，端口为 {told}。",
            f"A notice goes to https, to no user, to one of these ports: {told}.",
        )


class AddressRefused(Invalid):
    """The name leads, by one address at least, to where nothing is sent."""

    zh = "通知不发往该地址：只发往公网地址及 PUSH_NETWORKS 所列网络。"
    en = "Nothing is sent to that address: only to public ones, and to the networks of PUSH_NETWORKS."
    pointer = "/url"


def checked(url: str, ports: Sequence[int], networks: Sequence[Network] = ()) -> httpx.URL:
    """`UrlRefused`; `AddressRefused` where the host is no name but an address. Names are judged when they are used."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise UrlRefused(ports) from None
    allowed = parsed.scheme == "https" and parsed.host and _port(parsed) in ports
    if not allowed or parsed.userinfo or len(url) > LONGEST:
        raise UrlRefused(ports)
    if (address := _literal(parsed.host)) and not permitted(address, networks):
        raise AddressRefused
    return parsed


def _literal(host: str) -> str | None:
    """The address that the host is, in any of the forms that are taken for one: 127.1, 2130706433."""
    with suppress(OSError):
        return socket.inet_ntoa(socket.inet_aton(host))
    with suppress(ValueError):
        return str(ip_address(host))
    return None


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
        to = checked(url, self.settings.push_ports, self.settings.push_networks)
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


def _is_of_tls(error: BaseException | None) -> bool:
    while error and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None
