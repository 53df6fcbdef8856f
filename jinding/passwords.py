import json
import os
import secrets
from pathlib import Path

from jinding.refusal import Refusal

SUPERUSER = "postgres"


class Passwords:
    """Random passwords by role, made when first asked for and kept in one 0600 file."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "passwords.json"
        self._kept: dict[str, str] = json.loads(self._read() or "{}")

    def __getitem__(self, role: str) -> str:
        if role not in self._kept:
            self._kept[role] = secrets.token_hex(24)
            self._write()
        return self._kept[role]

    def _read(self) -> str:
        return self._file.read_text() if self._file.exists() else ""

    def _write(self) -> None:
        new = self._file.with_suffix(".new")
        new.unlink(missing_ok=True)
        with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(self._kept, file, indent=1)
        new.replace(self._file)


def secret(file: Path) -> str:
    """The password in `file`."""
    try:
        if text := file.read_text(encoding="utf-8").strip():
            return text
        reason = "empty"
    except OSError as error:
        reason = str(error.strerror)
    raise Refusal(
        f"密码文件 {file} 不可用。", f"The password file {file} cannot be used: {reason}."
    )
