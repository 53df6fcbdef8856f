"""The grid service's figures of work in the field. Each event is the record as it is now."""

from collections.abc import Iterator

from services.contracts.codes_outreach import EntryKind, ItemKind
from services.contracts.grid_outreach import (
    CampaignSnapshot,
    DemolitionSnapshot,
    MaterialEntrySnapshot,
    MaterialItemSnapshot,
    PatrolSnapshot,
    SurveyIssueSnapshot,
    SurveyReturnSnapshot,
    SurveySnapshot,
)
from services.gateway.projections.cards import Entry, Projection, day_of, nothing, replaced

WITHOUT = "NONE"
"""The dimension of what belongs to no campaign."""


def patrol_entries(card: PatrolSnapshot) -> Iterator[Entry]:
    """One that still runs or was voided counts nowhere; its day is that on which it started."""
    if card.status != "FINISHED":
        return
    area, day = card.area_code, day_of(card.started_at)
    campaign = card.campaign or WITHOUT
    yield Entry("patrol_person_times", area, day, card.participants, campaign)
    if card.is_covering and len(area) == 15:
        yield Entry("patrols_covering", area, day, dimension=area)


def demolition_entries(card: DemolitionSnapshot) -> Iterator[Entry]:
    """In hundredths of a square metre: tallies are whole numbers. What nobody has confirmed by its photos is told
    apart."""
    hundredths = int(card.area_m2 * 100)
    area, day = card.area_code, card.demolished_on
    if card.status == "CONFIRMED":
        yield Entry("demolished_m2", area, day, hundredths, card.mode)
        yield Entry("demolitions_confirmed", area, day)
    elif card.status == "RECORDED":
        yield Entry("demolished_unconfirmed_m2", area, day, hundredths, card.mode)


DISTRIBUTED = {
    ItemKind.LEAFLET: "leaflets_distributed",
    ItemKind.PROMO: "promo_items_distributed",
    ItemKind.QUESTIONNAIRE: "questionnaires_distributed",
}
"""Three figures, which are never added up."""


def material_entries(card: MaterialEntrySnapshot) -> Iterator[Entry]:
    """Only what reached people. A counter-entry takes away on its own day: what was told before stays true."""
    if card.entry_kind is EntryKind.DISTRIBUTION:
        metric, day = DISTRIBUTED[card.item_kind], day_of(card.occurred_at)
        yield Entry(metric, card.area_code, day, card.quantity, card.campaign or WITHOUT)


def survey_entries(card: SurveySnapshot) -> Iterator[Entry]:
    """Nothing before it is closed. What is `excluded` came back and is not valid, or of too few to be told."""
    if card.closed_on is None:
        return
    for told in card.results:
        counts = {
            "survey_handed_out": told.handed_out,
            "survey_excluded": told.returned - told.valid,
            "survey_valid": told.valid,
            "survey_unsure": told.unsure,
            "survey_sure": told.valid - told.unsure,
            "survey_safe": told.safe,
            "survey_strictly_safe": told.strictly_safe,
            "survey_aware": told.aware,
            "survey_took_part": told.took_part,
        }
        for metric, n in counts.items():
            yield Entry(metric, told.area_code, card.closed_on, n)


def return_entries(card: SurveyReturnSnapshot) -> Iterator[Entry]:
    day = day_of(card.occurred_at)
    yield Entry("questionnaires_returned", card.area_code, day, card.questionnaires, card.channel)


PROJECTIONS = (
    Projection("grid", "campaign", CampaignSnapshot, replaced, nothing),
    Projection("grid", "patrol", PatrolSnapshot, replaced, patrol_entries),
    Projection("grid", "demolition", DemolitionSnapshot, replaced, demolition_entries),
    Projection("grid", "material_item", MaterialItemSnapshot, replaced, nothing),
    Projection("grid", "material_entry", MaterialEntrySnapshot, replaced, material_entries),
    Projection("grid", "survey", SurveySnapshot, replaced, survey_entries),
    Projection("grid", "survey_issue", SurveyIssueSnapshot, replaced, nothing),
    Projection("grid", "survey_return", SurveyReturnSnapshot, replaced, return_entries),
)
