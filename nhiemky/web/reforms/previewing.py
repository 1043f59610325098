"""What a plan would do, before it does it; and applying it, at once or in the background."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.reforms.actions import apply_reorganisation, order_application, stamp_of
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.reforms.preview import Preview, previewed
from nhiemky.reforms.tasks import AT_ONCE
from nhiemky.rules import vietnamese
from nhiemky.rules.timeline import ONE_DAY
from nhiemky.units.models import Unit
from nhiemky.units.queries import cards
from nhiemky.web import access
from nhiemky.web.reforms.columns import columns_of
from nhiemky.web.reforms.event import counts_said
from nhiemky.web.reforms.planning import draft_to_change
from nhiemky.web.reforms.shown import about

MOST_LINES = 200


@never_cache
@access.form
def preview(request: HttpRequest, code: str) -> HttpResponse:
    """The plan tried and taken back; nothing of it stays written."""
    event = draft_to_change(request, code)
    if isinstance(event, HttpResponse):
        return event
    if request.method != "POST":
        return redirect("web.reforms.event", event.code)
    return _shown(request, event)


def _shown(request: HttpRequest, event: Reorganisation, faults: tuple[str, ...] = ()) -> HttpResponse:
    stamp = stamp_of(event)
    found = previewed(by=request.user, event=event, today=access.today())  # type: ignore[arg-type]
    if found.faults:
        # each stands beside its row on the page of the plan
        messages.error(request, _("Phương án còn chỗ chưa đúng nên chưa xem trước được. Hãy sửa các dòng có ghi chú."))
        if event.plan and not any(told.at for told in found.faults):
            for told in found.faults:
                messages.error(request, told.sentence)
        return redirect("web.reforms.event", event.code)
    context = about(event) | _of_preview(event, found)
    context |= {
        "stamp": stamp,
        "faults": faults,
        "early": event.day > access.today(),
        "large": len(event.plan) > AT_ONCE,
    }
    return render(request, "web/reforms/preview.html", context, status=422 if faults else 200)


def _of_preview(event: Reorganisation, found: Preview) -> dict[str, Any]:
    assert found.changes is not None
    units = {code for code, _label in found.terms} | {code for code, _count in found.posts}
    names = _names(units | set(found.names), event.day - ONE_DAY)
    return {
        "counts": counts_said(dict(found.counts)),
        "columns": columns_of(found.changes, names, found.names, links=False),
        "terms": [(names.get(code, code), label) for code, label in found.terms[:MOST_LINES]],
        "terms_more": _more(len(found.terms)),
        "posts": [(names.get(code, code), vietnamese.number(count)) for code, count in found.posts[:MOST_LINES]],
        "posts_more": _more(len(found.posts)),
        "members": [
            (each.name, vietnamese.number(each.before), vietnamese.number(each.after))
            for each in found.members[:MOST_LINES]
        ],
        "members_more": _more(len(found.members)),
        "totals": [
            {
                "label": line.label, "is_equal": line.is_equal,
                "then": [_figure(line.then_before), _figure(line.then_after)],
                "tree": [_figure(line.tree_before), _figure(line.tree_after)],
            }
            for line in found.totals
        ],
        "all_equal": all(line.is_equal for line in found.totals),
        "eve": vietnamese.day(event.day - ONE_DAY),
        "rows": vietnamese.number(len(event.plan)),
    }  # fmt: skip


def _more(count: int) -> str:
    return vietnamese.number(count - MOST_LINES) if count > MOST_LINES else ""


def _figure(value: int | None) -> str:
    return vietnamese.number(value) if value is not None else _("chưa có số")


def _names(codes: Iterable[str], on: date) -> dict[str, str]:
    found: dict[str, str] = {}
    listed = sorted(codes)
    for start in range(0, len(listed), 500):
        part = cards(Unit.objects.filter(code__in=listed[start : start + 500]), on)
        found |= {each.code: each.short for each in part}
    return found


@access.signed_in
@require_POST
def apply(request: HttpRequest, code: str) -> HttpResponse:
    """The plan as it was previewed; pressed twice, it is applied once."""
    event = draft_to_change(request, code)
    if isinstance(event, HttpResponse):
        return event
    if "dong-y" not in request.POST:
        return _shown(request, event, (_("Chưa đánh dấu đồng ý. Hãy đọc lại phần xem trước rồi đánh dấu."),))
    given: dict[str, Any] = {"by": request.user, "event": event, "today": access.today()}
    try:
        if len(event.plan) > AT_ONCE:
            order_application(seen=request.POST.get("phuong-an", "-"), **given)
        else:
            apply_reorganisation(seen=request.POST.get("phuong-an", "-"), **given)
            messages.success(request, _("Đã áp dụng “%(title)s”.") % {"title": event.title})
    except NotAllowed:
        raise
    except Refusal as refusal:
        now = Reorganisation.objects.get(pk=event.pk)
        if now.state != State.APPLIED:
            for sentence in refusal.sentences:
                messages.error(request, sentence)
    return redirect("web.reforms.event", event.code)
