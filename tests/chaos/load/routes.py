"""Where the gateway's API offers each operation, as its own document says."""

import json
from functools import cache
from pathlib import Path
from typing import NamedTuple
from uuid import UUID

import services.gateway.page


class Route(NamedTuple):
    service: str
    method: str
    path: str
    collection: str

    def to(self, id: UUID) -> str:
        """The path of the operation on one aggregate; a creation's is the collection's."""
        before, _, parameter = self.path.partition("{")
        after = parameter.partition("}")[2]
        return f"{before}{id}{after}" if parameter else before


@cache
def routes() -> dict[str, Route]:
    """By operation id."""
    document = Path(services.gateway.page.__file__).with_name("openapi.json")
    paths = json.loads(document.read_text(encoding="utf-8"))["paths"]
    return {
        told["operationId"]: Route(
            path.split("/")[2], method.upper(), path, path.partition("/{")[0]
        )
        for path, methods in paths.items()
        for method, told in methods.items()
    }
