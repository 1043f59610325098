"""Secrets at rest: sealed where the key is kept apart from the database, and found again by a keyed digest.

The key is `NHIEMKY_SECRET_KEY`; without it the key lies beside the database, sealing would protect nothing, and the
text is kept as it is. Digests are keyed in either case, so a copy of the table alone does not tell who has a number.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import models

SEALED = "aes:"


def seal(text: str, purpose: str) -> str:
    """The text as it is stored."""
    if not text or not settings.ENCRYPTS:
        return text
    nonce = os.urandom(12)
    return (
        SEALED
        + base64.b64encode(
            nonce + _cipher(str(settings.SECRET_KEY), purpose).encrypt(nonce, text.encode(), None)
        ).decode()
    )


def unseal(stored: str, purpose: str) -> str:
    """The text that was sealed; empty when it was sealed with another key."""
    return (unseal_with(str(settings.SECRET_KEY), stored, purpose) or "") if stored.startswith(SEALED) else stored


def unseal_with(secret: str, stored: str, purpose: str) -> str | None:
    """The text that was sealed with that key; None when it was another."""
    if not stored.startswith(SEALED):
        return stored
    try:
        sealed = base64.b64decode(stored.removeprefix(SEALED))
        return _cipher(secret, purpose).decrypt(sealed[:12], sealed[12:], None).decode()
    except (InvalidTag, ValueError):
        return None


def veiled(text: str, purpose: str) -> str:
    """The text as it may stand in an address: only this installation can read it, whether or not it seals secrets."""
    nonce = os.urandom(12)
    sealed = nonce + _cipher(str(settings.SECRET_KEY), purpose).encrypt(nonce, text.encode(), None)
    return base64.urlsafe_b64encode(sealed).decode().rstrip("=")


def unveiled(token: str, purpose: str) -> str:
    """The text that was veiled for that purpose; empty for anything else."""
    try:
        sealed = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4))
        return _cipher(str(settings.SECRET_KEY), purpose).decrypt(sealed[:12], sealed[12:], None).decode()
    except (InvalidTag, ValueError):
        return ""


def keyed_digest(text: str, purpose: str) -> str:
    """What an exact search compares: the same text gives the same 32 digits, which tell nothing without the key."""
    return keyed_digests([text], purpose)[0]


def keyed_digests(texts: Iterable[str], purpose: str) -> list[str]:
    """The keyed digest of each of the texts."""
    key = _key(str(settings.SECRET_KEY), purpose)
    return [hmac.digest(key, text.encode(), "sha256").hex()[:32] for text in texts]


@lru_cache(maxsize=32)
def _key(secret: str, purpose: str) -> bytes:
    return hashlib.sha256(f"nhiemky.{purpose}:{secret}".encode()).digest()


@lru_cache(maxsize=32)
def _cipher(secret: str, purpose: str) -> AESGCM:
    return AESGCM(_key(secret, purpose))


class SealedField(models.TextField):
    """Text that is sealed on its way into the database; it can be searched by nothing but a digest beside it."""

    PURPOSE = "personal"

    def from_db_value(self, value: str | None, _expression: Any, _connection: Any) -> str | None:
        return value if value is None else unseal(value, self.PURPOSE)

    def get_prep_value(self, value: Any) -> Any:
        prepared = super().get_prep_value(value)
        return prepared if not isinstance(prepared, str) else seal(prepared, self.PURPOSE)
