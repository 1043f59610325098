"""Reads of the foundation: one-time addresses, and what is true of the installation."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db.models import QuerySet

from nhiemky.foundation.models import Installation, OneTimeLink, Purpose, User

COMMAND_LINE = "dong-lenh"


def command_line() -> User:
    """The account that acts where nobody is signed in yet: on the command line, and behind one-time addresses."""
    return User.objects.get(username=COMMAND_LINE)


def digest_of_token(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def link_with(purpose: Purpose, token: str) -> OneTimeLink | None:
    """The address with that token, used or not."""
    rows = OneTimeLink.objects.select_related("made_by", "user", "used_by")
    return rows.filter(purpose=purpose, digest=digest_of_token(token)).first()


def open_links(purpose: Purpose, at: datetime) -> QuerySet[OneTimeLink]:
    """The addresses that still let somebody in."""
    rows = OneTimeLink.objects.filter(purpose=purpose, used_at__isnull=True, revoked_at__isnull=True)
    return rows.filter(expires_at__gt=at).order_by("made_at").select_related("made_by", "user")


def is_demonstration() -> bool:
    """Whether the log-ins of this installation have a password that everybody knows."""
    return Installation.objects.filter(demonstration=True).exists()
