"""Signing keys in files: a private JWK (mode 0600) where tokens are signed, and the public set
(RFC 7517) where they are verified.

To rotate: publish the new public key beside the old one, replace the private file, restart the
signer, and drop the old public key a minute later.
"""

import json
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import cast

from joserfc.errors import JoseError
from joserfc.jwk import ECKey, KeySet

CURVE = "P-256"


class KeyFileUnusable(Exception):
    """A key file is missing, unreadable or not what it should be; the message is zh and en."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"密钥文件 {file} 不可用 / The key file {file} cannot be used: {reason}")


def new_key() -> ECKey:
    """A fresh ES256 key; its `kid` is its thumbprint (RFC 7638)."""
    return _named(ECKey.generate_key(CURVE))


def load_private_key(file: Path) -> ECKey:
    try:
        key = ECKey.import_key(json.loads(file.read_bytes()))
        if not key.is_private or key.curve_name != CURVE:
            raise ValueError(f"not a private {CURVE} key")
    except (OSError, ValueError, TypeError, JoseError) as error:
        raise KeyFileUnusable(file, str(error)) from error
    return _named(key)


def load_or_create_private_key(file: Path) -> ECKey:
    """The key in `file`, made first if there is none; processes that race get the same one."""
    if not file.exists():
        try:
            _create(file)
        except OSError as error:
            raise KeyFileUnusable(file, str(error)) from error
    return load_private_key(file)


def load_public_keys(file: Path) -> dict[str, ECKey]:
    """The ES256 keys of a public set by `kid`."""
    try:
        keys = KeySet.import_key_set(json.loads(file.read_bytes())).keys
    except (OSError, ValueError, TypeError, KeyError, JoseError) as error:
        raise KeyFileUnusable(file, str(error)) from error
    found = [key for key in keys if isinstance(key, ECKey) and key.curve_name == CURVE]
    return {cast(str, key.kid): key for key in found}


def publish(file: Path, keys: Iterable[ECKey]) -> None:
    """Replace the public set in one step: a reader sees the old one or the new one."""
    members = [key.as_dict(private=False, use="sig", alg="ES256") for key in keys]
    os.replace(_write_beside(file, {"keys": members}), file)


def _create(file: Path) -> None:
    written = _write_beside(file, new_key().as_dict(private=True))
    try:
        os.link(written, file)
    except FileExistsError:
        pass
    finally:
        written.unlink()


def _named(key: ECKey) -> ECKey:
    return ECKey.import_key({**key.dict_value, "kid": key.thumbprint()})


def _write_beside(file: Path, document: object) -> Path:
    handle, name = tempfile.mkstemp(dir=file.parent, prefix=f".{file.name}.")
    with os.fdopen(handle, "w", encoding="utf-8") as stream:
        json.dump(document, stream)
        stream.flush()
        os.fsync(handle)
    return Path(name)
