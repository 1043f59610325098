"""An applied event taken back: annulled as if it had never been, or turned back from a later day."""

from __future__ import annotations

from collections.abc import Sequence

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from nhiemky.reforms.actions import annul_reorganisation, reverse_reorganisation
from nhiemky.reforms.models import Reorganisation, State
from nhiemky.web import access
from nhiemky.web.dates import typed_day
from nhiemky.web.frame import answered, typed_in, underscored
from nhiemky.web.once import again_or_fresh, code_in, kept_reason, write_once
from nhiemky.web.reforms.event import counts_said
from nhiemky.web.reforms.shown import about


@access.form
def annul(request: HttpRequest, code: str) -> HttpResponse:
    """It never was so: with a reason, unless something was built on it."""
    event = access.reorganisation_to_change(request, code)
    typed = typed_in(request, ("ly-do",))

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        context = about(event) | {"typed": underscored(typed), "faults": faults, "counts": counts_said(event.counts)}
        return render(request, "web/reforms/annul.html", context, status=status)

    def done(row: Reorganisation) -> HttpResponse:
        messages.success(request, _("Đã hủy “%(title)s”: tổ chức lại như chưa từng sắp xếp.") % {"title": row.title})
        return redirect("web.reforms.event", row.code)

    def write() -> Reorganisation:
        return write_once(
            lambda: Reorganisation.objects.filter(pk=event.pk, state=State.ANNULLED).first(),
            lambda row: row.reason == kept_reason(typed["ly-do"]),
            lambda: annul_reorganisation(by=request.user, event=event, reason=typed["ly-do"]),
        )[0]

    if request.method != "POST" and event.state != State.APPLIED:
        return redirect("web.reforms.event", event.code)
    return answered(request, page, write, done)


@access.form
def turn_back(request: HttpRequest, code: str) -> HttpResponse:
    """A draft that brings back what stood before, from a later day."""
    event = access.reorganisation_to_change(request, code)
    typed, form = typed_in(request, ("ngay",)), f"lap-lai:{event.code}"

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        context = about(event) | {
            "typed": underscored(typed),
            "faults": faults,
            "code": again_or_fresh(request, event.unit, form, status),
        }
        return render(request, "web/reforms/turn_back.html", context, status=status)

    def write() -> Reorganisation:
        made, day = code_in(request, event.unit, form), typed_day(typed["ngay"], _("Ngày lập lại"))
        return write_once(
            lambda: Reorganisation.objects.filter(code=made, unit=event.unit).first(),
            lambda row: row.day == day,
            lambda: reverse_reorganisation(by=request.user, event=event, day=day, code=made),
        )[0]

    def done(row: Reorganisation) -> HttpResponse:
        messages.success(request, _("Đã soạn phương án lập lại như trước. Hãy xem các dòng, xem trước rồi áp dụng."))
        return redirect("web.reforms.event", row.code)

    if request.method != "POST" and event.state != State.APPLIED:
        return redirect("web.reforms.event", event.code)
    return answered(request, page, write, done)
