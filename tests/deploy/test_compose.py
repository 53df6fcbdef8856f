"""What the compose file promises, read from the file: no engine is needed."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from jinding.processes import SERVICES
from jinding.secrets import make_secrets

FILE = Path("deploy/docker-compose.yml")
COMPOSE: dict[str, Any] = yaml.safe_load(FILE.read_text())
CONTAINERS: dict[str, dict[str, Any]] = COMPOSE["services"]
WITH_PASSWORD = re.compile(r"://[^/@]*:[^/@]*@")
EDGE = Path("deploy/edge/nginx.conf").read_text()
BIN = Path(sys.executable).parent
ALL = pytest.mark.parametrize("name", CONTAINERS)
BY_ROLE = {"databases", "topics", "operations", "keycloak-database", "backup", "verify"}
"""Those that look a secret up by the role or user that it is of."""
STEPS = {"databases", "topics", "operations", "keycloak-database", "traces"}
PUBLISHED = {"gateway", "kafka", "edge", "keycloak", "prometheus", "grafana"}
PROFILES = {
    "tools": {"operations"},
    "edge": {"edge"},
    "idp": {"keycloak-database", "keycloak"},
    "ops": {"backup", "verify"},
    "observability": {"prometheus", "grafana", "traces", "collector", "node-exporter"},
}


@ALL
def test_a_container_is_no_root_and_can_write_nowhere_but_its_volume(name: str) -> None:
    container = CONTAINERS[name]
    assert container["user"].split(":")[0] not in ("", "0", "root")
    assert container["read_only"] is True
    assert container["cap_drop"] == ["ALL"]
    assert not {"cap_add", "privileged", "devices", "network_mode", "ipc"} & set(container)
    assert container["security_opt"] == ["no-new-privileges:true"]


@ALL
def test_a_container_has_limits_and_its_log_is_rotated(name: str) -> None:
    container = CONTAINERS[name]
    assert container["mem_limit"]
    assert container["pids_limit"]
    assert container["logging"]["options"] == {"max-size": "10m", "max-file": "5"}
    assert container["stop_grace_period"]


@ALL
def test_what_a_container_sees_of_the_host_it_cannot_change(name: str) -> None:
    told = CONTAINERS[name].get("volumes", [])
    mounts = [mount.replace("${BACKUP_TO:-backups}", "backups").split(":") for mount in told]
    of_the_host = [mount for mount in mounts if mount[0].startswith((".", "/"))]
    assert all(len(mount) == 3 and "ro" in mount[2].split(",") for mount in of_the_host)
    assert {mount[0] for mount in mounts if mount not in of_the_host} <= set(COMPOSE["volumes"])
    assert all((FILE.parent / mount[0]).exists() for mount in of_the_host)
    assert all(mount[0] != "/" or name == "node-exporter" for mount in of_the_host)
    assert ("pid" in CONTAINERS[name]) == (name == "node-exporter")


def test_only_the_core_runs_where_no_profile_is_named() -> None:
    of = {name: each.get("profiles", []) for name, each in CONTAINERS.items()}
    found = {
        profile: {name for name, profiles in of.items() if profiles == [profile]}
        for profile in PROFILES
    }
    assert found == PROFILES
    core = {name for name, profiles in of.items() if not profiles}
    assert core == {"postgres", "kafka", "databases", "topics", *SERVICES}
    assert not {waited for name in core for waited in CONTAINERS[name].get("depends_on", {})} - core


@ALL
def test_what_serves_is_checked_and_what_prepares_runs_once(name: str) -> None:
    container = CONTAINERS[name]
    if name in STEPS:
        assert container["restart"] == "no"
        return
    assert container["restart"] == "unless-stopped"
    if name != "collector":  # its image holds no program but its own
        assert container["healthcheck"]["start_interval"] == "1s"


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_waits_for_its_databases_and_topics(service: str) -> None:
    waits = {name: how["condition"] for name, how in CONTAINERS[service]["depends_on"].items()}
    done = "service_completed_successfully"
    assert waits == {"databases": done, "topics": done}


def test_what_can_be_reached_from_outside_is_on_the_loopback_unless_told() -> None:
    published = {name: each["ports"] for name, each in CONTAINERS.items() if "ports" in each}
    assert set(published) == PUBLISHED
    told = {name for name, [port] in published.items() if ":-127.0.0.1}" in port}
    assert told == {"gateway", "kafka", "edge"}
    assert all(port.startswith("127.0.0.1:") or name in told for name, [port] in published.items())
    outside = {name for name, each in CONTAINERS.items() if [*each["networks"]] != ["internal"]}
    assert outside == PUBLISHED
    assert COMPOSE["networks"]["internal"] == {"internal": True}


@ALL
def test_no_secret_is_in_the_environment(name: str) -> None:
    environment = CONTAINERS[name].get("environment", {})
    for variable, value in environment.items():
        secret = any(word in variable for word in ("PASSWORD", "KEY_FILE", "JWKS_FILE"))
        assert not secret or str(value).startswith("/run/secrets/"), variable
        assert not WITH_PASSWORD.search(str(value)), variable


@ALL
def test_a_container_gets_the_secrets_that_it_reads_and_no_others(name: str) -> None:
    container = CONTAINERS[name]
    told = str(container.get("environment", {})) + str(container.get("command", ""))
    for secret in container.get("secrets", []):
        mounted = f"/run/secrets/{secret}"
        assert name in BY_ROLE or mounted in told or mounted in EDGE
    if name in SERVICES:
        own = {f"pg_{name}", f"kafka_{name}", "internal_jwks", "keyring"}
        more = {"internal_key", "ca.pem"} if name == "gateway" else set()
        assert set(container["secrets"]) - own <= more


def test_only_the_service_backup_may_copy_the_server_over_the_network() -> None:
    lines = (FILE.parent / COMPOSE["configs"]["pg_hba"]["file"]).read_text().splitlines()
    entries = [line.split() for line in lines if not line.startswith("#")]
    assert entries == [
        ["local", "all", "all", "trust"],
        ["local", "replication", "postgres", "trust"],
        ["host", "replication", "backup", "all", "scram-sha-256"],
        ["host", "all", "all", "all", "scram-sha-256"],
    ]
    assert "-chba_file=/pg_hba" in CONTAINERS["postgres"]["command"]
    assert {"pg_backup", "kafka_backup"} == set(CONTAINERS["backup"]["secrets"])


def test_every_secret_is_made_and_every_one_but_those_of_the_host_is_used(tmp_path: Path) -> None:
    make_secrets(tmp_path / "secrets", "localhost", "localhost", idp=True)
    made = {file.name for file in (tmp_path / "secrets").iterdir()}
    declared = {name: value["file"] for name, value in COMPOSE["secrets"].items()}
    assert declared.pop("edge_tls") == "${EDGE_TLS_FILE:-secrets/edge_tls}"
    assert declared == {name: f"secrets/{name}" for name in declared}
    assert made - set(declared) == {"ca_key", "kafka_broker", "edge_tls"}
    used = {secret for each in CONTAINERS.values() for secret in each.get("secrets", [])}
    assert used == {*declared, "edge_tls"}


def test_the_images_are_public_ones_of_a_version_or_our_own() -> None:
    assert {each["image"] for each in CONTAINERS.values()} == {
        "postgres:18",
        "apache/kafka:4.3.1",
        "${JINDING_IMAGE:-jinding}:${JINDING_VERSION:-dev}",
        "nginx:1.28",
        "jinding-keycloak:26.7",
        "prom/prometheus:v3.5.0",
        "prom/node-exporter:v1.9.1",
        "grafana/grafana:12.1.1",
        "otel/opentelemetry-collector-contrib:0.161.0",
    }
    assert "FROM quay.io/keycloak/keycloak:26.7\n" in Path("deploy/keycloak/Dockerfile").read_text()


def test_the_development_issuer_cannot_be_switched_on() -> None:
    environment = CONTAINERS["gateway"]["environment"]
    assert environment["HOST"] == "0.0.0.0"  # noqa: S104  it refuses to start beyond the loopback
    assert not {"ENVIRONMENT", "DEV_ISSUER"} & set(environment)
    assert environment["OIDC_ISSUER"].startswith("${OIDC_ISSUER:?")


def test_who_names_no_issuer_is_told_where_to() -> None:
    told = CONTAINERS["gateway"]["environment"]["OIDC_ISSUER"]
    assert "deploy/.env" in told
    assert "OIDC_ISSUER=https://…" in told


def test_the_file_is_as_compose_specifies() -> None:
    check: list[str | Path] = [
        BIN / "check-jsonschema",
        "--builtin-schema",
        "vendor.compose-spec",
        FILE,
    ]
    done = subprocess.run(check, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("file", ["deploy/Dockerfile", "deploy/keycloak/Dockerfile"])
def test_a_dockerfile_is_without_the_usual_mistakes(file: str) -> None:
    done = subprocess.run([BIN / "hadolint", file], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout
