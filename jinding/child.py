"""uvicorn, ended when the process that started it is gone: `python -m jinding.child …`.

The supervisor holds the other end of standard input and never writes; the kernel closes it however
the supervisor ends, on Linux and macOS alike.
"""

import os
import signal
import sys
import threading
import time

import uvicorn

GRACE_SECONDS = 8.0
UNUSED = "rich", "pydantic.v1"
"""Large, and loaded wherever they are installed: structlog would draw tracebacks in a terminal (a service writes
JSON), FastAPI asks whether a model is one of Pydantic 1."""


def end_with_parent() -> None:
    # not through sys.stdin: its lock would be held when the interpreter ends
    while os.read(0, 1):
        pass
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(GRACE_SECONDS)
    os._exit(1)


def leave_out_unused() -> None:
    for name in UNUSED:
        sys.modules[name] = None  # type: ignore[assignment]


if __name__ == "__main__":
    leave_out_unused()
    threading.Thread(target=end_with_parent, daemon=True).start()
    uvicorn.main()
