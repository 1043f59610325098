"""Children of a member, for the gifts of 1 June and Mid-Autumn."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from nhiemky.members.actions import add_child, remove_child
from nhiemky.members.models import Child
from nhiemky.members.particulars import choices
from nhiemky.web import access
from nhiemky.web.members.forms import Part, Sheet, Write, handled, href_of, typed_in


@access.form
def add(request: HttpRequest, code: str) -> HttpResponse:
    person, unit = access.person_to_record(request, code)
    typed = typed_in(request)
    name, born, sex = "", None, ""
    if typed.sent:
        name = typed.wanted("ten", _("Chưa có họ tên của con. Hãy ghi họ tên."), 120)
        born = typed.day("sinh", _("Ngày sinh"), wanted=False)
        sex = typed.choice("gioi", ["", *choices("sex")], _("Hãy chọn lại giới tính."))

    def sheet() -> Sheet:
        boxes = [
            typed.box("ten", _("Họ và tên con"), longest=120, wanted=True),
            typed.box("sinh", _("Ngày sinh"), short=True, help=_("Có ngày sinh mới biết cháu còn được quà năm nào.")),
            typed.box("gioi", _("Giới tính"), kind="radio", options=tuple(choices("sex").items())),
        ]
        lead = [_("Chỉ dùng để lập danh sách quà 1/6 và Trung thu. Con từ đủ 16 tuổi thì không cần ghi.")]
        return Sheet(f"con:{person.code}", _("Thêm con của đoàn viên"), _("Ghi"), [Part("", boxes)], lead)

    def do(code: str) -> Child:
        return add_child(by=request.user, unit=unit, person=person, name=name, born=born, sex=sex, code=code)

    def find(code: str) -> Child | None:
        return Child.objects.filter(code=code).first()

    def same(row: Child) -> bool:
        return (row.name, row.born, row.sex) == (name, born, sex)

    def done(_row: Child) -> str:
        return _("Đã ghi.")

    return handled(request, unit, typed, sheet, Write(find, same, do, done, lambda _row: href_of(person)), person)


@access.form
def remove(request: HttpRequest, code: str, row: str) -> HttpResponse:
    person, unit = access.person_to_record(request, code)
    child = Child.objects.filter(code=row, person__in=[person, *person.also.all()]).select_related("person").first()
    if child is None:
        raise Http404
    typed = typed_in(request)

    def sheet() -> Sheet:
        lead = [
            _("Họ tên, ngày sinh của cháu %(name)s sẽ được xóa khỏi hồ sơ và không lấy lại được.")
            % {"name": child.name}
        ]
        return Sheet(f"bo-con:{child.code}", _("Xóa con khỏi hồ sơ"), _("Xóa"), [], lead)

    def do(_code: str) -> Any:
        remove_child(by=request.user, unit=unit, child=child)
        return child

    def find(_code: str) -> Child | None:
        return child if child.removed_at else None

    def done(_row: Any) -> str:
        return _("Đã xóa.")

    return handled(
        request, unit, typed, sheet, Write(find, lambda _row: True, do, done, lambda _row: href_of(person)), person
    )
