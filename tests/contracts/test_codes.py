"""Every closed vocabulary is served with labels, and under a name of its own."""

import importlib
import pkgutil
from collections import Counter
from enum import StrEnum

import pytest

import services
from services.contracts import (
    codes_attachments,
    codes_audit,
    codes_disputes,
    codes_errands,
    codes_gateway,
    codes_grid,
    codes_inspection,
    codes_key_persons,
    codes_outreach,
    codes_people,
    codes_privacy,
    codes_space,
    codes_tasks,
    codes_training,
)
from services.contracts.codes import CODES

TABLES = (
    codes_grid,
    codes_outreach,
    codes_space,
    codes_people,
    codes_errands,
    codes_tasks,
    codes_key_persons,
    codes_disputes,
    codes_inspection,
    codes_training,
    codes_audit,
    codes_privacy,
    codes_attachments,
    codes_gateway,
)
OF_THE_PROGRAM = {"Step", "Scope", "Unit", "Kind", "GroupBy", "Require", "RebuildSource"}


def vocabularies() -> set[type[StrEnum]]:
    """The vocabularies of the contracts and of the services, which their records and filters speak."""
    names = [module.name for module in pkgutil.walk_packages(services.__path__, "services.")]
    found = {
        value
        for name in names
        for value in vars(importlib.import_module(name)).values()
        if isinstance(value, type) and issubclass(value, StrEnum) and value is not StrEnum
    }
    return {cls for cls in found if cls.__name__ not in OF_THE_PROGRAM}


@pytest.mark.parametrize("vocabulary", sorted(vocabularies(), key=str))
def test_every_member_of_a_vocabulary_is_served(vocabulary: type[StrEnum]) -> None:
    assert [name for name, table in CODES.items() if table.keys() == set(vocabulary)]


@pytest.mark.parametrize("name", CODES)
def test_every_code_has_labels_in_both_languages(name: str) -> None:
    labels = CODES[name].values()
    assert all(label.zh.strip() and label.en.strip() for label in labels)
    assert max(Counter(label.zh for label in labels).values()) == 1
    assert max(Counter(label.en for label in labels).values()) == 1


def test_no_table_hides_another() -> None:
    assert len(CODES) == 1 + sum(len(module.CODES) for module in TABLES)
