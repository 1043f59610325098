"""A form is recorded once: it carries a fresh code, which becomes the public identity of the row it makes.

The code is signed for one person, one unit and one form, so nobody chooses it; the same form sent twice, however
late, names the same row.
"""

from __future__ import annotations

from django.core.signing import BadSignature, Signer
from django.http import HttpRequest
from django.utils.translation import gettext as _

from nhiemky.foundation.models import new_code
from nhiemky.foundation.refusals import Refusal
from nhiemky.units.models import Unit


def fresh(request: HttpRequest, unit: Unit, form: str) -> str:
    """What the form carries in its field `ma`."""
    return _signer(request, unit, form).sign(new_code())


def code_in(request: HttpRequest, unit: Unit, form: str) -> str:
    """The code of the row that the posted form makes; a Refusal when it is not one that we gave."""
    try:
        return _signer(request, unit, form).unsign(request.POST.get("ma", ""))
    except BadSignature:
        raise Refusal(
            _("Biểu mẫu này không còn dùng được. Nội dung vẫn ở dưới đây: hãy xem lại rồi bấm ghi lần nữa.")
        ) from None


def again_or_fresh(request: HttpRequest, unit: Unit, form: str) -> str:
    """The code that came with a form that is shown again, or a new one."""
    try:
        code_in(request, unit, form)
    except Refusal:
        return fresh(request, unit, form)
    return request.POST["ma"]


def _signer(request: HttpRequest, unit: Unit, form: str) -> Signer:
    return Signer(salt=f"nhiemky.once:{form}:{request.user.pk}:{unit.code}")
