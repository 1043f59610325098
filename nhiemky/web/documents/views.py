"""Issued documents as they were issued, and the Word template of reports."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.documents.actions import upload_template, withdraw_templates
from nhiemky.documents.models import IssuedDocument
from nhiemky.documents.queries import issued_among, issued_bytes, issued_formats, template_in_use
from nhiemky.figures.queries import Asked, closing_day
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right
from nhiemky.reports.contents import ReportContents
from nhiemky.reports.letters import LETTER
from nhiemky.reports.queries import Difference, differences, report_of
from nhiemky.reports.render import FORMATS, KIND, file_name, word_context
from nhiemky.reports.word_template import default_template
from nhiemky.rules import vietnamese
from nhiemky.units.models import Unit
from nhiemky.units.queries import card, cards, last_day_of, period_named
from nhiemky.web import access
from nhiemky.web.documents.sample import sample_contents, wanted_texts
from nhiemky.web.figures.links import TREE
from nhiemky.web.files import attachment
from nhiemky.web.frame import answered
from nhiemky.web.reports.shown import report_shown
from nhiemky.web.reports.views import report_href

PER_PAGE = 25


@access.signed_in
@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    readable = access.units_to_read(request)
    page = Paginator(issued_among(readable.values("code")), PER_PAGE).get_page(request.GET.get("trang"))
    codes = {document.unit for document in page}
    units = {unit.code: unit for unit in cards(Unit.objects.filter(code__in=codes), access.today())}
    context = {
        "rows": [(document, units[document.unit]) for document in page],
        "page": page,
        "count": vietnamese.number(page.paginator.count),
        "fictional": any(unit.fictional for unit in units.values()),
    }
    return render(request, "web/documents/list.html", context)


@access.signed_in
@require_safe
def document(request: HttpRequest, code: str) -> HttpResponse:
    row, unit = access.document_to_read(request, code)
    if row.kind == LETTER:
        # a letter is read where the transfer is
        return redirect("web.transfers.transfer", row.contents["transfer"])
    today = access.today()
    contents = ReportContents.from_json(row.contents)
    found = _differences(request, row, contents, unit)
    context = {
        "document": row,
        "unit": card(unit, last_day_of(unit, today)),
        "contents": contents,
        "report": report_shown(contents, None),
        "files": issued_formats(row),
        "differences": found,
        "comparable": found is not None,
        "live": report_href(unit.code, contents.period_key, {TREE: contents.boundaries_on} if contents.tree else {}),
        "day": vietnamese.day(today),
        "fictional": contents.fictional,
    }
    return render(request, "web/documents/document.html", context)


def _differences(
    request: HttpRequest, row: IssuedDocument, contents: ReportContents, unit: Unit
) -> list[Difference] | None:
    """What reads otherwise today, on the same boundaries; None when the unit has no such period any more.

    Or when the person may no longer read on that tree what the document says.
    """
    period, today = period_named(unit, contents.period_key), access.today()
    if period is None:
        return None
    if contents.tree:
        try:
            access.tree_to_read(
                request, unit, contents.tree, Asked(period.span, closing_day(unit, period, today), contents.tree)
            )
        except Refusal:
            return None
    return differences(row, report_of(unit, period, today, contents.tree))


@access.signed_in
@require_safe
def file(request: HttpRequest, code: str, format: str) -> HttpResponse:
    row, unit = access.document_to_read(request, code)
    data = issued_bytes(row, format) if format in FORMATS else None
    if data is None:
        raise Http404
    if row.kind == LETTER:
        access.near_to_read(request, unit)
        return attachment(data, format, "giay-gioi-thieu-chuyen-sinh-hoat")
    return attachment(data, format, file_name(ReportContents.from_json(row.contents), format))


@access.form
def template(request: HttpRequest) -> HttpResponse:
    access.whole_installation(request, Right.ADMINISTER)

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        context = {"faults": faults, "own": template_in_use(KIND) is not None}
        return render(request, "web/documents/template.html", context, status=status)

    def write() -> str:
        if "built-in" in request.POST:
            withdraw_templates(by=request.user, kind=KIND)
            return _("Từ nay bản Word của báo cáo làm theo mẫu có sẵn.")
        contents, sample = _uploaded(request), word_context(sample_contents())
        upload_template(by=request.user, kind=KIND, contents=contents, sample=sample, wanted=wanted_texts())
        return _("Đã nhận mẫu mới. Từ nay bản Word của báo cáo làm theo mẫu này.")

    def done(said: str) -> HttpResponse:
        messages.success(request, said)
        return redirect("web.documents.template")

    return answered(request, page, write, done)


def _uploaded(request: HttpRequest) -> bytes:
    given = request.FILES.get("template")
    if given is None or not given.size:
        raise Refusal(_("Chưa chọn tệp. Hãy chọn một tệp Word .docx."))
    if given.size > settings.UPLOAD_LIMIT:
        raise Refusal(_("Tệp lớn hơn 10 MB nên không nhận được. Hãy giảm dung lượng tệp rồi gửi lại."))
    if not (given.name or "").lower().endswith(".docx"):
        raise Refusal(
            _("Tệp “%(name)s” không phải tệp Word .docx. Hãy lưu mẫu dưới dạng .docx.") % {"name": given.name}
        )
    return given.read()


@access.signed_in
@require_safe
def template_download(request: HttpRequest) -> HttpResponse:
    access.whole_installation(request, Right.ADMINISTER)
    return attachment(template_in_use(KIND) or default_template(), "docx", "mau-bao-cao")
