"""Setting the running term, closing one, and naming another period to report on."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.rules.vietnamese import clean, partial, roman
from nhiemky.rules.vietnamese import span as written
from nhiemky.units.actions import close_term, name_period, open_term
from nhiemky.units.actions.amending import correct_period, correct_term
from nhiemky.units.models import NamedPeriod, Term, Unit
from nhiemky.units.queries import Period, card, key_of, last_day_of, period_named, periods_of
from nhiemky.web import access
from nhiemky.web.dates import parse_partial, typed_date
from nhiemky.web.frame import answered, typed_in, underscored
from nhiemky.web.once import Changed, again_or_fresh, code_in, moment_of, write_once

OF_TERM = ("tu", "den", "ten", "khoa", "phuong-cham", "nghi-quyet", "so", "ngay")
OF_CORRECTION = ("tu", "den", "het", "ten", "khoa", "phuong-cham")
OF_PERIOD = ("loai", "nam", "tu", "den", "ten")
R = TypeVar("R", Term, NamedPeriod)


@dataclass(frozen=True)
class Form:
    """A form of these pages: what signs its code, its template, its unit, what was typed, what else it shows."""

    name: str
    template: str
    unit: Unit
    typed: dict[str, str]
    given: dict[str, Any] = field(default_factory=dict)


@access.form
def open(request: HttpRequest, code: str) -> HttpResponse:
    """The term with its days; from here one goes on to its targets."""
    unit = access.unit_to_change(request, code, Right.ISSUE)
    typed = typed_in(request, OF_TERM)

    def done(term: Term) -> HttpResponse:
        messages.success(request, _("Đã ghi nhiệm kỳ %(label)s. Tiếp theo: các chỉ tiêu.") % {"label": term.label})
        return redirect("web.targets.adopt", unit.code, key_of(term.label))

    form = Form("nhiem-ky", "web/terms/open.html", unit, typed)
    return _asked(request, form, lambda: _opened(request, unit, typed), done)


def _opened(request: HttpRequest, unit: Unit, typed: dict[str, str]) -> Term:
    code = code_in(request, unit, "nhiem-ky")
    faults: list[str] = []
    first, last = typed_date(typed["tu"], _("Ngày đầu"), faults), typed_date(typed["den"], _("Ngày cuối"), faults)
    ordinal = _ordinal(typed["khoa"], faults)
    if typed["ngay"]:
        typed_date(typed["ngay"], _("Ngày nghị quyết"), faults)
    if (typed["so"] or typed["ngay"]) and not typed["nghi-quyet"]:
        faults.append(_("Có số hoặc ngày mà chưa có tên nghị quyết. Hãy ghi tên nghị quyết."))
    if faults or first is None or last is None:
        raise Refusal.of(faults)
    span = _between(first, last)
    running = span.last_day >= access.today()
    known = {"title": typed["nghi-quyet"][:300], "reference": typed["so"][:200], "published": _iso(typed["ngay"])}
    label = typed["ten"] or f"{first.first.year}–{last.first.year}"

    def same(term: Term) -> bool:
        source = term.source
        paper = (
            {"title": source.title, "reference": source.reference, "published": source.published} if source else None
        )
        return (term.label, term.whole, term.ordinal, term.motto, paper) == (
            clean(label), span, ordinal, typed["phuong-cham"],
            known | {"title": clean(known["title"])} if typed["nghi-quyet"] else None,
        )  # fmt: skip

    def write() -> Term:
        return open_term(
            by=request.user,
            unit=unit,
            code=code,
            label=label,
            # a term that runs has no end yet, only the one its congress set
            period=Span.between(first, None) if running else span,
            planned=span if running else None,
            ordinal=ordinal,
            motto=typed["phuong-cham"],
            resolution=known if typed["nghi-quyet"] else None,
        )

    return write_once(lambda: _term_of(unit, code), same, write)[0]


def _term_of(unit: Unit, code: str) -> Term | None:
    """The row that the form made."""
    return Term.objects.filter(code=code, unit=unit).select_related("source").first()


@access.form
def close(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """The term ended, as planned or before."""
    unit = access.unit_to_change(request, code, Right.ISSUE)
    chosen = next((each for each in periods_of(unit) if each.key == period and each.term), None)
    if chosen is None or chosen.term is None:
        raise Http404
    term, typed = chosen.term, typed_in(request, ("den", "van-ban"))

    def done(_row: Term) -> HttpResponse:
        messages.success(request, _("Đã ghi ngày kết thúc %(term)s.") % {"term": chosen.title.lower()})
        return redirect("web.units.unit", unit.code)

    form = Form(_closing(chosen), "web/terms/close.html", unit, typed, {"period": chosen})
    return _asked(request, form, lambda: _closed(request, unit, chosen, term, typed), done)


def _closed(request: HttpRequest, unit: Unit, chosen: Period, term: Term, typed: dict[str, str]) -> Term:
    faults: list[str] = []
    code, last = code_in(request, unit, _closing(chosen)), typed_date(typed["den"], _("Ngày cuối"), faults)
    if last is None:
        raise Refusal.of(faults)
    decision = typed["van-ban"]
    return write_once(
        lambda: _term_of(unit, code),
        lambda row: (row.span.end, row.decision) == (last, clean(decision)[:120]),
        lambda: close_term(by=request.user, term=term, last=last, decision=decision, code=code),
    )[0]


def _closing(chosen: Period) -> str:
    """The name of the form: the same before and after the term was closed, which is then another row."""
    return f"ket-thuc:{chosen.key}"


@access.form
def correct(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """The term was written wrongly; a term that ended on another day than planned is closed, not corrected."""
    unit = access.unit_to_change(request, code, Right.ISSUE)
    chosen = period_named(unit, period)
    if chosen is None or chosen.term is None:
        raise Http404
    term, begun = chosen.term, _begun(chosen.term)
    typed = typed_in(request, OF_CORRECTION, begun)

    def done(row: Term) -> HttpResponse:
        messages.success(request, _("Đã sửa nhiệm kỳ %(label)s.") % {"label": row.label})
        return redirect("web.units.unit", unit.code)

    given = {"period": chosen, "closed": _was_closed(term)}
    form = Form(f"sua-nhiem-ky:{period}", "web/terms/correct.html", unit, typed, given)
    return _asked(request, form, lambda: _corrected(request, form, term), done)


def _was_closed(term: Term) -> bool:
    """Whether the term has an end beside the one that its congress set."""
    return bool(term.ends_before and term.planned_ends_before)


def _begun(term: Term) -> dict[str, str]:
    """The form as it would have been filled in for the term."""
    start, end, planned = term.span.start, term.span.end, term.planned.end
    return {
        "tu": partial(start) if start else "",
        "den": partial(planned) if planned else "",
        "het": partial(end) if end and _was_closed(term) else "",
        "ten": term.label,
        "khoa": str(term.ordinal or ""),
        "phuong-cham": term.motto,
    }


def _corrected(request: HttpRequest, form: Form, term: Term) -> Term:
    unit, typed, code = form.unit, form.typed, code_in(request, form.unit, form.name)
    faults: list[str] = []
    first, last = typed_date(typed["tu"], _("Ngày đầu"), faults), typed_date(typed["den"], _("Ngày cuối"), faults)
    closed = typed_date(typed["het"], _("Ngày đã kết thúc"), faults) if typed["het"] and _was_closed(term) else None
    ordinal = _ordinal(typed["khoa"], faults)
    if faults or first is None or last is None:
        raise Refusal.of(faults)
    span = _between(first, last)
    # an end was typed as the congress set it; where the term was written as a past one, that is its end
    planned = bool(term.planned_ends_before) or span.last_day >= access.today()
    period = _between(first, closed) if closed else Span.between(first, None) if planned else span
    label = typed["ten"] or f"{first.first.year}–{last.first.year}"
    wanted = span if planned else None
    return write_once(
        lambda: _term_of(unit, code),
        lambda row: (row.label, row.span, row.ordinal, row.motto) == (label, period, ordinal, clean(typed["phuong-cham"])),
        lambda: correct_term(
            by=request.user, term=term, code=code, label=label, period=period, planned=wanted, ordinal=ordinal,
            motto=typed["phuong-cham"],
        ),
    )[0]  # fmt: skip


@access.form
def correct_named(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """The named period was written wrongly."""
    unit = access.unit_to_change(request, code, Right.ISSUE)
    chosen = period_named(unit, period)
    row = next((each for each in unit.named_periods.all() if chosen and _is(each, chosen.key)), None)
    if row is None:
        raise Http404
    start, end = row.span.start, row.span.end
    begun = {"ten": row.label, "tu": partial(start) if start else "", "den": partial(end) if end else ""}
    typed = typed_in(request, begun, begun)

    def done(named: NamedPeriod) -> HttpResponse:
        messages.success(request, _("Đã sửa kỳ báo cáo %(label)s.") % {"label": named.label})
        return redirect("web.units.unit", unit.code)

    form = Form(f"sua-ky:{period}", "web/terms/correct_named.html", unit, typed, {"period": chosen})
    return _asked(request, form, lambda: _named_again(request, form, row), done)


def _is(row: NamedPeriod, key: str) -> bool:
    return not row.superseded_at and key_of(row.label) == key


def _named_again(request: HttpRequest, form: Form, row: NamedPeriod) -> NamedPeriod:
    unit, typed, code = form.unit, form.typed, code_in(request, form.unit, form.name)
    _label, span = _label_and_span(typed | {"loai": "campaign"})
    return write_once(
        lambda: NamedPeriod.objects.filter(code=code, unit=unit).first(),
        lambda made: (made.label, made.span) == (clean(typed["ten"]), span),
        lambda: correct_period(by=request.user, named=row, label=typed["ten"], period=span, code=code),
    )[0]


@access.form
def name(request: HttpRequest, code: str) -> HttpResponse:
    """A school year, five years, or a span of one's own."""
    unit = access.unit_to_change(request, code, Right.ISSUE)
    typed = typed_in(request, OF_PERIOD)

    def done(named: NamedPeriod) -> HttpResponse:
        messages.success(request, _("Đã đặt kỳ báo cáo %(label)s.") % {"label": named.label})
        return redirect("web.reports.report", unit.code, key_of(named.label))

    form = Form("ky", "web/terms/name.html", unit, typed, {"kinds": _kinds()})
    return _asked(request, form, lambda: _named(request, unit, typed), done)


def _kinds() -> list[tuple[str, str]]:
    return [("school_year", _("Năm học")), ("five_years", _("Năm năm")), ("campaign", _("Đợt, khoảng thời gian khác"))]


def _named(request: HttpRequest, unit: Unit, typed: dict[str, str]) -> NamedPeriod:
    code = code_in(request, unit, "ky")
    kind, (label, span) = typed["loai"], _label_and_span(typed)
    return write_once(
        lambda: NamedPeriod.objects.filter(code=code, unit=unit).first(),
        lambda row: (row.kind, row.label, row.span) == (kind, clean(label), span),
        lambda: name_period(by=request.user, unit=unit, code=code, kind=kind, label=label, period=span),
    )[0]


def _label_and_span(typed: dict[str, str]) -> tuple[str, Span]:
    """A school year and five years follow from their first year."""
    faults: list[str] = []
    kind = typed["loai"]
    if kind in ("school_year", "five_years"):
        if not re.fullmatch(r"(19|20)\d\d", typed["nam"]):
            raise Refusal(
                _("Năm bắt đầu “%(year)s” chưa đúng. Hãy ghi bốn chữ số, ví dụ 2024.") % {"year": typed["nam"]}
            )
        year = int(typed["nam"])
        if kind == "school_year":
            return _("Năm học %(a)s–%(b)s") % {"a": year, "b": year + 1}, Span.parse(f"{year}-09..{year + 1}-08")
        return f"{year}–{year + 5}", Span.parse(f"{year}..{year + 5}")
    if kind != "campaign":
        raise Refusal(_("Chưa chọn loại kỳ. Hãy chọn một loại."))
    first, last = typed_date(typed["tu"], _("Ngày đầu"), faults), typed_date(typed["den"], _("Ngày cuối"), faults)
    if not typed["ten"]:
        faults.append(_("Chưa có tên kỳ. Hãy ghi tên, ví dụ Tháng Công nhân 2026."))
    if faults or first is None or last is None:
        raise Refusal.of(faults)
    return typed["ten"], _between(first, last)


def _asked(request: HttpRequest, form: Form, write: Callable[[], R], done: Callable[[R], HttpResponse]) -> HttpResponse:
    page = functools.partial(_page, request, form)

    def changed(fault: Changed[R]) -> HttpResponse:
        """The same form with other contents: what was recorded, and what was typed since."""
        sentence = _("Những chỗ vừa đổi ở dưới chưa được ghi. Hãy mở trang của đơn vị để xem nội dung đã ghi.")
        mend = {"mend": reverse("web.units.unit", args=[form.unit.code]), "mend_label": _("Mở trang của đơn vị")}
        return page([_said(fault.row), sentence], 409, **mend)

    return answered(request, page, write, done, changed)


def _said(row: Term | NamedPeriod) -> str:
    if isinstance(row, Term):
        given = {"label": row.label, "span": written(row.whole), "at": moment_of(row)}
        return _("Nhiệm kỳ %(label)s (%(span)s) đã được ghi lúc %(at)s.") % given
    given = {"label": row.label, "span": written(row.span), "at": moment_of(row)}
    return _("Kỳ báo cáo %(label)s (%(span)s) đã được ghi lúc %(at)s.") % given


def _page(request: HttpRequest, form: Form, faults: Sequence[str], status: int, **given: Any) -> HttpResponse:
    context = {
        "unit": card(form.unit, last_day_of(form.unit, access.today())),
        "typed": underscored(form.typed),
        "faults": faults,
        "code": again_or_fresh(request, form.unit, form.name),
        "fictional": form.unit.fictional,
    } | form.given
    return render(request, form.template, context | given, status=status)


def _between(first: PartialDate, last: PartialDate) -> Span:
    try:
        return Span.between(first, last)
    except ValueError:
        raise Refusal(
            _("Ngày cuối (%(last)s) đứng trước ngày đầu (%(first)s). Hãy đổi lại.")
            % {"first": partial(first), "last": partial(last)}
        ) from None


def _iso(text: str) -> str:
    return parse_partial(text).isoformat() if text else ""


def _ordinal(text: str, faults: list[str]) -> int | None:
    """'11' or 'XI'; nothing where nothing was typed."""
    if not text:
        return None
    romans = {roman(number): number for number in range(1, 100)}
    if text.isdecimal() and 0 < int(text[:4]) < 400:
        return int(text)
    if text.upper() in romans:
        return romans[text.upper()]
    faults.append(_("Khóa “%(text)s” chưa đúng. Hãy ghi số, ví dụ 11 hoặc XI.") % {"text": text})
    return None
