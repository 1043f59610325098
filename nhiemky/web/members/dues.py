"""Dues: of one member, and of all members of a unit at once."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue
from nhiemky.members.actions import record_dues, record_dues_of_unit
from nhiemky.members.models import Dues
from nhiemky.members.queries import dues_of_members, members_on
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import span
from nhiemky.web import access
from nhiemky.web.members.boxes import Typed, choose
from nhiemky.web.members.forms import Part, Sheet, Write, handled, href_of, typed_in
from nhiemky.web.members.reckoning import said_of_months

# a browser sends one box for each member; the framework takes a thousand
PER_PAGE = 200


def states() -> dict[str, str]:
    return {code: term.label for code, term in catalogue.terms("catalogue/dues.toml", "state").items()}


@access.form
def of_member(request: HttpRequest, code: str) -> HttpResponse:
    person, unit = access.person_to_record(request, code)
    typed = typed_in(request)
    months: Span | None = None
    state, wage, paid = "", None, None
    if typed.sent:
        months = typed.months("tu", "den")
        state = typed.choice("trang-thai", states(), _("Chưa chọn tình trạng. Hãy chọn một tình trạng."))
        wage, paid = typed.amount("luong"), typed.amount("da-dong")
        if paid is not None and state and state != "paid":
            typed.wrong["da-dong"] = _("Chỉ ghi số tiền khi đã đóng. Hãy bỏ số tiền hoặc chọn “đã đóng”.")

    def sheet() -> Sheet:
        boxes = [
            *_month_boxes(typed),
            typed.box("trang-thai", _("Tình trạng"), "paid", kind="choice", options=choose(states().items()), wanted=True),
            typed.box("luong", _("Tiền lương một tháng làm căn cứ"), short=True, longest=60,
                      help=_("Lương đóng bảo hiểm xã hội, ví dụ 8 triệu. Có lương mới tính được số phải đóng.")),
            typed.box("da-dong", _("Đã đóng cho cả khoảng"), short=True, longest=60,
                      help=_("Ví dụ 240.000. Bỏ trống là đóng đủ.")),
        ]  # fmt: skip
        return Sheet(f"phi:{person.code}", _("Ghi đoàn phí"), _("Ghi đoàn phí"), [Part("", boxes)])

    def do(code: str) -> Dues:
        assert months is not None
        return record_dues(
            by=request.user, unit=unit, person=person, months=months, state=state, wage=wage, paid=paid, code=code
        )

    def find(code: str) -> Dues | None:
        return Dues.objects.filter(code=code, unit=unit).first()

    def same(row: Dues) -> bool:
        return (row.span.isoformat(), row.state, row.wage, row.paid) == (
            months.isoformat() if months else "", state, wage, paid,
        )  # fmt: skip

    def done(row: Dues) -> str:
        return _("Đã ghi đoàn phí %(span)s: %(state)s.") % {"span": span(row.span), "state": states()[row.state]}

    return handled(request, unit, typed, sheet, Write(find, same, do, done, lambda _row: href_of(person)), person)


def _month_boxes(typed: Typed) -> list[Any]:
    this = f"{typed.today.month:02d}/{typed.today.year}"
    return [
        typed.box("tu", _("Từ tháng"), this, wanted=True, short=True, help=_("Ví dụ 7/2025.")),
        typed.box("den", _("Đến hết tháng"), this, wanted=True, short=True),
    ]


@access.form
def of_unit(request: HttpRequest, code: str) -> HttpResponse:
    """All members of today: paid, except those for whom something else is chosen."""
    unit = access.unit_to_record(request, code)
    typed = typed_in(request)
    rows = members_on(unit, typed.today)
    listed = Paginator(rows, PER_PAGE).get_page(request.GET.get("trang"))
    people = [row.person.same_as or row.person for row in listed]
    months = typed.months("tu", "den") if typed.sent else None
    chosen = {person: typed.given.get(f"tt-{person.code}", "paid") for person in people}
    if typed.sent and not set(chosen.values()) <= {*states(), ""}:
        typed.wrong["tu"] = _("Có tình trạng không có trong danh mục. Hãy tải lại trang.")
    wanted = {person: state for person, state in chosen.items() if state}
    known = dues_of_members(people, unit)

    def sheet() -> Sheet:
        lead = [_("Mọi người dưới đây được ghi “đã đóng” cho các tháng này, trừ người chọn khác.")]
        lines = [(person, chosen[person], _last_said(known.get(person.root_id, []))) for person in people]
        given = {
            "lines": lines,
            "states": [*states().items(), ("", _("chưa ghi gì"))],
            "listed": listed,
            "count": len(rows),
        }
        return Sheet(
            "phi-ca-don-vi", _("Ghi đoàn phí cho cả đơn vị"), _("Ghi đoàn phí"),
            [Part("", _month_boxes(typed))] if lines else [], lead if lines else [], template="web/members/dues_of_unit.html",
            given=given,
        )  # fmt: skip

    def do(code: str) -> list[Dues]:
        assert months is not None
        given = {person: (state, _last_wage(known.get(person.root_id, []))) for person, state in wanted.items()}
        return record_dues_of_unit(by=request.user, unit=unit, months=months, states=given, code=code)

    def find(code: str) -> list[Dues] | None:
        return list(Dues.objects.filter(code__startswith=f"{code}-", unit=unit)) or None

    def same(made: list[Dues]) -> bool:
        written = {row.person_id: row.state for row in made}
        return months is not None and (
            written == {person.pk: state for person, state in wanted.items()}
            and {row.span.isoformat() for row in made} == {months.isoformat()}
        )

    def done(made: list[Dues]) -> str:
        return _("Đã ghi đoàn phí của %(count)s đoàn viên, %(span)s.") % {
            "count": len(made), "span": span(made[0].span),
        }  # fmt: skip

    go = request.get_full_path()
    return handled(request, unit, typed, sheet, Write(find, same, do, done, lambda _made: go))


def _last_said(rows: list[Dues]) -> str:
    """'đã đóng đến 10/2026'; empty where nothing is known."""
    return said_of_months(rows[0], states()) if rows else ""


def _last_wage(rows: list[Dues]) -> int | None:
    return next((row.wage for row in rows if row.wage is not None), None)
