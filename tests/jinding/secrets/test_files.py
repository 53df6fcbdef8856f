import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from jinding.cli import app
from jinding.refusal import Refusal
from jinding.secrets import first_login, make_secrets, renew
from jinding.secrets.certificates import certificates, host_of
from services.chassis.identity.keys import load_private_key, load_public_keys

HOST = "kafka.example"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    make_secrets(folder, HOST)
    return folder


def contents(folder: Path) -> dict[str, str]:
    return {file.name: file.read_text() for file in folder.iterdir()}


def test_every_service_has_its_own_passwords(folder: Path) -> None:
    passwords = {
        name: text
        for name, text in contents(folder).items()
        if name.startswith(("pg_", "kafka_")) and name not in ("kafka_jaas", "kafka_tls")
    }
    assert len(passwords) == 12 + 8
    assert len(set(passwords.values())) == len(passwords)
    assert all(len(password) == 48 and password.isalnum() for password in passwords.values())


def test_what_exists_is_kept_and_what_is_missing_is_made(folder: Path) -> None:
    before = contents(folder)
    (folder / "pg_grid").unlink()
    assert make_secrets(folder, HOST) == ["pg_grid"]
    after = contents(folder)
    assert after.pop("pg_grid") != before.pop("pg_grid")
    assert after == before
    assert make_secrets(folder, HOST) == []


def test_nobody_else_on_the_host_comes_to_a_secret(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.chmod(0o755)
    make_secrets(folder, HOST)
    assert folder.stat().st_mode & 0o777 == 0o700


def test_what_no_container_reads_is_for_the_owner_only(folder: Path) -> None:
    modes = {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}
    assert {name for name, mode in modes.items() if mode == 0o600} == {"ca_key", "kafka_broker"}
    assert {mode for mode in modes.values() if mode != 0o600} == {0o644}


def test_kafka_knows_its_two_plain_users(folder: Path) -> None:
    made = contents(folder)
    assert f'user_broker="{made["kafka_broker"]}"' in made["kafka_jaas"]
    assert f'user_admin="{made["kafka_admin"]}"' in made["kafka_jaas"]
    assert made["kafka_grid"] not in made["kafka_jaas"]


def test_a_password_that_kafka_would_not_know_is_refused(folder: Path) -> None:
    (folder / "kafka_admin").unlink()
    with pytest.raises(Refusal, match="delete it"):
        make_secrets(folder, HOST)
    (folder / "kafka_jaas").unlink()
    assert make_secrets(folder, HOST) == ["kafka_jaas"]


def test_the_gateways_key_fits_the_public_set(folder: Path) -> None:
    key = load_private_key(folder / "internal_key")
    assert key.kid in load_public_keys(folder / "internal_jwks")
    assert "d" not in json.loads((folder / "internal_jwks").read_text())["keys"][0]


def test_a_public_set_in_rotation_is_kept(folder: Path) -> None:
    before = (folder / "internal_jwks").read_text()
    (folder / "internal_key").unlink()
    make_secrets(folder, HOST)
    assert (folder / "internal_jwks").read_text() == before


def test_a_renewed_certificate_is_in_the_same_file(folder: Path) -> None:
    file, before = folder / "kafka_tls", contents(folder)
    inode = file.stat().st_ino
    renew(folder)
    assert file.stat().st_ino == inode  # a container that has it mounted sees what is new
    assert file.stat().st_mode & 0o777 == 0o644
    old, new = (certificates(text)[0] for text in (before["kafka_tls"], file.read_text()))
    assert new.serial_number != old.serial_number
    assert contents(folder) | {"kafka_tls": ""} == before | {"kafka_tls": ""}


def test_the_authoritys_key_may_be_kept_elsewhere(folder: Path) -> None:
    (folder / "ca_key").unlink()
    assert make_secrets(folder, HOST) == []
    before = contents(folder)
    with pytest.raises(Refusal, match="No certificate can be issued"):
        renew(folder)
    assert contents(folder) == before


def test_another_host_needs_a_renewal(folder: Path) -> None:
    with pytest.raises(Refusal, match=f"for {HOST}, not for other.example"):
        make_secrets(folder, "other.example")
    renew(folder, "other.example")
    assert make_secrets(folder, "other.example") == []


def test_nothing_is_renewed_before_it_is_made(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="make it first"):
        renew(tmp_path)


def test_a_host_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refusal, match="no host"):
        make_secrets(tmp_path / "secrets", "")


def test_the_command_tells_names_and_never_what_they_hold(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    asked = ["--folder", str(folder)]
    told = CliRunner().invoke(app, ["secrets", "make", "--host", HOST, *asked]).output
    told += CliRunner().invoke(app, ["secrets", "renew", *asked]).output
    made = contents(folder)
    assert made.keys() <= set(told.split())
    assert not [name for name, text in made.items() if text in told]


def test_the_proxy_and_keycloak_get_theirs_where_they_run(folder: Path) -> None:
    made = make_secrets(folder, HOST, "jinding.example", idp=True)
    assert made == ["edge_tls", "keycloak.conf", "pg_keycloak"]
    assert make_secrets(folder, HOST, "jinding.example", idp=True) == []
    texts = contents(folder)
    assert f"db-password={texts['pg_keycloak']}" in texts["keycloak.conf"].splitlines()
    assert host_of(texts["edge_tls"]) == "jinding.example"
    assert certificates(texts["edge_tls"])[0].subject != certificates(texts["kafka_tls"])[0].subject


def test_the_proxys_certificate_is_renewed_apart_from_kafkas(folder: Path) -> None:
    make_secrets(folder, HOST, "jinding.example")
    before = contents(folder)
    with pytest.raises(Refusal, match=r"edge_tls is for jinding\.example, not for other\.example"):
        make_secrets(folder, HOST, "other.example")
    told = CliRunner().invoke(app, ["secrets", "renew", "--edge", "--folder", str(folder)]).output
    assert "nginx -s reload" in told
    after = contents(folder)
    assert after.pop("edge_tls") != before.pop("edge_tls")
    assert after == before


def test_a_password_that_keycloak_would_not_know_is_refused(folder: Path) -> None:
    make_secrets(folder, HOST, idp=True)
    (folder / "pg_keycloak").unlink()
    with pytest.raises(Refusal, match=r"keycloak\.conf has other passwords than pg_keycloak"):
        make_secrets(folder, HOST, idp=True)


def test_the_first_login_is_told_once(tmp_path: Path) -> None:
    folder = tmp_path / "secrets"
    asked = ["secrets", "make", "--idp", "--folder", str(folder)]
    first, again = (CliRunner().invoke(app, asked).output for _ in range(2))
    user, password = first_login(folder)
    assert first.splitlines()[-1].endswith(f"{user} {password}")
    assert password not in again


@pytest.mark.parametrize("name", ["pg_grid", "keyring", "internal_key", "ca.pem"])
@pytest.mark.parametrize("content", ["", "\n"])
def test_an_empty_one_is_named_and_nothing_is_made(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content)
    (folder / "pg_gateway").unlink()
    with pytest.raises(Refusal, match=rf"Empty secret files: \S*{name}\."):
        make_secrets(folder, HOST)
    assert not (folder / "pg_gateway").exists()
