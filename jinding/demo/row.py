"""One figure of the founding article, and how it is compared with what a dashboard shows."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from services.contracts.labels import Label

Relation = Literal["=", ">=", ">", "%"]


@dataclass(frozen=True)
class Row:
    """One figure: what the article says and the path to it in a dashboard's `sections`. `scaled`: a count
    that shrinks with SCALE; `change`: the start and end of which a `%` is the change."""

    figure: Label
    actor: Label
    period: tuple[date, date]
    article: float
    relation: Relation
    path: tuple[str, ...]
    scaled: bool = True
    change: tuple[int, int] | None = None

    def target(self, scale: float) -> float:
        """What must be read back when a fraction of the year is played."""
        if scale == 1 or not self.scaled:
            return self.article
        if self.change is None:
            return round(self.article * scale)
        start, end = (round(count * scale) for count in self.change)
        return round((end - start) * 100 / start)

    @property
    def made_of(self) -> str:
        """Of which records the figure is made; of a part of one, that part."""
        return ".".join(part for part in self.path[2:] if part not in {"by", "value"})

    def holds(self, value: float | None, target: float) -> bool:
        if value is None:
            return False
        match self.relation:
            case "=":
                return value == target
            case ">=":
                return value >= target
            case ">":
                return value > target
            case "%":
                return round(value) == target

    def read(self, dashboard: dict[str, Any]) -> float | None:
        found: Any = dashboard["sections"]
        for name in self.path:
            found = found.get(name) if isinstance(found, dict) else None
        return found if isinstance(found, int | float) else None
