"""The table of the indicators says what is counted, and says all of it."""

from services.contracts.codes_gateway import CODES, Exclusion, IndicatorUnit
from services.gateway.dashboards.figure import Kind
from services.gateway.drilldown.made_of import NOUN_OF
from services.gateway.indicators.definitions import INDICATORS

ALL = INDICATORS.values()


def test_there_are_fourteen_and_two_beside_them() -> None:
    assert list(INDICATORS) == [
        *("G1", "G2", "G3", "G4", "G5", "G6", "G6T", "G7"),
        *("G8", "G8E", "G9", "G10", "G11", "G12", "G13", "G14"),
    ]


def test_everything_that_is_counted_has_its_records() -> None:
    for indicator in ALL:
        figure = indicator.figure
        nouns = {NOUN_OF[metric] for metric in (*figure.metrics, *figure.excluded)}
        assert nouns == {"report"} or figure.name in {"G10", "G11", "G13"}


def test_a_share_tells_both_of_its_parts_in_words() -> None:
    for indicator in ALL:
        below = indicator.denominator
        share = indicator.unit is IndicatorUnit.SHARE
        assert share is (indicator.figure.kind is Kind.FLOW_RATE)
        assert below or not share
        if below and share:
            assert indicator.formula.zh == f"{indicator.numerator.zh} ÷ {below.zh}"


def test_what_is_left_out_has_a_reason_and_every_reason_is_used() -> None:
    for indicator in ALL:
        leaves_out = bool(indicator.figure.excluded or indicator.suspended)
        assert bool(indicator.excludes) is leaves_out, indicator.figure.name
        suspended = Exclusion.SUSPENDED in indicator.excludes
        assert suspended is (indicator.suspended is not None)
    assert {reason for i in ALL for reason in i.excludes} == set(Exclusion)
    assert CODES["exclusion"].keys() == set(Exclusion)
