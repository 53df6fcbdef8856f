"""Which addresses a notice may go to."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path

import pytest

from services.gateway.agencies import addresses
from services.gateway.agencies.addresses import PushSettings, permitted

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
    monkeypatch.setattr(addresses, "ROUTES", tmp_path)
    return tmp_path


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
