"""Amending the particulars of a member."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from nhiemky.members.actions import amend_person
from nhiemky.members.masking import sight_of
from nhiemky.members.particulars import fields, groups
from nhiemky.web import access
from nhiemky.web.members import particulars
from nhiemky.web.members.forms import Part, Sheet, Write, handled, href_of, typed_in


@access.form
def amend(request: HttpRequest, code: str) -> HttpResponse:
    """All particulars in their groups; what is masked for the reader stays unless something is typed over it."""
    person, unit = access.person_to_record(request, code)
    typed = typed_in(request)
    sight = sight_of(request.user, unit, access.today())  # type: ignore[arg-type]
    values: dict[str, Any] = {}
    if typed.sent:
        values = particulars.columns(typed, fields(), person, sight)
        values = particulars.emptied(typed, person, sight) | values

    def sheet() -> Sheet:
        parts = [
            Part(label, particulars.boxes(typed, particulars.codes_of(group), person, sight))
            for group, label in groups().items()
        ]
        forget = [
            typed.box(f"xoa-{name}", fields()[name].label, kind="check") for name in particulars.maskable(person, sight)
        ]
        if forget:
            lead = _("Đánh dấu thông tin cần xóa khỏi hồ sơ, không thay bằng gì.")
            parts.append(Part(_("Xóa thông tin đang che"), forget, folded=True, lead=lead))
        return Sheet(f"sua:{person.code}", _("Sửa thông tin đoàn viên"), _("Lưu"), parts)

    def do(_code: str) -> list[str]:
        return amend_person(by=request.user, unit=unit, person=person, values=values)

    def done(changed: list[str]) -> str:
        said = _("Đã sửa thông tin.") if changed else _("Không có gì thay đổi.")
        return " ".join([said, *typed.warnings.values()])

    # the same contents sent again change nothing, so there is no row to be found
    write = Write(lambda _code: None, lambda _row: True, do, done, lambda _row: href_of(person))
    return handled(request, unit, typed, sheet, write, person)
