"""Rules and dashboards ask for nothing that is not told."""

import re

import pytest
import yaml

from jinding.deploy import nightly
from services.chassis import metrics
from tests.observability.files import DASHBOARDS, FOLDER, RULE_TESTS, named, rules, shown, told

OTHERS = {"up", "ALERTS", "node_filesystem_avail_bytes", "node_filesystem_size_bytes"}
"""Of Prometheus itself and of the host's exporter."""
TARGETS = {"job", "instance", "status", "mountpoint", "fstype"}
RECORDED = set(rules("record"))


def test_names_are_found_in_an_expression() -> None:
    told = 'sum by (job) (rate(a_total{x="b{c}"}[5m])) / (d:e > 0) unless max(f) or absent(g{h="i"} offset 1h)'
    assert named(told) == {"a_total", "d:e", "f", "g"}


@pytest.mark.parametrize("kind", ["alert", "record"])
def test_every_metric_of_a_rule_is_told(kind: str) -> None:
    known = set(told()) | RECORDED | OTHERS
    asked = {name: named(rule["expr"]) for name, rule in rules(kind).items()}
    assert {name: missing for name, of in asked.items() if (missing := of - known)} == {}


def test_every_metric_of_a_dashboard_is_told() -> None:
    asked = {name for expression in shown() for name in named(expression)}
    assert asked - set(told()) - RECORDED - OTHERS == set()


def test_what_we_tell_is_shown_or_watched() -> None:
    expressions = [
        *shown(),
        *(r["expr"] for kind in ("alert", "record") for r in rules(kind).values()),
    ]
    asked = {name for expression in expressions for name in named(expression)}
    kept = [*vars(metrics).values(), *vars(nightly).values()]
    own = {metric._name for metric in kept if hasattr(metric, "_labelnames")}
    assert {name for name in own if not any(a.startswith(name) for a in asked)} == set()


def test_series_of_the_rule_tests_have_the_labels_of_the_real_ones() -> None:
    known = told()
    for path in RULE_TESTS:
        for case in yaml.safe_load(path.read_text())["tests"]:
            for series in case["input_series"]:
                name, _, labels = series["series"].partition("{")
                used = set(re.findall(r"(\w+)=", labels))
                assert used - TARGETS <= known.get(name, set()), series["series"]
                assert known.get(name, set()) - {"method"} <= used, series["series"]


def test_dashboards_read_the_source_that_is_provisioned() -> None:
    provisioned = yaml.safe_load(
        (FOLDER / "grafana/provisioning/datasources/prometheus.yaml").read_text()
    )
    uids = {source["uid"] for source in provisioned["datasources"]}
    for board in DASHBOARDS.values():
        assert {panel["datasource"]["uid"] for panel in board["panels"]} == uids
        ids = [panel["id"] for panel in board["panels"]]
        assert len(ids) == len(set(ids))
    assert len({board["uid"] for board in DASHBOARDS.values()}) == len(DASHBOARDS) == 3


def test_panels_do_not_cover_each_other() -> None:
    for board in DASHBOARDS.values():
        places = [panel["gridPos"] for panel in board["panels"]]
        cells = [
            (x, y)
            for at in places
            for x in range(at["x"], at["x"] + at["w"])
            for y in range(at["y"], at["y"] + at["h"])
        ]
        assert len(cells) == len(set(cells))
        assert max(x for x, _ in cells) < 24
