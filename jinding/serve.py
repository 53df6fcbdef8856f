"""One service in a container of its own: `python -m jinding.serve SERVICE`."""

import sys

import uvicorn
from pydantic import ValidationError

from jinding.child import leave_out_unused
from jinding.databases import complete_address
from jinding.healthcheck import PORT
from jinding.refusal import Refusal
from services.chassis.privacy import keyring
from services.chassis.settings import ServiceSettings

GRACE_SECONDS = 20
"""For requests that are under way when the container is told to stop; compose waits for 30."""


def main() -> None:
    leave_out_unused()
    try:
        complete_address()
        _serve(sys.argv[1])
    except Refusal as refusal:
        sys.exit(str(refusal))
    except ValidationError as error:
        wrong = ", ".join(str(part["loc"][0]).upper() for part in error.errors())
        sys.exit(f"设置有误：{wrong}。\nThese settings are wrong: {wrong}.")


def _serve(service: str) -> None:
    if service != "gateway":
        keyring.load(ServiceSettings().keyring_file)  # later it would be told with a traceback
    uvicorn.run(
        f"services.{service}.main:create",
        factory=True,
        host="0.0.0.0",  # noqa: S104  (the container's own network decides who comes in)
        port=PORT,
        loop="uvloop",
        http="httptools",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        log_level="warning",
        timeout_graceful_shutdown=GRACE_SECONDS,
    )


if __name__ == "__main__":
    main()
