"""The one declared list of topics; `jinding topics` creates them, nothing else does."""

from services.contracts.registry import topics

TOPICS: tuple[str, ...] = topics()
