"""Where a request of ours may go, and what it does there."""

import asyncio
import time

import pytest

from services.gateway.agencies import outward
from services.gateway.agencies.addresses import PushSettings
from services.gateway.agencies.notices import Answer
from services.gateway.agencies.outward import Outward, UrlRefused, checked
from tests.gateway.agencies.receiving import ENDLESS, HOST, Receiver


async def post(url: str, settings: PushSettings) -> Answer:
    return await Outward(settings).post(url, b"{}", {"webhook-id": "msg_1"})


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
    assert await post(receiver.url, receiver.settings()) == Answer(200)


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
    receiver: Receiver,
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
