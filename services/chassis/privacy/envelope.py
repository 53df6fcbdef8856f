"""Sealed values: version | algorithm | key number | nonce | ciphertext and tag.

The associated data bind a value to its field and its person: moved to another row or column it does not open. Pure,
but for the nonce.
"""

import os
from collections.abc import Mapping
from struct import Struct, error
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from services.chassis.errors import Unavailable
from services.chassis.privacy.keyring import Key

VERSION = 1
HEADER = Struct(">BBH")
NONCE, TAG = 12, 16


class NotReadable(Unavailable):
    """Not sealed for this place, damaged, or by a key that this process does not have."""

    zh = "加密的个人信息无法读取，请联系管理员。"
    en = "Sealed personal data cannot be read; tell the operator."


class _Sm4Gcm:
    """GM/T 0002 in GCM, as `AESGCM` is called; its key has 16 bytes."""

    def __init__(self, secret: bytes) -> None:
        self._cipher = algorithms.SM4(secret[:16])

    def encrypt(self, nonce: bytes, data: bytes, about: bytes) -> bytes:
        sealing = Cipher(self._cipher, modes.GCM(nonce)).encryptor()
        sealing.authenticate_additional_data(about)
        return sealing.update(data) + sealing.finalize() + sealing.tag

    def decrypt(self, nonce: bytes, data: bytes, about: bytes) -> bytes:
        opening = Cipher(self._cipher, modes.GCM(nonce, data[-TAG:])).decryptor()
        opening.authenticate_additional_data(about)
        return opening.update(data[:-TAG]) + opening.finalize()


_CIPHERS: dict[int, type[AESGCM | _Sm4Gcm]] = {1: AESGCM, 2: _Sm4Gcm}


def seal(key: Key, field: str, person: UUID, value: bytes) -> bytes:
    header, nonce = HEADER.pack(VERSION, key.algorithm, key.id), os.urandom(NONCE)
    about = header + _about(field, person)
    return header + nonce + _CIPHERS[key.algorithm](key.secret).encrypt(nonce, value, about)


def open_sealed(keys: Mapping[int, Key], field: str, person: UUID, sealed: bytes) -> bytes:
    """What was sealed for this field of this person, or `NotReadable`."""
    try:
        version, algorithm, number = HEADER.unpack_from(sealed)
        if version != VERSION:
            raise NotReadable
        header, nonce, data = sealed[:4], sealed[4 : 4 + NONCE], sealed[4 + NONCE :]
        cipher = _CIPHERS[algorithm](keys[number].secret)
        return cipher.decrypt(nonce, data, header + _about(field, person))
    except (InvalidTag, KeyError, ValueError, error):
        raise NotReadable from None


def _about(field: str, person: UUID) -> bytes:
    return field.encode() + b"|" + person.bytes
