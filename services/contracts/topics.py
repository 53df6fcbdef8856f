"""The one declared list of topics; `jinding topics` creates them, nothing else does."""

from services.contracts.registry import by_type, topics

TOPICS: tuple[str, ...] = topics()
SENSITIVE: frozenset[str] = frozenset(
    topic
    for cls in by_type().values()
    for topic in cls.topics()
    if cls.sensitive or topic == cls.sensitive_topic
)
"""No agency is ever granted one of these, whole or in part."""
STREAMS = "jinding.agency."
"""What the topic of an agency's own begins with: it holds what is granted to the agency of other topics in part."""
