"""A form is recorded once: it carries a fresh code, which becomes the public identity of the row it makes.

The code is signed for one person, one unit and one form, so nobody chooses it; the same form sent twice, however
late, names the same row. Sent again with other contents it changes nothing, and says so.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Generic, TypeVar

from django.core.signing import BadSignature, Signer
from django.db import IntegrityError
from django.http import HttpRequest
from django.utils.translation import gettext as _

from nhiemky.foundation.models import new_code
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.rules.vietnamese import clean
from nhiemky.units.models import Unit
from nhiemky.web.dates import moment

R = TypeVar("R")


class Changed(Refusal, Generic[R]):
    """The form made this row before, and says something else now."""

    def __init__(self, row: R) -> None:
        super().__init__(_("Biểu mẫu này đã được ghi trước đó; những chỗ vừa đổi chưa được ghi."))
        self.row = row


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


def again_or_fresh(request: HttpRequest, unit: Unit, form: str, status: int = 200) -> str:
    """The code that came with a form that is shown again; a new one for a new form, and where its row was made (409)."""
    if status == 409:
        return fresh(request, unit, form)
    try:
        code_in(request, unit, form)
    except Refusal:
        return fresh(request, unit, form)
    return request.POST["ma"]


def write_once(find: Callable[[], R | None], same: Callable[[R], bool], write: Callable[[], R]) -> tuple[R, bool]:
    """The row that the form makes, and whether it was made just now; Changed when it was made of other contents."""
    if row := find():
        return _made_before(row, same)
    try:
        return write(), True
    except NotAllowed:
        raise
    except (Refusal, IntegrityError):
        # the same form was sent twice at once, and the other was first
        if row := find():
            return _made_before(row, same)
        raise


def _made_before(row: R, same: Callable[[R], bool]) -> tuple[R, bool]:
    if not same(row):
        raise Changed(row)
    return row, False


def kept_reason(text: str) -> str:
    """A reason as it was typed, the way a row keeps it."""
    return clean(text)[:300]


def moment_of(row: Any) -> str:
    """When the row was recorded: '14:05 24/11/2026'."""
    return moment(row.recorded_at)


def _signer(request: HttpRequest, unit: Unit, form: str) -> Signer:
    return Signer(salt=f"nhiemky.once:{form}:{request.user.pk}:{unit.code}")
