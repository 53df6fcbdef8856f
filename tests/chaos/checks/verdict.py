"""What a check says: how many things it looked at, and what was wrong with them."""

from collections.abc import Iterable
from typing import NamedTuple

SHOWN = 20


class Verdict(NamedTuple):
    """`looked` is how much the check compared; one that has seen nothing proves nothing."""

    name: str
    zh: str
    en: str
    looked: int
    wrong: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return self.looked > 0 and not self.wrong


def verdict(name: str, zh: str, en: str, looked: int, wrong: Iterable[str]) -> Verdict:
    return Verdict(name, zh, en, looked, tuple(wrong))
