"""The keys of this deployment, from one file that only its owner reads."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class KeyringUnusable(SystemExit):
    """A service does not start without one."""


class Ring(NamedTuple):
    audit: Mapping[str, bytes]


def load(file: Path | None) -> Ring:
    if file is None:
        raise KeyringUnusable("未设置密钥环（KEYRING_FILE）。 KEYRING_FILE is not set.")
    try:
        told = json.loads(file.read_text(encoding="utf-8"))["audit"]
    except (OSError, ValueError, KeyError) as error:
        raise KeyringUnusable(
            f"密钥环 {file} 不可用。 The keyring {file} cannot be used."
        ) from error
    return Ring({name: base64.b64decode(key) for name, key in told.items()})


def create(file: Path) -> None:
    """Make `file` with a first ring, readable by its owner alone, unless there is one."""
    if not file.exists():
        told = {"audit": {"1": base64.b64encode(secrets.token_bytes(32)).decode()}}
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump(told, out)
