import fcntl
import os
import time
from pathlib import Path

from jinding.refusal import Refusal

WAIT_SECONDS = 20.0


class FolderLock:
    """One system per data folder.

    The processes of the system inherit the lock: where the supervisor was killed, the next one
    waits until the last of its processes has gone.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self.descriptor = -1

    def __enter__(self) -> "FolderLock":
        self.descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        deadline = time.monotonic() + WAIT_SECONDS
        while not self._taken():
            if self._holder_lives() or time.monotonic() > deadline:
                os.close(self.descriptor)
                raise Refusal(
                    f"系统已在 {self._path.parent} 上运行，请先停止它，或用 DATA_FOLDER 另选文件夹。",
                    f"A system runs on {self._path.parent} already; stop it, or set DATA_FOLDER.",
                )
            time.sleep(0.05)
        os.ftruncate(self.descriptor, 0)
        os.pwrite(self.descriptor, str(os.getpid()).encode(), 0)
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.descriptor)

    def _taken(self) -> bool:
        try:
            fcntl.flock(self.descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def _holder_lives(self) -> bool:
        holder = os.pread(self.descriptor, 20, 0)
        try:
            os.kill(int(holder), 0)
        except (ValueError, ProcessLookupError):
            return False
        except PermissionError:
            return True
        return True
