"""The report of a unit for a period: read it, take it away, issue it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.documents.queries import issued
from nhiemky.figures.queries import Asked, closing_day
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.roles import Right
from nhiemky.ledger import kinds
from nhiemky.reports.actions import issue_report
from nhiemky.reports.contents import ReportContents
from nhiemky.reports.queries import report_of
from nhiemky.reports.render import FORMATS, file_name
from nhiemky.reports.render import render as render_file
from nhiemky.rules.timeline import Span
from nhiemky.rules.vietnamese import partial
from nhiemky.units.models import Unit
from nhiemky.units.queries import Period, card, last_day_of, periods_of, units_below_on
from nhiemky.web import access
from nhiemky.web.charts.links import picture_of
from nhiemky.web.charts.views import titles
from nhiemky.web.dates import typed_span
from nhiemky.web.figures.asking import tree_of, typed_tree
from nhiemky.web.figures.boundaries import switch_of
from nhiemky.web.figures.links import TREE
from nhiemky.web.figures.page import below_count
from nhiemky.web.files import attachment
from nhiemky.web.reports.shown import Linking, is_empty, report_shown
from nhiemky.web.words import first_lower

# what a reader of a report would rather look at
CHARTS = ("cham-lo", "co-cau", "chi-tieu")


@access.signed_in
@require_safe
def report(request: HttpRequest, code: str, period: str) -> HttpResponse:
    unit, chosen = access.unit_and_period(request, code, period)
    typed, faults = _as_typed(chosen.span), []
    if "tu" in request.GET or "den" in request.GET:
        typed = {name: request.GET.get(name, "").strip() for name in ("tu", "den")}
        try:
            span = typed_span(typed["tu"], typed["den"])
            kept = {TREE: text} if (text := typed_tree(request)) else {}
            return redirect(report_href(unit.code, span.isoformat(), kept))
        except Refusal as refusal:
            faults = list(refusal.sentences)
    return _page(request, unit, chosen, typed=typed, period_faults=faults)


def report_href(unit_code: str, period: str, kept: Mapping[str, str], name: str = "report", *more: str) -> str:
    """The address of a report or of its file, with the tree that was asked for."""
    query = f"?{urlencode(kept)}" if kept else ""
    return reverse(f"web.reports.{name}", args=[unit_code, period, *more]) + query


def _asked(request: HttpRequest, unit: Unit, chosen: Period) -> Asked:
    """The period, the day of its stocks and the tree; a Refusal where there is no such tree for the person."""
    asked = Asked(chosen.span, closing_day(unit, chosen, access.today()))
    return replace(asked, boundaries=tree_of(request, unit, asked))


def _page(request: HttpRequest, unit: Unit, chosen: Period, **given: Any) -> HttpResponse:
    today, tree_faults = access.today(), tuple[str, ...]()
    try:
        asked = _asked(request, unit, chosen)
    except Refusal as refusal:
        asked, tree_faults = Asked(chosen.span, closing_day(unit, chosen, today)), refusal.sentences
    contents = report_of(unit, chosen, today, asked.boundaries)
    then = units_below_on(unit, last_day_of(unit, asked.as_of)).count()
    linking = Linking(asked.as_of, below_count(unit, asked) if asked.boundaries else then, then)
    kept = {TREE: asked.boundaries.isoformat()} if asked.boundaries else {}

    def elsewhere(unit_code: str, day: date | None) -> str:
        # another unit need not have a period of this name
        period = chosen.key if unit_code == unit.code else chosen.span.isoformat()
        return report_href(unit_code, period, {TREE: day.isoformat()} if day else {})

    context = {
        "report": report_shown(contents, linking),
        "unit_code": unit.code,
        "period": chosen,
        "period_lower": first_lower(chosen.title),
        "periods": [
            (each.title, report_href(unit.code, each.key, kept)) for each in periods_of(unit) if each.key != chosen.key
        ],
        "files": {format: report_href(unit.code, chosen.key, kept, "download", format) for format in FORMATS},
        "tree": kept.get(TREE, ""),
        "switch": switch_of(request, unit, asked, elsewhere, {}, tree_faults),
        "typed": _as_typed(chosen.span),
        "is_empty": is_empty(contents),
        "charts": [
            (title, picture_of(unit, name, chosen.span, kept)) for name, title in titles().items() if name in CHARTS
        ],
        "number_like": kinds.first_for(card(unit, last_day_of(unit, asked.as_of)).level).number_like,
        "may_issue": access.can(request, Right.ISSUE, unit) and not is_empty(contents),
        "documents": list(issued(unit.code).filter(contents__period_key=chosen.key)),
        "fictional": unit.fictional,
    } | given
    refused = given.get("period_faults") or given.get("issue_faults") or tree_faults
    return render(request, "web/reports/report.html", context, status=422 if refused else 200)


@access.signed_in
@require_safe
def download(request: HttpRequest, code: str, period: str, format: str) -> HttpResponse:
    unit, chosen = access.unit_and_period(request, code, period)
    if format not in FORMATS:
        raise Http404
    contents = report_of(unit, chosen, access.today(), _asked(request, unit, chosen).boundaries)
    return attachment(render_file(contents, format), format, file_name(contents, format))


@access.form
def issue(request: HttpRequest, code: str, period: str) -> HttpResponse:
    unit, chosen = access.unit_and_period(request, code, period)
    if request.method != "POST":
        # where a person lands who had to sign in again
        return redirect("web.reports.report", unit.code, chosen.key)
    number = request.POST.get("number", "")
    try:
        tree, today = _asked(request, unit, chosen).boundaries, access.today()
        _refuse_other_figures(request, report_of(unit, chosen, today, tree))
        document = issue_report(by=request.user, unit=unit, period=chosen, number=number, today=today, boundaries=tree)
    except NotAllowed:
        raise
    except Refusal as refusal:
        return _page(request, unit, chosen, issue_faults=list(refusal.sentences), number=number)
    messages.success(request, _("Đã ban hành. Ba tệp dưới đây được giữ nguyên từ nay về sau."))
    return redirect("web.documents.document", document.code)


def _refuse_other_figures(request: HttpRequest, now: ReportContents) -> None:
    """One issues what one has seen: nothing may have been recorded in between."""
    if is_empty(now):
        raise Refusal(_("Kỳ này chưa có số liệu nào nên chưa có gì để ban hành. Hãy chọn kỳ khác."))
    if request.POST.get("digest") != now.records_digest:
        raise Refusal(_("Số liệu đã thay đổi từ lúc bạn mở trang này. Hãy xem lại báo cáo rồi ban hành."))


def _as_typed(span: Span) -> dict[str, str]:
    return {"tu": partial(span.start) if span.start else "", "den": partial(span.end) if span.end else ""}
