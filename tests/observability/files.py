"""What is in `deploy/observability`, read."""

import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY

from jinding.deploy import nightly
from services.chassis import metrics
from services.chassis.erasure import gauges
from services.gateway.agencies import sender
from services.gateway.projections import watermarks

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "deploy/observability"
RUNBOOKS = ROOT / "docs/runbooks"
RULES = [yaml.safe_load(path.read_text()) for path in sorted((FOLDER / "rules").glob("*.yaml"))]
DASHBOARDS = {
    path.stem: json.loads(path.read_text())
    for path in (FOLDER / "grafana/dashboards").glob("*.json")
}
RULE_TESTS = sorted((Path(__file__).parent / "rules").glob("*.yaml"))
WORDS = {"and", "or", "unless", "on", "ignoring", "bool", "offset", "sum", "max", "min", "by"}
SUFFIXES = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_sum", "_count"),
    "gauge": ("",),
}


def rules(kind: str) -> dict[str, dict[str, Any]]:
    """`alert` or `record`, by name."""
    every = (rule for file in RULES for group in file["groups"] for rule in group["rules"])
    return {rule[kind]: rule for rule in every if kind in rule}


def shown() -> Iterator[str]:
    """The expressions of the dashboards."""
    for board in DASHBOARDS.values():
        for panel in board["panels"]:
            yield from (target["expr"] for target in panel["targets"])


def named(expression: str) -> set[str]:
    """The metrics that an expression reads."""
    bare = re.sub(r'"[^"]*"|\[[^\]]*\]|\{[^{}]*\}', "", re.sub(r'"[^"]*"', "", expression))
    bare = re.sub(r"\b(by|on|ignoring|without) *\([^)]*\)", "", bare)
    return set(re.findall(r"\b[a-z_][\w:]*\b(?! *\()", bare, re.I)) - WORDS


def told() -> dict[str, set[str]]:
    """Every metric that a service or a nightly work tells, with its labels."""
    collected = [*REGISTRY.collect(), *nightly.REGISTRY.collect()]
    families = {family.name: family for family in collected}
    kept = [
        value for module in (metrics, watermarks, sender, gauges) for value in vars(module).values()
    ]
    own = [metric for metric in kept if hasattr(metric, "_labelnames")]
    labels = {metric._name: set(metric._labelnames) for metric in own}
    return {
        name + suffix: labels.get(name, set()) | ({"le"} if suffix == "_bucket" else set())
        for name, family in families.items()
        for suffix in SUFFIXES.get(family.type, ())
    }


def promtool() -> str:
    found = shutil.which("promtool")
    if found is None:
        if os.environ.get("REQUIRE_PROMTOOL") == "1":
            pytest.fail("promtool is missing (Debian package `prometheus`)")
        pytest.skip("needs promtool (Debian package `prometheus`)")
    return found
