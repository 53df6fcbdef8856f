"""Files of configuration that change while a process runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeVar

import structlog

T = TypeVar("T")
F = TypeVar("F", Path, Path | None)
log = structlog.get_logger()


class Followed(Generic[F, T]):
    """What `load` makes of a file, as the file is by now. While it is missing, or `load` raises `unusable`, what was
    good last holds, and the log has a warning for each change."""

    def __init__(
        self, file: F, load: Callable[[F], T], unusable: type[BaseException], warning: str
    ) -> None:
        self._file: F = file
        self._load: Callable[[F], T] = load
        self._unusable, self._warning = unusable, warning
        self._state = self._look()
        self._good = load(file)

    @property
    def now(self) -> T:
        if (state := self._look()) not in (None, self._state):
            self._state = state
            try:
                self._good = self._load(self._file)
            except self._unusable as unusable:
                log.warning(self._warning, reason=str(unusable))
        return self._good

    def _look(self) -> tuple[int, int, int] | None:
        try:
            found = self._file.stat() if self._file else None
        except OSError:
            return None
        return (found.st_mtime_ns, found.st_ino, found.st_size) if found else None
