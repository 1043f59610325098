"""The reorganisations of a unit, and the decision's file of one."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from nhiemky.foundation.files import contents_of
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.units.queries import card, last_day_of, tree_on
from nhiemky.web import access
from nhiemky.web.reforms.shown import event_shown

PER_PAGE = 20


@access.signed_in
@require_safe
def reorganisations(request: HttpRequest, code: str) -> HttpResponse:
    """What was planned, applied and annulled at the unit; drafts only for whoever plans."""
    unit = access.unit_to_read(request, code)
    plans = access.may_reorganise(request, unit)
    states = [State.DRAFT, State.APPLIED, State.ANNULLED] if plans else [State.APPLIED, State.ANNULLED]
    events = Reorganisation.objects.filter(unit=unit, state__in=states)
    drafts = [event_shown(each) for each in events.filter(state=State.DRAFT).order_by("-drafted_at", "-pk")]
    past = events.exclude(state=State.DRAFT).order_by("-day", "-pk")
    page = Paginator(past, PER_PAGE).get_page(request.GET.get("trang"))
    context = {
        "unit": card(unit, last_day_of(unit, access.today())),
        "fictional": unit.fictional,
        "plans": plans,
        "has_below": bool(tree_on(access.today()).get(unit.pk)),
        "drafts": drafts,
        "past": [event_shown(each) for each in page],
        "page": page,
    }
    return render(request, "web/reforms/list.html", context)


@access.signed_in
@require_safe
def file(request: HttpRequest, code: str) -> HttpResponse:
    """The file of the decision, never opened inside a page of ours: it was made by somebody else."""
    event = access.reorganisation_to_read(request, code)
    if event.file is None:
        raise Http404
    answer = HttpResponse(contents_of(event.file.digest), content_type=event.file.media_type)
    answer.headers["Content-Disposition"] = content_disposition_header(True, event.file.name) or ""
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
