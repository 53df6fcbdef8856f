"""What a check says: how many things it looked at, and what was wrong with them."""

from collections.abc import Callable, Iterable
from typing import NamedTuple

SHOWN = 20


class Verdict(NamedTuple):
    """`looked` is what the check compared; one that has seen nothing proves nothing."""

    zh: str
    en: str
    looked: int
    wrong: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return self.looked > 0 and not self.wrong


Found = tuple[int, Iterable[str]]


def verdict(zh: str, en: str, looked: int, wrong: Iterable[str]) -> Verdict:
    return Verdict(zh, en, looked, tuple(wrong))


Check = Callable[..., Verdict]
