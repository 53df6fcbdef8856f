"""Where a request of ours may go, and what it does there."""

import asyncio
import time
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

import pytest

from services.gateway.agencies import outward
from services.gateway.agencies.outward import (
    Answer,
    Outward,
    PushSettings,
    UrlRefused,
    checked,
    permitted,
)
from tests.gateway.agencies.receiving import ENDLESS, HOST, Receiver

EVERYTHING = (IPv4Network("0.0.0.0/0"), IPv6Network("::/0"))
DISTRICT = (IPv4Network("10.20.0.0/16"), IPv6Network("fd12:3456::/32"))
NEVER = [
    *("127.0.0.1", "127.8.8.8", "0.0.0.0", "169.254.169.254", "100.100.100.200", "192.0.0.192"),  # noqa: S104
    *("224.0.0.1", "240.0.0.1", "255.255.255.255"),
    *("::1", "::", "::127.0.0.1", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "ff02::1"),
    *("fe80::1", "fe80::1%eth0", "fd00:ec2::254", "64:ff9b::7f00:1", "2002:7f00:1::"),
]
PRIVATE = [
    *("10.20.1.1", "172.18.0.5", "192.168.1.1", "100.64.0.1", "::ffff:10.20.1.1"),
    *("fd12:3456::1", "fc00::1", "192.0.2.1", "198.18.0.1", "2001:db8::1"),
]
PUBLIC = ["93.184.216.34", "223.5.5.5", "2606:2800:220:1::1", "::ffff:223.5.5.5"]


@pytest.fixture
def nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A host whose own networks are what a test writes."""
    monkeypatch.setattr(outward, "ROUTES", tmp_path)
    return tmp_path


async def post(url: str, settings: PushSettings) -> Answer:
    return await Outward(settings).post(url, b"{}", {"webhook-id": "msg_1"})


@pytest.mark.parametrize("address", NEVER)
def test_what_is_never_reached_no_setting_opens(address: str, nowhere: Path) -> None:
    assert not permitted(address, EVERYTHING)


@pytest.mark.parametrize("address", PRIVATE)
def test_a_private_address_is_refused_unless_its_network_is_named(
    address: str, nowhere: Path
) -> None:
    assert not permitted(address, ())
    assert permitted(address, EVERYTHING)


def test_only_the_networks_named_are_opened(nowhere: Path) -> None:
    opened = [address for address in PRIVATE if permitted(address, DISTRICT)]
    assert opened == ["10.20.1.1", "::ffff:10.20.1.1", "fd12:3456::1"]


@pytest.mark.parametrize("address", PUBLIC)
def test_a_public_address_is_permitted(address: str) -> None:
    assert permitted(address, ())


def test_the_networks_that_a_container_is_in_are_never_reached(nowhere: Path) -> None:
    (nowhere / "route").write_text(
        "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\tMTU\tWindow\tIRTT\n"
        "eth0\t00000000\t010012AC\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
        "eth0\t000012AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0\n"
    )
    (nowhere / "ipv6_route").write_text(
        f"fd123456{'0' * 24} 40 {'0' * 32} 00 {'0' * 32} 00000100 1 0 00000001 eth0\n"
        f"{'0' * 32} 00 {'0' * 32} 00 fd000000000000000000000000000001 00000400 3 0 00000003 eth0\n"
    )
    assert not permitted("172.18.0.5", EVERYTHING)
    assert not permitted("172.18.0.5", [ip_network("172.18.0.5/32")])
    assert not permitted("fd12:3456::5", EVERYTHING)
    assert permitted("172.19.0.5", EVERYTHING)
    assert permitted("fd12:3457::5", EVERYTHING)


@pytest.mark.parametrize(
    "url",
    [
        "http://agency.example/",
        "ftp://agency.example/",
        "//agency.example/",
        "agency.example",
        "https://",
        "https:///news",
        "https://user@agency.example/",
        "https://user:secret@agency.example/",
        "https://agency.example:22/",
        "https://agency.example:8443/",
        "https://agency.example:0/",
        "https://agency.example:99999/",
        "https://[::1/",
        "https://999.1.1.1/",
        "https://agency.example/\n",
        f"https://agency.example/{'x' * 2_000}",
        "file:///etc/passwd",
        "",
    ],
)
async def test_a_url_that_is_not_plainly_https_is_refused(url: str) -> None:
    with pytest.raises(UrlRefused):
        checked(url, (443,))
    assert await post(url, PushSettings()) == Answer(fault="url_refused")


@pytest.mark.parametrize(
    "url", ["https://a.example", "https://a.example:443/x?y=1", "https://中国.cn/"]
)
def test_https_on_a_port_that_is_allowed_is_taken(url: str) -> None:
    assert checked(url, (443,)).scheme == "https"
    assert checked("https://a.example:8443", (443, 8443)).port == 8443


@pytest.mark.parametrize(
    "host",
    [
        *("127.0.0.1", "10.20.1.1", "[::1]", "[::ffff:7f00:1]", "[::ffff:10.20.1.1]", "localhost"),
        *("169.254.169.254", "2130706433", "0x7f000001", "127.1"),
    ],
)
async def test_an_inner_address_is_refused_however_it_is_written(host: str) -> None:
    assert (await post(f"https://{host}/", PushSettings())).fault == "address_refused"


@pytest.mark.parametrize(
    "addresses", [["10.20.1.1"], ["93.184.216.34", "10.20.1.1"], ["::ffff:127.0.0.1"]]
)
async def test_a_name_is_refused_if_any_of_its_addresses_is(
    addresses: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    async def resolved(name: str, port: int) -> list[str]:
        return addresses

    monkeypatch.setattr(outward, "resolved", resolved)
    assert (await post("https://agency.example/", PushSettings())).fault == "address_refused"


async def test_a_name_that_is_none_is_said_to_be() -> None:
    for name in ("nothing.invalid", "x" * 64 + ".example"):
        assert (await post(f"https://{name}/", PushSettings())).fault == "name_unknown"


async def test_the_connection_goes_to_the_address_that_was_judged(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    async def rebinding(name: str, port: int) -> list[str]:
        asked.append(name)
        return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

    monkeypatch.setattr(outward, "resolved", rebinding)
    assert await post(receiver.url, receiver.settings()) == Answer(204)
    assert asked == [HOST]
    [got] = receiver.got
    assert (got.name, got.headers["host"]) == (HOST, f"{HOST}:{receiver.port}")
    assert (got.headers["path"], got.headers["webhook-id"]) == ("/news?of=jinding", "msg_1")
    assert got.body == b"{}"


async def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answers = [302]
    assert await post(receiver.url, receiver.settings()) == Answer(302)
    assert len(receiver.got) == 1


async def test_the_body_of_an_answer_is_not_read(receiver: Receiver) -> None:
    receiver.answers = [ENDLESS]
    assert await post(receiver.url, receiver.settings()) == Answer(204)


async def test_who_does_not_answer_in_time_is_left(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outward, "SECONDS", 0.3)
    held = asyncio.Event()
    receiver.answers = [held]
    began = time.monotonic()
    assert await post(receiver.url, receiver.settings()) == Answer(fault="timed_out")
    assert time.monotonic() - began < 5
    held.set()


async def test_a_certificate_must_be_the_names_and_of_an_authority_that_is_known(
    receiver: Receiver, tmp_path: Path
) -> None:
    unknown = receiver.settings(push_ca_file=None)
    assert (await post(receiver.url, unknown)).fault == "tls_refused"
    other = receiver.url.replace(HOST, "another.test")
    assert (await post(other, receiver.settings())).fault == "tls_refused"
    assert receiver.got == []


async def test_where_nobody_listens_nobody_is_reached(receiver: Receiver) -> None:
    settings = receiver.settings(push_ports=(1,))
    assert (await post(f"https://{HOST}:1/", settings)).fault == "unreachable"


async def test_who_hangs_up_has_not_answered(receiver: Receiver) -> None:
    receiver.answers = [b""]
    assert (await post(receiver.url, receiver.settings())).fault == "broken_off"


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSH_PORTS", "443,8443")
    monkeypatch.setenv("PUSH_NETWORKS", "10.20.0.0/16, fd12:3456::/32")
    settings = PushSettings()
    assert (settings.push_ports, settings.push_networks) == ((443, 8443), DISTRICT)
    monkeypatch.setenv("PUSH_NETWORKS", "")
    assert PushSettings().push_networks == ()
    for wrong in ("10.20.1.1/16", "agency.example"):
        monkeypatch.setenv("PUSH_NETWORKS", wrong)
        with pytest.raises(ValueError, match="push_networks"):
            PushSettings()
