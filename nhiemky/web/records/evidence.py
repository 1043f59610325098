"""Files handed in with a piece of work: added later, and served to those who may read its unit."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from nhiemky.foundation.files import contents_of
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger.actions import attach_evidence
from nhiemky.ledger.models import Entry
from nhiemky.ledger.queries import evidence_of
from nhiemky.web import access
from nhiemky.web.records.recording import handed_in
from nhiemky.web.records.rows import href_of


@access.signed_in
@require_safe
def file(request: HttpRequest, code: str, evidence: str) -> HttpResponse:
    """The file, never opened inside a page of ours: it was made by somebody else."""
    entry = access.row_to_read(request, Entry.objects.all(), code)
    row = evidence_of(entry).filter(code=evidence).first()
    if row is None:
        raise Http404
    shown = row.media_type.startswith("image/") and "xem" in request.GET
    answer = HttpResponse(contents_of(row.digest), content_type=row.media_type)
    answer.headers["Content-Disposition"] = content_disposition_header(not shown, row.name) or "attachment"
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer


@access.signed_in
@require_POST
def add(request: HttpRequest, code: str) -> HttpResponse:
    entry = access.row_to_change(request, Entry.objects.all(), code)
    files, faults = handed_in(request)
    if not files and not faults:
        faults = [_("Chưa chọn tệp nào. Hãy chọn tệp rồi bấm thêm.")]
    if not faults:
        try:
            rows = attach_evidence(by=request.user, entry=entry, files=files)
            messages.success(request, _("Đã thêm %(count)s tệp.") % {"count": len(rows)})
        except Refusal as refusal:
            faults = list(refusal.sentences)
    for sentence in faults:
        messages.error(request, sentence)
    return redirect(f"{href_of(entry)}#tep")
