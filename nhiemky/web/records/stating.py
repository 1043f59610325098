"""What a unit states of itself: members, workers, grades. Choose the subject, write the number; correct it later."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.figures import wording
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger import kinds
from nhiemky.ledger.actions import correct_statement, record_statement
from nhiemky.ledger.kinds import Subject
from nhiemky.ledger.models import Statement
from nhiemky.ledger.queries import history_of, latest_statements
from nhiemky.rules import vietnamese
from nhiemky.rules.indicators import Coverage
from nhiemky.rules.timeline import Precision
from nhiemky.units.models import Unit
from nhiemky.units.queries import units_below_on
from nhiemky.web import access
from nhiemky.web.frame import answered
from nhiemky.web.once import again_or_fresh, code_in, kept_reason, moment_of, write_once
from nhiemky.web.records.fields import comparators
from nhiemky.web.records.picking import unit_shown
from nhiemky.web.records.reading import Read, read_statement, states_the_same
from nhiemky.web.records.recording import acknowledged
from nhiemky.web.records.rows import href_of, numbers_of, what_of


@access.form
def state(request: HttpRequest, code: str) -> HttpResponse:
    unit = access.unit_to_record(request, code)
    today = access.today()
    subject = kinds.subjects().get(request.POST.get("muc") or request.GET.get("muc", ""))
    if subject is None:
        shown = unit_shown(unit, today)
        return render(request, "web/records/pick_subject.html", shown | _subjects(unit, shown["unit"].level))
    if request.method != "POST":
        return _form(request, unit, subject, {"ngay": today.isoformat()})
    read = read_statement(request.POST.dict(), subject, today)
    return _write(request, unit, subject, read, None)


@access.form
def correct(request: HttpRequest, code: str) -> HttpResponse:
    row = access.row_to_change(request, Statement.objects.all(), code)
    subject = kinds.subjects().get(row.subject)
    if subject is None:
        raise Http404
    if request.method != "POST":
        latest = history_of(row)[-1]
        return (
            redirect(href_of(latest)) if latest.pk != row.pk else _form(request, row.unit, subject, _as_typed(row), row)
        )
    read = read_statement(request.POST.dict(), subject, access.today())
    if not request.POST.get("ly-do", "").strip():
        read.fault("ly-do", _("Chưa có lý do. Hãy ghi vì sao sửa số liệu này."))
    return _write(request, row.unit, subject, read, row)


def _write(request: HttpRequest, unit: Unit, subject: Subject, read: Read, corrects: Statement | None) -> HttpResponse:
    reason = request.POST.get("ly-do", "") if corrects else ""

    def same(row: Statement) -> bool:
        return not read.faults and states_the_same(row, read.fields) and row.reason == kept_reason(reason)

    def written(code: str) -> Statement:
        if read.faults:
            raise Refusal.of(read.faults)
        if corrects:
            return correct_statement(
                by=request.user, statement=corrects, reason=reason, code=code,
                source=corrects.source, places=corrects.places, **read.fields,
            )  # fmt: skip
        return record_statement(by=request.user, unit=unit, code=code, **read.fields)

    def take() -> tuple[Statement, bool]:
        code = code_in(request, unit, _form_name(corrects))
        return write_once(lambda: Statement.objects.filter(code=code).first(), same, lambda: written(code))

    def page(faults: Sequence[str], _status: int) -> HttpResponse:
        return _form(request, unit, subject, request.POST.dict(), corrects, faults, read.wrong)

    def done(taken: tuple[Statement, bool]) -> HttpResponse:
        made, new = taken
        said = f"{_('Đã ghi')}: {what_of(made)} · {numbers_of(made)}."
        if not new:
            said = _("Số liệu này đã được ghi trước đó, lúc %(at)s; không ghi lần hai.") % {"at": moment_of(made)}
        return acknowledged(request, href_of(made), said)

    return answered(request, page, take, done, lambda fault: _changed(request, fault.row))


def _changed(request: HttpRequest, row: Statement) -> HttpResponse:
    """The same form with other contents: they are offered as a correction of what it recorded."""
    sentence = _(
        "Số liệu này đã được ghi lúc %(at)s: %(numbers)s. Những chỗ vừa đổi chưa được ghi: nếu muốn sửa số liệu đã ghi "
        "theo nội dung dưới đây, hãy ghi lý do rồi lưu."
    ) % {"at": moment_of(row), "numbers": numbers_of(row)}
    subject = kinds.subjects()[row.subject]
    return _form(request, row.unit, subject, request.POST.dict(), history_of(row)[-1], [sentence], status=409)


def _form_name(corrects: Statement | None) -> str:
    return f"correct-statement:{corrects.code}" if corrects else "statement"


def _form(
    request: HttpRequest,
    unit: Unit,
    subject: Subject,
    given: dict[str, str],
    corrects: Statement | None = None,
    faults: Any = (),
    wrong: Any = (),
    status: int = 0,
) -> HttpResponse:
    today = access.today()
    name = _form_name(corrects)
    code = again_or_fresh(request, unit, name, status)
    word = kinds.words()[subject.word].label if subject.word else {"money": "", "percent": "%"}.get(subject.type, "")
    context = unit_shown(unit, today) | {
        "subject": subject,
        "word": word,
        "given": given,
        "wrong": wrong,
        "faults": faults,
        "corrects": corrects,
        "action": reverse("web.records.correct_statement", args=[corrects.code])
        if corrects
        else reverse("web.records.state", args=[unit.code]),
        "code": code,
        "draft": f"{unit.code}:{corrects.code if corrects else subject.code}",
        "grades": [(each.code, each.label, each.code == given.get("so")) for each in kinds.grades().values()],
        "comparators": comparators(given.get("la", ""), vague=False),
        "has_below": units_below_on(unit, today).exists() or given.get("pham-vi") == Coverage.BELOW,
        "below": given.get("pham-vi") == Coverage.BELOW,
    }
    return render(request, "web/records/state.html", context, status=status or (422 if faults else 200))


def _as_typed(row: Statement) -> dict[str, str]:
    start = row.span.end or row.span.start
    when = {}
    if start:
        when = {"ngay": start.isoformat()} if start.precision is Precision.DAY else {"thang": vietnamese.partial(start)}
    value = row.grade
    if row.percent is not None:
        value = vietnamese.number(row.percent.normalize())
    elif row.value is not None:
        value = vietnamese.number(row.value)
    return {"so": value, "la": row.comparator, "pham-vi": row.coverage, "ghi-chu": row.note, **when}


def _subjects(unit: Unit, level: str) -> dict[str, Any]:
    """Every subject with what the unit last stated of it, by field of work; what units of the level are asked for stands first."""
    stated = latest_statements(unit)

    def line(subject: Subject) -> dict[str, str]:
        row = stated.get(subject.code)
        said = f"{wording.statement_text(row)} · {vietnamese.span(row.span)}" if row else ""
        return {"code": subject.code, "label": subject.label, "said": said}

    every = kinds.subjects()
    first = [code for code in kinds.first_for(level).subjects if code in every]
    first += [code for code in stated if code in every and code not in first]
    rest = [subject for subject in every.values() if subject.code not in first]
    grouped = [
        (term, [line(subject) for subject in rest if subject.field == term.code]) for term in kinds.fields().values()
    ]
    return {
        "first": [line(every[code]) for code in first],
        "fields": [(term, lines) for term, lines in grouped if lines],
        "others": [line(subject) for subject in rest if subject.field not in kinds.fields()],
    }
