import asyncio
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from jinding.secrets.certificates import authority, certificates, host_of, issue, new_key

NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def ca() -> tuple[str, str]:
    key = new_key()
    return key, authority(key, NOW)


async def handshake(folder: Path, server: str, ca: str, host: str) -> None:
    """As a client that trusts `ca` alone, strictly, and asks for `host`."""
    (folder / "server.pem").write_text(server)
    serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    serving.load_cert_chain(folder / "server.pem")
    asking = ssl.create_default_context(cadata=ca)
    asking.verify_flags |= ssl.VERIFY_X509_STRICT  # the default from Python 3.13 on
    listener = await asyncio.start_server(lambda _, w: w.close(), "127.0.0.1", 0, ssl=serving)
    async with listener:
        port = listener.sockets[0].getsockname()[1]
        _, writer = await asyncio.open_connection(
            "127.0.0.1", port, ssl=asking, server_hostname=host
        )
        writer.close()


@pytest.mark.parametrize("host", ["kafka.example.gov.cn", "192.0.2.7", "2001:db8::7"])
async def test_a_client_that_trusts_the_authority_trusts_the_server(
    ca: tuple[str, str], tmp_path: Path, host: str
) -> None:
    pem = issue(*ca, "Jinding Test", host, NOW)
    assert host_of(pem) == host
    await handshake(tmp_path, pem, ca[1], host)


async def test_a_server_is_trusted_under_its_own_name_only(
    ca: tuple[str, str], tmp_path: Path
) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match="Hostname mismatch"):
        await handshake(
            tmp_path, issue(*ca, "Jinding Test", "kafka.example", NOW), ca[1], "other.example"
        )


async def test_another_authority_of_the_same_name_is_not_trusted(
    ca: tuple[str, str], tmp_path: Path
) -> None:
    other = new_key()
    pem = issue(other, authority(other, NOW), "Jinding Test", "kafka.example", NOW)
    with pytest.raises(ssl.SSLCertVerificationError):
        await handshake(tmp_path, pem, ca[1], "kafka.example")


def test_what_is_issued_is_key_certificate_and_chain(ca: tuple[str, str]) -> None:
    pem = issue(*ca, "Jinding Test", "kafka.example", NOW)
    assert pem.startswith("-----BEGIN PRIVATE KEY-----")
    assert pem.endswith(ca[1])
    server, issuer = certificates(pem)
    assert server.not_valid_before_utc < NOW < server.not_valid_after_utc
    assert server.not_valid_after_utc - NOW <= timedelta(days=397)
    assert server.not_valid_after_utc < issuer.not_valid_after_utc


def test_a_renewed_certificate_has_the_same_subject_and_another_key(ca: tuple[str, str]) -> None:
    first, second = (
        certificates(issue(*ca, "Jinding Test", "kafka.example", NOW))[0] for _ in range(2)
    )
    assert first.subject == second.subject
    assert first.public_key() != second.public_key()
    assert first.serial_number != second.serial_number


@pytest.mark.parametrize("host", ["", "金鼎.example"])
def test_what_is_neither_name_nor_address_is_refused(ca: tuple[str, str], host: str) -> None:
    with pytest.raises(ValueError, match=r"host|DNSName"):
        issue(*ca, "Jinding Test", host, NOW)


def test_the_key_of_another_authority_is_refused(ca: tuple[str, str]) -> None:
    with pytest.raises(ValueError, match="not the authority's"):
        issue(new_key(), ca[1], "Jinding Test", "kafka.example", NOW)
