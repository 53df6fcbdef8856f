"""What may never change about a published schema: older readers read newer events, newer readers older ones.

So nothing may but what readers are told to ignore: a new field that may be absent, and words for people.
"""

from collections.abc import Iterator
from typing import Any

from jinding.asyncapi.schemas import Schema

WORDS = {"$schema", "$id", "title", "description", "examples"}
STRUCTURE = {"properties", "required", "items", "enum"}


def essence(schema: Schema) -> Schema:
    """The schema without what it says to people."""
    kept = {key: value for key, value in schema.items() if key not in WORDS}
    if "items" in kept:
        kept["items"] = essence(kept["items"])
    if "properties" in kept:
        kept["properties"] = {name: essence(field) for name, field in kept["properties"].items()}
    return kept


def breaks(old: Schema, new: Schema, place: str = "") -> Iterator[str]:
    """Each change from `old` to `new` that some reader could not take, with the field's place."""
    yield from _of_keywords(old, new, place)
    yield from _of_codes(old.get("enum"), new.get("enum"), place)
    if ("items" in old) != ("items" in new):
        yield f"{place}: items are told in one of the two only"
    elif "items" in old:
        yield from breaks(old["items"], new["items"], f"{place}[]")
    yield from _of_fields(old, new, f"{place}." if place else "")


def _of_keywords(old: Schema, new: Schema, place: str) -> Iterator[str]:
    for keyword in sorted((old.keys() | new.keys()) - WORDS - STRUCTURE):
        before, after = old.get(keyword), new.get(keyword)
        if before != after:
            yield f"{place or 'schema'}: {keyword} was {before!r}, is {after!r}"


def _of_codes(old: list[Any] | None, new: list[Any] | None, place: str) -> Iterator[str]:
    if (old is None) != (new is None):
        yield f"{place}: {'open' if old is None else 'closed'} before, not any more"
    for code in set(old or ()) - set(new or ()) if new is not None else ():
        yield f"{place}: code {code!r} removed"
    for code in set(new or ()) - set(old or ()) if old is not None else ():
        yield f"{place}: code {code!r} added"


def _of_fields(old: Schema, new: Schema, inside: str) -> Iterator[str]:
    before, after = old.get("properties", {}), new.get("properties", {})
    had_to, has_to = set(old.get("required", ())), set(new.get("required", ()))
    for name in before.keys() - after.keys():
        yield f"{inside}{name}: removed"
    for name in has_to - had_to:
        yield f"{inside}{name}: {'newly required' if name in before else 'added, and required'}"
    for name in (had_to - has_to) & after.keys():
        yield f"{inside}{name}: no longer required"
    for name in before.keys() & after.keys():
        yield from breaks(before[name], after[name], f"{inside}{name}")
