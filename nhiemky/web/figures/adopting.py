"""Targets by form: adopted one after the other, corrected, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from nhiemky.figures import wording
from nhiemky.figures.actions import adopt_target, correct_target, withdraw_target
from nhiemky.figures.definitions import definitions
from nhiemky.figures.models import Target
from nhiemky.figures.queries.board import as_known, living_targets, targets_in
from nhiemky.foundation.models import Source
from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.roles import Right
from nhiemky.ledger.queries import history_of
from nhiemky.rules import vietnamese
from nhiemky.rules.indicators import Measure
from nhiemky.units.models import Unit
from nhiemky.units.queries import Period, UnitCard, ancestors_on, card, last_day_of, names_of, period_named, rows_of
from nhiemky.web import access
from nhiemky.web.figures import target_form as form
from nhiemky.web.figures.picker import groups
from nhiemky.web.frame import answered, underscored
from nhiemky.web.once import Changed, again_or_fresh, code_in, kept_reason, moment_of, write_once
from nhiemky.web.words import first_lower

LONGEST_SEARCH = 100


@access.form
def adopt(request: HttpRequest, code: str, period: str) -> HttpResponse:
    unit = access.unit_to_change(request, code, Right.RECORD)
    chosen = period_named(unit, period)
    if chosen is None:
        raise Http404
    if request.method != "POST":
        return _adopt_page(request, unit, chosen, _begun(request, unit, chosen))
    typed = form.typed_in(request.POST)
    return _sent(request, unit, chosen, typed, None)


@access.form
def correct(request: HttpRequest, target: str) -> HttpResponse:
    """A slip of the pen put right; the first version stays in the books."""
    row, unit, chosen = _target_to_change(request, target)
    if request.method != "POST":
        return _adopt_page(request, unit, chosen, form.typed_of(row), target=row)
    return _sent(request, unit, chosen, form.typed_in(request.POST) | {"so-lieu": row.indicator}, row)


@access.form
def withdraw(request: HttpRequest, target: str) -> HttpResponse:
    """The target is judged no more; who withdrew it, when and why stays in the books."""
    row, unit, chosen = _target_to_change(request, target)
    reason = request.POST.get("ly-do", "").strip()
    form_name = f"rut:{row.code}"

    def page(faults: Sequence[str], status: int) -> HttpResponse:
        context = _frame(request, unit, chosen) | {
            "sentence": form.sentence_of(row, _above(unit)),
            "reason": reason,
            "faults": faults,
            "code": again_or_fresh(request, unit, form_name),
            "withdrawn": status == 409,
            "mend": reverse("web.targets.target", args=[row.code]) if status == 409 else "",
            "mend_label": _("Xem chỉ tiêu đã rút"),
        }
        return render(request, "web/figures/withdraw.html", context, status=status)

    def write() -> Target:
        code = code_in(request, unit, form_name)
        return write_once(
            lambda: _of_form(unit, code),
            lambda made: made.reason == kept_reason(reason),
            lambda: withdraw_target(by=request.user, target=row, reason=reason, code=code),
        )[0]

    def done(_withdrawn: Target) -> HttpResponse:
        messages.success(request, _("Đã rút chỉ tiêu “%(what)s”.") % {"what": definitions()[row.indicator].label})
        return redirect("web.targets.board", unit.code, chosen.key)

    def changed(fault: Changed[Target]) -> HttpResponse:
        sentence = _("Chỉ tiêu này đã rút lúc %(at)s, lý do đã ghi: “%(reason)s”. Lý do vừa đổi chưa được ghi.")
        return page([sentence % {"at": moment_of(fault.row), "reason": fault.row.reason}], 409)

    return answered(request, page, write, done, changed)


def _sent(
    request: HttpRequest, unit: Unit, chosen: Period, typed: dict[str, str], target: Target | None
) -> HttpResponse:
    """A form came: shown in words, or written."""
    above, sources = _above(unit), _sources(unit, chosen)
    only_shown = "xem" in request.POST

    def page(faults: Sequence[str], _status: int) -> HttpResponse:
        if only_shown:
            # who has just opened the form did nothing wrong yet
            quiet = access.is_fragment(request) and not any(typed[name] for name in form.BOUNDS)
            return _preview(request, unit, chosen, typed, target, "", () if quiet else faults)
        return _adopt_page(request, unit, chosen, typed, target=target, faults=faults)

    def write() -> Target | str:
        fields = form.fields_of(typed, chosen, above, sources)
        said = form.sentence(fields, card(unit, last_day_of(unit, access.today())), _origin(typed, above))
        if only_shown:
            return said
        return _written(request, unit, chosen, fields | {"assigned_by": form.unit_of(typed["ai-giao"])}, target)

    def done(made: Target | str) -> HttpResponse:
        if isinstance(made, str):
            return _preview(request, unit, chosen, typed, target, made, ())
        said = form.sentence_of(made, above)
        if target:
            messages.success(request, _("Đã sửa chỉ tiêu: %(said)s") % {"said": said})
            return redirect("web.targets.board", unit.code, chosen.key)
        messages.success(request, _("Đã ghi chỉ tiêu: %(said)s Ghi tiếp chỉ tiêu khác ở dưới.") % {"said": said})
        return redirect("web.targets.adopt", unit.code, chosen.key)

    return answered(request, page, write, done, lambda fault: _changed(request, unit, chosen, typed, fault.row))


def _form_name(target: Target | None) -> str:
    return f"sua:{target.code}" if target else "chi-tieu"


def _same(unit: Unit, chosen: Period, typed: dict[str, str], target: Target | None) -> list[tuple[Target, str]]:
    """The targets of the period that the form would say a second time: those of the same figure."""
    return [] if target else [each for each in _adopted(unit, chosen) if each[0].indicator == typed["so-lieu"]]


def _written(request: HttpRequest, unit: Unit, chosen: Period, fields: dict[str, Any], target: Target | None) -> Target:
    """The row of this form, written now or when the form came first."""
    code = code_in(request, unit, _form_name(target))
    reason = request.POST.get("ly-do", "") if target else ""

    def write() -> Target:
        if "van-ghi" not in request.POST and _same(unit, chosen, {"so-lieu": fields["indicator"]}, target):
            raise Refusal(
                _(
                    "Kỳ này đã có chỉ tiêu “%(what)s”. Hãy sửa chỉ tiêu đó, hoặc đánh dấu “Vẫn ghi thêm” phía trên nút ghi."
                )
                % {"what": definitions()[fields["indicator"]].label}
            )
        if target is None:
            return adopt_target(by=request.user, unit=unit, code=code, **fields)
        return correct_target(by=request.user, target=target, reason=reason, code=code, **fields)

    def same(made: Target) -> bool:
        return made.reason == kept_reason(reason) and form.says_the_same(made, fields)

    return write_once(lambda: _of_form(unit, code), same, write)[0]


def _of_form(unit: Unit, code: str) -> Target | None:
    """The row that the form made."""
    return Target.objects.filter(code=code, unit=unit).select_related("assigned_by", "source").first()


def _changed(request: HttpRequest, unit: Unit, chosen: Period, typed: dict[str, str], made: Target) -> HttpResponse:
    """The same form with other contents: they are offered as a correction of what it recorded, nothing is lost."""
    latest = history_of(made)[-1]
    given = {"at": moment_of(made), "said": form.sentence_of(made, _above(unit))}
    if latest.cancels:
        sentence = (
            _(
                "Chỉ tiêu này đã được ghi lúc %(at)s, sau đó đã rút. Nội dung dưới đây chưa được ghi: nếu muốn ghi thành một "
                "chỉ tiêu mới, hãy bấm ghi."
            )
            % given
        )
        return _adopt_page(request, unit, chosen, typed, faults=[sentence], status=409)
    sentence = (
        _(
            "Đã ghi lúc %(at)s: %(said)s Những chỗ vừa đổi chưa được ghi: nếu muốn sửa chỉ tiêu đã ghi theo nội dung dưới "
            "đây, hãy ghi lý do rồi lưu."
        )
        % given
    )
    typed = typed | {"so-lieu": latest.indicator}
    return _adopt_page(request, unit, chosen, typed, target=latest, faults=[sentence], status=409)


def _preview(
    request: HttpRequest,
    unit: Unit,
    chosen: Period,
    typed: dict[str, str],
    target: Target | None,
    said: str,
    faults: Sequence[str],
) -> HttpResponse:
    """The sentence alone to htmx; on the whole page without it."""
    if access.is_fragment(request):
        same = _same(unit, chosen, typed, target)
        response = render(request, "web/figures/_preview.html", {"said": said, "wanting": faults[:1], "same": same})
        patch_vary_headers(response, ["HX-Request"])
        return response
    return _adopt_page(request, unit, chosen, typed, target=target, faults=faults, said=said)


def _adopt_page(
    request: HttpRequest,
    unit: Unit,
    chosen: Period,
    typed: dict[str, str],
    *,
    target: Target | None = None,
    faults: Sequence[str] = (),
    said: str = "",
    status: int = 0,
) -> HttpResponse:
    text = request.GET.get("q", "").strip()[:LONGEST_SEARCH]
    frame = _frame(request, unit, chosen)
    definition = definitions().get(typed["so-lieu"])
    if definition is None or definition.measure is Measure.TARGETS:
        context = frame | {"q": text, "groups": groups(text, frame["unit"].level), "adopted": _adopted(unit, chosen)}
        template = "web/figures/_picker.html" if access.is_fragment(request) else "web/figures/pick.html"
        response = render(request, template, context | {"faults": faults}, status=422 if faults else 200)
        patch_vary_headers(response, ["HX-Request"])
        return response
    name = _form_name(target)
    adopted = _adopted(unit, chosen)
    context = frame | {
        "definition": definition,
        "word": wording.word_of(definition) or _("mức"),
        "typed": underscored(typed),
        "aims": form.aims(definition, typed["kieu"]),
        "bases": form.bases(typed["can-cu"]),
        "grades": form.grades(typed["xep-loai"]) if definition.measure is Measure.GRADE else [],
        "origins": form.origins(_above(unit), typed["ai-giao"]),
        "target": target,
        "reason": request.POST.get("ly-do", ""),
        "code": again_or_fresh(request, unit, name, status),
        "action": reverse("web.targets.correct", args=[target.code])
        if target
        else reverse("web.targets.adopt", args=[unit.code, chosen.key]),
        "mend": reverse("web.targets.correct", args=[target.code]) if target and status == 409 else "",
        "mend_label": _("Mở chỉ tiêu đã ghi để sửa"),
        "faults": faults,
        "said": said,
        "adopted": adopted,
        "same": [each for each in adopted if not target and each[0].indicator == definition.code],
        "again": "van-ghi" in request.POST,
    }
    return render(request, "web/figures/adopt.html", context, status=status or (422 if faults else 200))


def _begun(request: HttpRequest, unit: Unit, chosen: Period) -> dict[str, str]:
    """An empty form that remembers where the last target came from: a resolution has many."""
    typed = dict.fromkeys(form.NAMES, "") | {"so-lieu": request.GET.get("so-lieu", "")}
    last = (
        living_targets(unit)
        .filter(term__in=rows_of(chosen.term))
        .select_related("source", "assigned_by")
        .order_by("pk")
        .last()
    )
    if last and chosen.term:
        typed["van-ban"] = last.source.title if last.source else ""
        typed["ai-giao"] = last.assigned_by.code if last.assigned_by else form.OWN
    elif chosen.term and chosen.term.source:
        typed["van-ban"] = chosen.term.source.title
    return typed


def _frame(request: HttpRequest, unit: Unit, chosen: Period) -> dict[str, Any]:
    return {
        "unit": card(unit, last_day_of(unit, access.today())),
        "period": chosen,
        "period_lower": first_lower(chosen.title),
        "span": vietnamese.span(chosen.span),
        "fictional": unit.fictional,
    }


def _adopted(unit: Unit, chosen: Period) -> list[tuple[Target, str]]:
    above = _above(unit)
    rows = targets_in(unit, chosen.span)
    return [(row, form.sentence_of(row, above)) for row in rows if row.indicator in definitions()]


def _above(unit: Unit) -> dict[str, UnitCard]:
    """The levels above, nearest first, by code."""
    day = last_day_of(unit, access.today())
    line = ancestors_on(unit, day)
    names = names_of(line, day) if line else {}
    return {names[each].code: names[each] for each in line}


def _origin(typed: dict[str, str], above: dict[str, UnitCard]) -> str:
    if typed["ai-giao"] == form.ELSEWHERE:
        return typed["van-ban"]
    return above[typed["ai-giao"]].short if typed["ai-giao"] in above else ""


def _sources(unit: Unit, chosen: Period) -> list[Source]:
    """Papers that the unit's term and targets name already."""
    found = [row.source for row in living_targets(unit).select_related("source") if row.source]
    if chosen.term and chosen.term.source:
        found.insert(0, chosen.term.source)
    return found


def _target_to_change(request: HttpRequest, code: str) -> tuple[Target, Unit, Period]:
    rows = Target.objects.select_related("unit", "term", "source", "assigned_by")
    row = get_object_or_404(rows, code=code)
    unit = access.unit_to_change(request, row.unit.code, Right.RECORD)
    as_known(row, unit)
    chosen = period_named(unit, row.term.label if row.term else row.span.isoformat())
    if chosen is None or row.indicator not in definitions():
        raise Http404
    return row, unit, chosen
