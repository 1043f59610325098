"""Setting the running term, closing one, and naming another period to report on."""

from __future__ import annotations

import re
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Right
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.rules.vietnamese import clean, partial, roman
from nhiemky.rules.vietnamese import span as written
from nhiemky.units.actions import close_term, name_period, open_term
from nhiemky.units.actions.amending import correct_period, correct_term
from nhiemky.units.models import NamedPeriod, Term, Unit
from nhiemky.units.queries import Period, card, key_of, last_day_of, period_named, periods_of
from nhiemky.web import access
from nhiemky.web.dates import parse_partial
from nhiemky.web.once import Changed, again_or_fresh, code_in, moment_of, write_once

OF_TERM = ("tu", "den", "ten", "khoa", "phuong-cham", "nghi-quyet", "so", "ngay")
OF_CORRECTION = ("tu", "den", "het", "ten", "khoa", "phuong-cham")
OF_PERIOD = ("loai", "nam", "tu", "den", "ten")
METHODS = ["GET", "HEAD", "POST"]


@access.signed_in
@require_http_methods(METHODS)
def open(request: HttpRequest, code: str) -> HttpResponse:
    """The term with its days; from here one goes on to its targets."""
    unit = access.unit_to_change(request, code, Right.ISSUE)
    typed = {name: request.POST.get(name, "").strip() for name in OF_TERM}
    faults: list[str] = []
    if request.method == "POST":
        try:
            term = _opened(request, unit, typed)
        except NotAllowed:
            raise
        except Changed as changed:
            return _changed(request, "nhiem-ky", "web/terms/open.html", unit, typed, _term_said(changed.row))
        except Refusal as refusal:
            faults = list(refusal.sentences)
        else:
            messages.success(request, _("Đã ghi nhiệm kỳ %(label)s. Tiếp theo: các chỉ tiêu.") % {"label": term.label})
            return redirect("web.targets.adopt", unit.code, key_of(term.label))
    return _page(request, "nhiem-ky", "web/terms/open.html", unit, typed, faults)


def _opened(request: HttpRequest, unit: Unit, typed: dict[str, str]) -> Term:
    code = code_in(request, unit, "nhiem-ky")
    faults: list[str] = []
    first, last = _date(typed["tu"], _("Ngày đầu"), faults), _date(typed["den"], _("Ngày cuối"), faults)
    ordinal = _ordinal(typed["khoa"], faults)
    if typed["ngay"]:
        _date(typed["ngay"], _("Ngày nghị quyết"), faults)
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


def _term_said(term: Term) -> str:
    given = {"term": term.label, "span": written(term.whole), "at": moment_of(term)}
    return _("Nhiệm kỳ %(term)s (%(span)s) đã được ghi lúc %(at)s.") % given


@access.signed_in
@require_http_methods(METHODS)
def close(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """The term ended, as planned or before."""
    unit = access.unit_to_change(request, code, Right.ISSUE)
    chosen = next((each for each in periods_of(unit) if each.key == period and each.term), None)
    if chosen is None or chosen.term is None:
        raise Http404
    typed, form = {name: request.POST.get(name, "").strip() for name in ("den", "van-ban")}, _closing(chosen)
    faults: list[str] = []
    if request.method == "POST":
        try:
            _closed(request, unit, chosen, chosen.term, typed)
        except NotAllowed:
            raise
        except Changed as changed:
            said = _term_said(changed.row)
            return _changed(request, form, "web/terms/close.html", unit, typed, said, period=chosen)
        except Refusal as refusal:
            faults = list(refusal.sentences)
        else:
            messages.success(request, _("Đã ghi ngày kết thúc %(term)s.") % {"term": chosen.title.lower()})
            return redirect("web.units.unit", unit.code)
    return _page(request, form, "web/terms/close.html", unit, typed, faults, period=chosen)


def _closed(request: HttpRequest, unit: Unit, chosen: Period, term: Term, typed: dict[str, str]) -> Term:
    faults: list[str] = []
    code, last = code_in(request, unit, _closing(chosen)), _date(typed["den"], _("Ngày cuối"), faults)
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


@access.signed_in
@require_http_methods(METHODS)
def correct(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """The term was written wrongly; a term that ended on another day than planned is closed, not corrected."""
    unit = access.unit_to_change(request, code, Right.ISSUE)
    chosen = period_named(unit, period)
    if chosen is None or chosen.term is None:
        raise Http404
    begun = _begun(chosen.term)
    typed = {name: request.POST.get(name, begun[name]).strip() for name in OF_CORRECTION}
    faults: list[str] = []
    if request.method == "POST":
        try:
            term = _corrected(request, unit, chosen.term, typed)
        except NotAllowed:
            raise
        except Refusal as refusal:
            faults = list(refusal.sentences)
        else:
            messages.success(request, _("Đã sửa nhiệm kỳ %(label)s.") % {"label": term.label})
            return redirect("web.units.unit", unit.code)
    given: dict[str, Any] = {"period": chosen, "closed": _was_closed(chosen.term)}
    return _page(request, "sua-nhiem-ky", "web/terms/correct.html", unit, typed, faults, **given)


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


def _corrected(request: HttpRequest, unit: Unit, term: Term, typed: dict[str, str]) -> Term:
    code = code_in(request, unit, "sua-nhiem-ky")
    faults: list[str] = []
    first, last = _date(typed["tu"], _("Ngày đầu"), faults), _date(typed["den"], _("Ngày cuối"), faults)
    closed = _date(typed["het"], _("Ngày đã kết thúc"), faults) if typed["het"] and _was_closed(term) else None
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


@access.signed_in
@require_http_methods(METHODS)
def correct_named(request: HttpRequest, code: str, period: str) -> HttpResponse:
    """The named period was written wrongly."""
    unit = access.unit_to_change(request, code, Right.ISSUE)
    chosen = period_named(unit, period)
    row = next((each for each in unit.named_periods.all() if chosen and _is(each, chosen.key)), None)
    if row is None:
        raise Http404
    start, end = row.span.start, row.span.end
    begun = {"ten": row.label, "tu": partial(start) if start else "", "den": partial(end) if end else ""}
    typed = {name: request.POST.get(name, begun[name]).strip() for name in begun}
    faults: list[str] = []
    if request.method == "POST":
        try:
            named = _named_again(request, unit, row, typed)
        except NotAllowed:
            raise
        except Refusal as refusal:
            faults = list(refusal.sentences)
        else:
            messages.success(request, _("Đã sửa kỳ báo cáo %(label)s.") % {"label": named.label})
            return redirect("web.units.unit", unit.code)
    return _page(request, "sua-ky", "web/terms/correct_named.html", unit, typed, faults, period=chosen)


def _is(row: NamedPeriod, key: str) -> bool:
    return not row.superseded_at and key_of(row.label) == key


def _named_again(request: HttpRequest, unit: Unit, row: NamedPeriod, typed: dict[str, str]) -> NamedPeriod:
    code = code_in(request, unit, "sua-ky")
    _label, span = _label_and_span(typed | {"loai": "campaign"})
    return write_once(
        lambda: NamedPeriod.objects.filter(code=code, unit=unit).first(),
        lambda made: (made.label, made.span) == (clean(typed["ten"]), span),
        lambda: correct_period(by=request.user, named=row, label=typed["ten"], period=span, code=code),
    )[0]


@access.signed_in
@require_http_methods(METHODS)
def name(request: HttpRequest, code: str) -> HttpResponse:
    """A school year, five years, or a span of one's own."""
    unit = access.unit_to_change(request, code, Right.ISSUE)
    typed = {name: request.POST.get(name, "").strip() for name in OF_PERIOD}
    faults: list[str] = []
    if request.method == "POST":
        try:
            named = _named(request, unit, typed)
        except NotAllowed:
            raise
        except Changed as changed:
            given = {"label": changed.row.label, "span": written(changed.row.span), "at": moment_of(changed.row)}
            said = _("Kỳ báo cáo %(label)s (%(span)s) đã được ghi lúc %(at)s.") % given
            return _changed(request, "ky", "web/terms/name.html", unit, typed, said, kinds=_kinds())
        except Refusal as refusal:
            faults = list(refusal.sentences)
        else:
            messages.success(request, _("Đã đặt kỳ báo cáo %(label)s.") % {"label": named.label})
            return redirect("web.reports.report", unit.code, key_of(named.label))
    return _page(request, "ky", "web/terms/name.html", unit, typed, faults, kinds=_kinds())


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
    first, last = _date(typed["tu"], _("Ngày đầu"), faults), _date(typed["den"], _("Ngày cuối"), faults)
    if not typed["ten"]:
        faults.append(_("Chưa có tên kỳ. Hãy ghi tên, ví dụ Tháng Công nhân 2026."))
    if faults or first is None or last is None:
        raise Refusal.of(faults)
    return typed["ten"], _between(first, last)


def _changed(
    request: HttpRequest, form: str, template: str, unit: Unit, typed: dict[str, str], said: str, **given: Any
) -> HttpResponse:
    """The same form with other contents: what was recorded, and what was typed since."""
    sentence = _("Những chỗ vừa đổi ở dưới chưa được ghi. Hãy mở trang của đơn vị để xem nội dung đã ghi.")
    given |= {"mend": reverse("web.units.unit", args=[unit.code]), "mend_label": _("Mở trang của đơn vị")}
    return _page(request, form, template, unit, typed, [said, sentence], 409, **given)


def _page(
    request: HttpRequest,
    form: str,
    template: str,
    unit: Unit,
    typed: dict[str, str],
    faults: list[str],
    status: int = 0,
    **given: Any,
) -> HttpResponse:
    context = {
        "unit": card(unit, last_day_of(unit, access.today())),
        "typed": {name.replace("-", "_"): value for name, value in typed.items()},
        "faults": faults,
        "code": again_or_fresh(request, unit, form),
        "fictional": unit.fictional,
    } | given
    return render(request, template, context, status=status or (422 if faults else 200))


def _date(text: str, name: str, faults: list[str]) -> PartialDate | None:
    """The date as it is known, or a sentence among the faults."""
    try:
        return parse_partial(text)
    except ValueError:
        said = _("chưa ghi") if not text else _("“%(text)s” chưa đúng") % {"text": text}
        faults.append(
            _("%(name)s %(said)s. Hãy ghi ngày, tháng hoặc năm: 12/6/2023, 6/2023, 2023.")
            % {"name": name, "said": said}
        )
        return None


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
