"""The keys of this deployment, from one file that only its owner reads."""

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Keyring:
    audit: Mapping[str, bytes]

    @classmethod
    def read(cls, file: Path) -> "Keyring":
        told = json.loads(file.read_text(encoding="utf-8"))
        return cls({name: base64.b64decode(key) for name, key in told["audit"].items()})


def make(file: Path) -> None:
    """A keyring of random keys, unless there is one."""
    if file.exists():
        return
    file.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    told = {"audit": {"1": base64.b64encode(secrets.token_bytes(32)).decode()}}
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        json.dump(told, out)
