"""Which of those that the grid closed itself are checked. Pure."""

from hashlib import sha256


def is_sampled(number: str, percent: int) -> bool:
    """By the report's number, which the service gives and nobody chooses: the same answer for ever."""
    return int.from_bytes(sha256(number.encode()).digest()[:4]) % 100 < percent
