"""The second factor of a sign-in: codes of an app, passkeys, recovery codes. Kept in allauth's table, by its rules.

Checks only; what is written is written by the actions.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

from allauth.core.internal.cryptokit import compare_user_code
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.mfa.webauthn.internal import auth as webauthn
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from nhiemky.foundation.models import User
from nhiemky.foundation.sealing import seal, unseal

Kind = Authenticator.Type
PURPOSE = "second-factor"


class Adapter(DefaultMFAAdapter):
    """Our name in the app, and secrets encrypted where the key is kept apart from the database."""

    def get_totp_issuer(self) -> str:
        return _("Nhiệm kỳ")

    def _get_site_name(self) -> str:
        return _("Nhiệm kỳ")

    def _get_user_identifier(self, user: Any) -> str:
        return user.username

    def encrypt(self, text: str) -> str:
        return seal(text, PURPOSE)

    def decrypt(self, encrypted_text: str) -> str:
        # empty when the key was changed: no code fits any more, and the command line switches the factor off
        return unseal(encrypted_text, PURPOSE)


def factors_of(user: User) -> list[Authenticator]:
    """The app and the passkeys of the user, oldest first; recovery codes only stand in for them."""
    return list(Authenticator.objects.filter(user=user).exclude(type=Kind.RECOVERY_CODES).order_by("created_at"))


def has_factor(user: User) -> bool:
    return Authenticator.objects.filter(user=user).exclude(type=Kind.RECOVERY_CODES).exists()


def recovery_codes_of(user: User) -> list[str]:
    """Those not used yet."""
    row = Authenticator.objects.filter(user=user, type=Kind.RECOVERY_CODES).first()
    return RecoveryCodes(row).get_unused_codes() if row and _secret_of(row) else []


def _secret_of(row: Authenticator) -> str:
    """Empty when the key it was sealed with is gone; an empty seed would give codes that anybody can work out."""
    return Adapter().decrypt(row.data["secret" if row.type == Kind.TOTP else "seed"])


def counter_of(secret: str, code: str) -> int | None:
    """The half minute whose code it is, now or one before or after."""
    if not secret:
        return None
    for counter in yield_hotp_counters_from_time():
        if compare_user_code(actual=code, expected=format_hotp_value(hotp_value(secret, counter))):
            return counter
    return None


def take_code(user: User, code: str) -> str | None:
    """The kind of the factor that the code belongs to, used up by this; None when it fits none.

    Inside an action: no two takers at a time, so a code is taken once.
    """
    for row in Authenticator.objects.filter(user=user, type__in=(Kind.TOTP, Kind.RECOVERY_CODES)):
        secret = _secret_of(row)
        if row.type == Kind.RECOVERY_CODES:
            if secret and RecoveryCodes(row).validate_code(code):
                return str(row.type)
            continue
        counter = counter_of(secret, code)
        if counter is not None and counter > row.data.get("counter", 0):
            row.data["counter"] = counter
            row.save(update_fields=["data"])
            row.record_usage()
            return str(row.type)
    return None


def passkey_asked(user: User) -> dict[str, Any]:
    """What the browser needs to make a passkey; the challenge stays in the session."""
    return webauthn.begin_registration(user, passwordless=False)


def passkey_made(answer: str) -> dict[str, Any] | None:
    """The browser's answer, if it answers the challenge of this session."""
    credential = _read(answer)
    try:
        webauthn.complete_registration(credential)
    except (ValidationError, ValueError, TypeError, KeyError):
        return None
    return credential


def passkey_wanted(user: User) -> dict[str, Any]:
    """What the browser needs to sign with one of the user's passkeys."""
    return webauthn.begin_authentication(user)


def take_passkey(user: User, answer: str) -> Authenticator | None:
    """The passkey that signed the challenge of this session; None when none did."""
    try:
        row = webauthn.complete_authentication(user, _read(answer))
    except (ValidationError, ValueError, TypeError, KeyError):
        return None
    row.record_usage()
    return row


def _read(answer: str) -> dict[str, Any]:
    try:
        read = json.loads(answer)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def drop(rows: Iterable[Authenticator]) -> None:
    """Delete them; with the last factor go its recovery codes."""
    users = set()
    for row in rows:
        users.add(row.user_id)
        row.delete()
    for user in User.objects.filter(pk__in=users):
        if not has_factor(user):
            Authenticator.objects.filter(user=user).delete()
