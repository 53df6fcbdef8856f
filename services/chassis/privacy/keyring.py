"""The keyring: a file with the master keys, by number, a key for each blind index and one for the audit's chain.

The newest master key (the highest number) seals, all of them open. Who loses the file has lost every person; who
has it and a database can read them. So it is never in the database, in its backups or in the environment.
"""

import base64
import json
import os
import stat
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import Base64Bytes, BaseModel, ConfigDict, Field, ValidationError

SIZE = 32
MOUNTED = Path("/run/secrets")
"""Where a container finds its secrets: seen by nobody else, whatever the file's mode."""
AES, SM4 = "AES-256-GCM", "SM4-GCM"
ALGORITHMS = {AES: 1, SM4: 2}
INDEXES: tuple[Literal["resident_id", "phone", "mark"], ...] = ("resident_id", "phone", "mark")


class KeyringUnusable(SystemExit):
    """A service does not start without one."""

    def __init__(self, file: Path | None, zh: str, en: str) -> None:
        where = file or "KEYRING_FILE"
        super().__init__(f"密钥环 {where} 不可用：{zh}。 The keyring {where} cannot be used: {en}.")


class Key(NamedTuple):
    id: int
    algorithm: int
    secret: bytes


class Ring(NamedTuple):
    """`audit`: keys of the audit's chain, by the id that a link names."""

    keys: dict[int, Key]
    indexes: dict[str, bytes]
    audit: dict[str, bytes]

    @property
    def newest(self) -> Key:
        return self.keys[max(self.keys)]


class _Key(BaseModel):
    model_config = ConfigDict(extra="forbid")

    algorithm: Literal["AES-256-GCM", "SM4-GCM"]
    key: Base64Bytes


class _File(BaseModel):
    model_config = ConfigDict(extra="forbid")

    keys: dict[int, _Key] = Field(min_length=1)
    indexes: dict[Literal["resident_id", "phone", "mark"], Base64Bytes]
    audit: dict[str, Base64Bytes] = Field(min_length=1)


def load(file: Path | None) -> Ring:
    """The keys of `file`, or `KeyringUnusable`, which quotes nothing of it."""
    if file is None:
        raise KeyringUnusable(None, "未设置", "it is not set")
    try:
        mode, text = file.stat().st_mode, file.read_bytes()
    except OSError as error:
        raise KeyringUnusable(file, error.strerror or "", error.strerror or "") from error
    if mode & (stat.S_IWGRP | stat.S_IRWXO) and file.parent != MOUNTED:
        zh, en = "其他账户可以读写，请改为 0600", "others may read or write it; make it 0600"
        raise KeyringUnusable(file, zh, en)
    return parsed(text, file)


def parsed(text: str | bytes, file: Path | None = None) -> Ring:
    try:
        told = _File.model_validate_json(text)
    except ValidationError:
        raise KeyringUnusable(file, "内容不合格式", "it is malformed") from None
    keys = {id: Key(id, ALGORITHMS[k.algorithm], k.key) for id, k in told.keys.items()}
    secrets = [*(key.secret for key in keys.values()), *told.indexes.values(), *told.audit.values()]
    if set(told.indexes) != set(INDEXES) or not all(0 < id < 1 << 16 for id in keys):
        raise KeyringUnusable(
            file, "缺少索引密钥或编号有误", "an index key is missing, or a number wrong"
        )
    if len(set(secrets)) < len(secrets) or not all(map(_random, secrets)):
        raise KeyringUnusable(file, "密钥不是随机生成的", "a key is a default, not a random one")
    return Ring(keys, {name: told.indexes[name] for name in INDEXES}, told.audit)


def first(algorithm: str = AES) -> str:
    """The text of a new ring with one master key."""
    indexes = {name: _secret() for name in INDEXES}
    return _text({"keys": {"1": _new(algorithm)}, "indexes": indexes, "audit": {"1": _secret()}})


def with_a_new_key(text: str, algorithm: str = AES) -> str:
    """The ring with one more master key, which seals from now on."""
    told, ring = json.loads(text), parsed(text)
    told["keys"][str(ring.newest.id + 1)] = _new(algorithm)
    return _text(told)


def with_the_newest_alone(text: str) -> str:
    """The ring without the older master keys: nothing may be wrapped by them any more."""
    told, newest = json.loads(text), str(parsed(text).newest.id)
    return _text(told | {"keys": {newest: told["keys"][newest]}})


def create(file: Path) -> None:
    """Make `file` with a first ring, readable by its owner alone, unless there is one."""
    if not file.exists():
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        made = _beside(file, first())
        try:
            os.link(made, file)
        except FileExistsError:
            pass
        finally:
            made.unlink()


def change(file: Path, how: Callable[[str], str]) -> None:
    """Give `file` the text that `how` makes of its own, in place: what is mounted in a container is this very file.
    A copy lies beside it until that is done."""
    try:
        text = how(file.read_text())
    except OSError as error:
        raise KeyringUnusable(file, error.strerror or "", error.strerror or "") from error
    copy = _beside(file, text)
    with file.open("r+") as stream:
        stream.write(text)
        stream.truncate()
        stream.flush()
        os.fsync(stream.fileno())
    copy.unlink()


def _beside(file: Path, text: str) -> Path:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(handle, "w") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(handle)
    return Path(name)


def _random(secret: bytes) -> bool:
    return len(secret) == SIZE and len(set(secret)) > SIZE // 2


def _new(algorithm: str) -> dict[str, str]:
    return {"algorithm": algorithm, "key": _secret()}


def _secret() -> str:
    return base64.b64encode(os.urandom(SIZE)).decode()


def _text(told: Any) -> str:
    return json.dumps(told, indent=1) + "\n"
