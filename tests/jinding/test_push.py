"""`jinding partners push` and `deliveries`."""

import base64

import pytest

from tests.jinding.test_partners import added, run, served

__all__ = ["served"]
URL = "https://fire.example/news"


def secret(output: str) -> bytes:
    [told] = [line for line in output.splitlines() if line.startswith("secret: ")]
    return base64.b64decode(told.removeprefix("secret: whsec_"), validate=True)


def test_a_push_from_its_first_address_to_its_end(served: None) -> None:
    added()
    first = secret(run("push", "fire", "--url", URL))
    assert len(first) == 32
    assert "secret" not in run("push", "fire", "--url", f"{URL}/2")
    told = run("deliveries", "fire")
    assert f"fire: on {URL}/2" in told
    assert "whsec_" not in told
    assert secret(run("push", "fire", "--rotate", "--overlap-hours", "1")) != first
    run("push", "fire", "--off")
    assert "no notices" in run("deliveries", "fire")
    assert secret(run("push", "fire", "--url", URL)) != first
    run("revoke", "fire", "--why", "终止")
    assert "no notices" in run("deliveries", "fire")


@pytest.mark.parametrize(
    "url", ["http://fire.example/", "https://u:p@fire.example/", "https://fire.example:8443/", "x"]
)
def test_an_address_that_is_not_plainly_https_is_refused(served: None, url: str) -> None:
    added()
    assert "通知地址须为 https" in run("push", "fire", "--url", url, ends=1)


@pytest.mark.parametrize(
    "host", ["10.0.0.1", "127.0.0.1", "[::1]", "[::ffff:10.0.0.1]", "127.1", "2130706433"]
)
def test_an_address_to_which_nothing_is_sent_is_refused(served: None, host: str) -> None:
    added()
    assert "通知不发往该地址" in run("push", "fire", "--url", f"https://{host}/", ends=1)


def test_a_network_may_be_allowed(served: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSH_NETWORKS", "10.0.0.0/8")
    added()
    assert "secret: " in run("push", "fire", "--url", "https://10.0.0.1/")


def test_a_port_may_be_allowed(served: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PUSH_PORTS", "443,8443")
    added()
    assert "secret: " in run("push", "fire", "--url", "https://fire.example:8443/")


def test_what_makes_no_sense_is_refused(served: None) -> None:
    added()
    one_of = "Name one of --url, --off and --rotate."
    assert one_of in run("push", "fire", ends=1)
    assert one_of in run("push", "fire", "--off", "--rotate", ends=1)
    assert "No such record." in run("push", "fire", "--rotate", ends=1)
    assert "No such record." in run("push", "water", "--url", URL, ends=1)
    assert "No such record." in run("deliveries", "water", ends=1)
