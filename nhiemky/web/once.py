"""A form that is sent twice writes once: it carries, signed, the code of the row it will make."""

from __future__ import annotations

from django.core import signing
from django.utils.translation import gettext as _

from nhiemky.foundation.models import new_code
from nhiemky.foundation.refusals import Refusal

SALT = "nhiemky.web.once"


def fresh_code() -> str:
    """What a form carries: a new code that nobody can choose."""
    return signing.dumps(new_code(), salt=SALT)


def code_in(text: str) -> str:
    """The code that came back with the form."""
    try:
        return str(signing.loads(text, salt=SALT))
    except signing.BadSignature:
        raise Refusal(_("Trang này không còn dùng được. Hãy tải lại trang rồi ghi lại.")) from None
