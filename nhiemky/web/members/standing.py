"""What a member is besides: Party, Youth Union, officer, suspended, disciplined. Recorded, and ended."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right
from nhiemky.members.actions import end_standing, record_standing
from nhiemky.members.models import Standing
from nhiemky.members.standings import kinds
from nhiemky.rules.vietnamese import clean, span
from nhiemky.web import access
from nhiemky.web.members.boxes import choose
from nhiemky.web.members.forms import Part, Sheet, Write, handled, href_of, typed_in


@access.form
def record(request: HttpRequest, code: str) -> HttpResponse:
    person, unit = access.person_to_record(request, code)
    typed = typed_in(request)
    known = kinds()
    kind, valid, decision, note = "", None, "", ""
    if typed.sent:
        kind = typed.choice("loai", known, _("Chưa chọn nội dung. Hãy chọn một nội dung."))
        first = typed.day("tu", _("Từ ngày"), wanted=not kind or bool(known[kind].lapses))
        last = typed.day("den", _("Đến hết ngày"), wanted=False, ahead=True)
        valid = typed.between(first, last, "den")
        if kind and valid and known[kind].lapses and valid.starts_on and valid.ends_before is None:
            valid = known[kind].lapsing(valid)
        decision, note = typed.text("qd", 120), typed.text("ghi-chu")

    def sheet() -> Sheet:
        options = choose((each.code, each.label) for each in known.values())
        months = next(each.lapses for each in known.values() if each.lapses)
        boxes = [
            typed.box("loai", _("Nội dung"), typed.given.get("loai", ""), kind="choice", options=options, wanted=True),
            typed.box("tu", _("Từ ngày"), short=True,
                      help=_("Ngày kết nạp, ngày quyết định. Chưa rõ ngày thì bỏ trống, trừ kỷ luật.")),
            typed.box("den", _("Đến hết ngày"), short=True,
                      help=_("Còn hiệu lực thì bỏ trống. Kỷ luật hết hiệu lực sau %(n)s tháng; vi phạm lại thì quyết "
                             "định cũ kéo dài theo quyết định mới.") % {"n": months}),
            typed.box("qd", _("Số, ngày quyết định"), longest=120),
            typed.box("ghi-chu", _("Ghi chú"), longest=300),
        ]  # fmt: skip
        return Sheet(f"tinh-trang:{person.code}", _("Ghi tình trạng"), _("Ghi"), [Part("", boxes)])

    def do(code: str) -> Standing:
        assert valid is not None
        return record_standing(
            by=request.user, unit=unit, person=person, kind=kind, valid=valid, decision=decision, note=note, code=code
        )

    def same(row: Standing) -> bool:
        return (row.kind, row.span, row.decision, row.note) == (kind, valid, decision, clean(note))

    def find(code: str) -> Standing | None:
        return Standing.objects.filter(code=code, unit=unit).first()

    def done(row: Standing) -> str:
        return _("Đã ghi: %(what)s, %(span)s.") % {"what": known[row.kind].short, "span": span(row.span)}

    return handled(request, unit, typed, sheet, Write(find, same, do, done, lambda _row: href_of(person)), person)


@access.form
def end(request: HttpRequest, code: str, row: str) -> HttpResponse:
    """It ended on a day, or it was written wrongly and never was so."""
    person, unit = access.person_to_record(request, code)
    old = Standing.objects.filter(code=row, person__in=[person, *person.also.all()]).select_related("unit").first()
    if old is None:
        raise Http404
    typed = typed_in(request)
    never, last = False, None
    if typed.sent:
        never = typed.choice("sao", ["het", "sai"], _("Chưa chọn. Hãy chọn một trong hai.")) == "sai"
        last = None if never else typed.day("den", _("Ngày cuối"), ahead=True)

    def sheet() -> Sheet:
        ways = (("het", _("Đã hết từ một ngày")), ("sai", _("Ghi sai, chưa từng như vậy")))
        boxes = [
            typed.box("sao", _("Vì sao không còn"), "het", kind="radio", options=ways, wanted=True),
            typed.box("den", _("Ngày cuối"), short=True, wanted=True, help=_("Ví dụ 30/6/2026. Ghi sai thì bỏ trống.")),
        ]
        lead = [f"{kinds()[old.kind].label}: {span(old.span)}."]
        return Sheet(f"het:{old.code}", _("Ghi hết hiệu lực, hoặc bỏ dòng ghi sai"), _("Ghi"), [Part("", boxes)], lead)

    def do(code: str) -> Any:
        if old.unit_id != unit.pk and not access.can(request, Right.RECORD, old.unit):
            raise Refusal(_("Dòng này do đơn vị cũ ghi. Hãy nhờ đơn vị đó sửa."))
        return end_standing(by=request.user, standing=old, last=last, never=never, code=code)

    def find(code: str) -> Standing | None:
        if never:
            gone = (
                old.superseded_at
                and not Standing.objects.filter(
                    recorded_at=old.superseded_at, kind=old.kind, person=old.person
                ).exists()
            )
            return old if gone else None
        return Standing.objects.filter(code=code).first()

    def same(made: Standing) -> bool:
        return made.pk == old.pk if never else made.span.end == last

    def done(_row: Any) -> str:
        return _("Đã ghi.")

    return handled(request, unit, typed, sheet, Write(find, same, do, done, lambda _row: href_of(person)), person)
