"""The address of the mail server."""

from __future__ import annotations

import pytest

from nhiemky.config.mail import mail_settings


def test_each_form_says_how_it_is_encrypted() -> None:
    assert mail_settings("") == {}
    tls = mail_settings("smtp+tls://lan%40x.vn:m%3At%2F1@mail.example.org/?from=nk@example.org")
    assert (tls["EMAIL_HOST"], tls["EMAIL_PORT"], tls["EMAIL_USE_TLS"], tls["EMAIL_USE_SSL"]) == (
        "mail.example.org",
        587,
        True,
        False,
    )
    assert (tls["EMAIL_HOST_USER"], tls["EMAIL_HOST_PASSWORD"]) == ("lan@x.vn", "m:t/1")
    assert tls["DEFAULT_FROM_EMAIL"] == "nk@example.org"
    ssl = mail_settings("smtps://mail.example.org:4650/?from=nk@example.org")
    assert ssl["EMAIL_USE_SSL"] and not ssl["EMAIL_USE_TLS"] and ssl["EMAIL_PORT"] == 4650
    assert mail_settings("file:///tmp/thu?from=nk@example.org")["EMAIL_FILE_PATH"] == "/tmp/thu"


@pytest.mark.parametrize(
    "wrong", ["mail.example.org", "smtp://mail.example.org", "http://x/?from=a@b", "smtp:///?from=a@b"]
)
def test_a_wrong_address_is_told_at_once(wrong: str) -> None:
    with pytest.raises(ValueError, match="NHIEMKY_MAIL"):
        mail_settings(wrong)
