"""The address of the mail server, written like that of the database, as Django's settings."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

_PORTS = {"smtp": 25, "smtp+tls": 587, "smtps": 465}


def mail_settings(address: str) -> dict[str, Any]:
    """`smtp+tls://user:password@host:587/?from=name@host`, `smtps://…` or, inside a house, `smtp://…`; empty: no mail.

    `file:///folder` writes each mail into that folder, to look at what would be sent.
    """
    if not address:
        return {}
    found = urlsplit(address)
    sender = parse_qs(found.query).get("from", [""])[0]
    if not sender:
        raise ValueError("NHIEMKY_MAIL needs ?from=name@host")
    if found.scheme == "file":
        backend = "django.core.mail.backends.filebased.EmailBackend"
        return {"EMAIL_BACKEND": backend, "EMAIL_FILE_PATH": unquote(found.path), "DEFAULT_FROM_EMAIL": sender}
    if found.scheme not in _PORTS or not found.hostname:
        raise ValueError("NHIEMKY_MAIL begins with smtp+tls://, smtps://, smtp:// or file://")
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": found.hostname,
        "EMAIL_PORT": found.port or _PORTS[found.scheme],
        "EMAIL_HOST_USER": unquote(found.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(found.password or ""),
        "EMAIL_USE_TLS": found.scheme == "smtp+tls",
        "EMAIL_USE_SSL": found.scheme == "smtps",
        "EMAIL_TIMEOUT": 20,
        "DEFAULT_FROM_EMAIL": sender,
    }
