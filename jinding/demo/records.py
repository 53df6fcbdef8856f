"""Of how many rows the figures of the work in the field are made."""

from collections import Counter
from collections.abc import Iterator, Sequence

from jinding.demo.materials_year import FIGURES
from jinding.demo.outreach_year import SUMMIT
from jinding.demo.plan import Item, Stage


def records(stages: Sequence[Stage]) -> Counter[str]:
    """By figure, or part of one."""
    found: Counter[str] = Counter()
    for told in _items(stages):
        body = told["body"]
        match told["operation"]:
            case "record_patrol" if body["campaign"] != SUMMIT:
                found["patrol_person_times"] += 1
            case "confirm_demolition":
                found["demolished_m2"] += 1
            case "enter_material" if body["entry_kind"] == "DISTRIBUTION":
                found[FIGURES[body["item_id"]]] += 1
            case "register_member":
                found["members_in_service.by.RED"] += 1
            case "record_visit":
                found["weekly_visit_rate"] += 1
            case "return_questionnaires":
                found["questionnaires_returned"] += len(body["sheets"])
    return found


def _items(stages: Sequence[Stage]) -> Iterator[Item]:
    return (told for stage in stages for life in stage.lives for told in life)
