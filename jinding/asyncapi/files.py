"""`docs/events` as the code says it must be, and the gate: nothing published is ever broken.

Every version of a schema that differs in more than its words stays at `published/<type>/<n>.json`.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from jinding.asyncapi.breaks import breaks, essence
from jinding.asyncapi.document import Document, document
from jinding.asyncapi.schemas import HEADERS, Schema, schemas
from jinding.refusal import Refusal
from services.gateway.reference.documents import FOLDER


def write(folder: Path = FOLDER) -> None:
    """Refuses a change that breaks what was published; keeps one that does not as the next version."""
    now = schemas()
    _refuse(_broken(folder, now))
    (folder / "schemas").mkdir(exist_ok=True)
    for file in _astray(folder, now):
        file.unlink()
    for file, text in _texts(folder, now).items():
        file.write_text(text, encoding="utf-8")
    for name in _unpublished(folder, now):
        count = len(published(folder).get(name, ()))
        file = folder / "published" / name / f"{count + 1}.json"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(_json(now[name]), encoding="utf-8")


def check(folder: Path = FOLDER) -> None:
    """Refuses unless what is committed is what the code says, and nothing published is broken."""
    now = schemas()
    _refuse(_broken(folder, now))
    texts = _texts(folder, now)
    lagging = [file for file, text in texts.items() if not _holds(file, text)]
    lagging += _astray(folder, now)
    if names := [file.name for file in lagging] + _unpublished(folder, now):
        raise Refusal(
            f"docs/events 与代码不一致（{names[0]} 等），请运行 make asyncapi。",
            f"docs/events differs from the code ({names[0]} first); run make asyncapi.",
        )


def published(folder: Path = FOLDER) -> dict[str, list[Schema]]:
    """Every version of every schema, oldest first."""
    return {
        of_type.name: [
            json.loads(file.read_bytes())
            for file in sorted(of_type.glob("*.json"), key=lambda file: int(file.stem))
        ]
        for of_type in sorted((folder / "published").glob("*"))
    }


def samples(folder: Path = FOLDER) -> dict[str, Any]:
    """One payload of each type, as it was once published."""
    return {file.stem: json.loads(file.read_bytes()) for file in (folder / "samples").glob("*")}


def broken(kept: dict[str, list[Schema]], now: dict[str, Schema]) -> Iterator[str]:
    """What `now` would break of the versions kept, one sentence each."""
    for name, versions in kept.items():
        if name not in now:
            yield f"{name}: the type is gone"
            continue
        for number, version in enumerate(versions, 1):
            for sentence in sorted(breaks(version, now[name])):
                yield f"{name} ({number}) {sentence}"


def _broken(folder: Path, now: dict[str, Schema]) -> list[str]:
    return list(broken(published(folder), now))


def _refuse(sentences: list[str]) -> None:
    if sentences:
        told = "\n".join(sentences)
        raise Refusal(
            "改动破坏了已发布的事件；含义有变应另立 v2 类型：",
            f"This breaks events that are published; what means something else is a new type, v2:\n{told}",
        )


def _unpublished(folder: Path, now: dict[str, Schema]) -> list[str]:
    kept = published(folder)
    return [
        name
        for name, schema in now.items()
        if not kept.get(name) or essence(kept[name][-1]) != essence(schema)
    ]


def _texts(folder: Path, now: dict[str, Schema]) -> dict[Path, str]:
    told = samples(folder)
    texts = {
        folder / "schemas" / f"{name}.json": _json(
            schema if name == HEADERS else schema | {"examples": [told[name]]}
        )
        for name, schema in now.items()
    }
    return texts | {folder / "asyncapi.yaml": _yaml(document(now, told))}


def _astray(folder: Path, now: dict[str, Schema]) -> list[Path]:
    return [file for file in (folder / "schemas").glob("*") if file.stem not in now]


def _holds(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text


def _json(schema: Schema) -> str:
    return json.dumps(schema, ensure_ascii=False, indent=1) + "\n"


def _yaml(told: Document) -> str:
    import yaml  # noqa: PLC0415  (of the development tools; whoever runs the system has none)

    class Plain(yaml.CSafeDumper):
        def ignore_aliases(self, _: Any) -> bool:
            return True

    text: str = yaml.dump(told, Dumper=Plain, allow_unicode=True, sort_keys=False, width=110)
    return text
