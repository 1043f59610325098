"""An entry or a statement with all it says and the history of its corrections."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.figures import wording
from nhiemky.foundation.roles import Right
from nhiemky.ledger import kinds
from nhiemky.ledger.models import Entry, EntryMoney, EntryPerson, Row, Statement
from nhiemky.ledger.queries import evidence_of, history_of
from nhiemky.members.queries.merges import root_of
from nhiemky.rules import vietnamese
from nhiemky.units.queries import card, last_day_of
from nhiemky.web import access
from nhiemky.web.members.links import person_href, readable_people
from nhiemky.web.records.rows import href_of, money_of, numbers_of, what_of
from nhiemky.web.words import coverage_label


@dataclass(frozen=True)
class Step:
    """One row of a chain: what was written, by whom, when, and why it took the place of the one before."""

    title: str
    numbers: str
    money: str
    when: str
    reason: str
    by: str
    at: datetime
    href: str
    current: bool
    replaced: bool
    cancels: bool
    changes: tuple[tuple[str, str, str], ...] = ()


@access.signed_in
@require_safe
def entry(request: HttpRequest, code: str) -> HttpResponse:
    row = access.row_to_read(
        request, Entry.objects.prefetch_related("counts", "money", "people__person__same_as"), code
    )
    facts = [
        (_("Lĩnh vực"), kinds.fields()[kinds.kinds()[row.kind].field].label if row.kind in kinds.kinds() else ""),
        *((label, value) for label, value in _said(row).items() if label not in _in_the_head()),
    ]
    people = list(row.people.all())
    more = {
        "people": _named(request, people),
        "erased": sum(not each.name and not each.person for each in people),
        "evidence": evidence_of(row),
    }
    return _page(request, row, facts) if row.cancels else _page(request, row, facts, more)


def _named(request: HttpRequest, people: Sequence[EntryPerson]) -> list[tuple[str, str]]:
    """Who was named, and where those of the register open for whoever may read the unit that keeps them."""
    roots = {each.pk: root_of(each.person) for each in people if each.person}
    readable = readable_people(request, {root.pk for root in roots.values()}) if roots else set()
    found = []
    for each in people:
        if root := roots.get(each.pk):
            found.append((root.shown, person_href(root.code) if root.pk in readable else ""))
        elif each.name:
            found.append((each.name, ""))
    return found


def _in_the_head() -> tuple[str, ...]:
    return (_("Số lượng"), _("Người được ghi tên"), _("Ghi chú"))


def _said(row: Row) -> dict[str, str]:
    """Everything a row says, by its label; what differs between two of them is what a correction changed."""
    if isinstance(row, Entry):
        named = len(row.people.all())
        return {
            _("Thời gian"): vietnamese.span(row.span),
            _("Số lượng"): numbers_of(row),
            _("Số tiền"): "; ".join(_money(each) for each in row.money.all()),
            **dict(_details(row)),
            _("Đối tượng"): kinds.beneficiaries()[row.beneficiaries].label if row.beneficiaries else "",
            _("Người được ghi tên"): _("%(count)s người") % {"count": named} if named else "",
            _("Phối hợp"): ", ".join(row.partners),
            _("Ghi cho"): coverage_label(row.coverage),
            _("Ghi chú"): row.note,
        }
    assert isinstance(row, Statement)
    return {
        _("Số liệu"): numbers_of(row),
        _("Thời điểm"): vietnamese.span(row.span),
        _("Ghi cho"): coverage_label(row.coverage),
        _("Ghi chú"): row.note,
    }


def _changes(before: Row, now: Row) -> tuple[tuple[str, str, str], ...]:
    old, new = _said(before), _said(now)
    labels = dict.fromkeys([*old, *new])
    nothing = _("(không ghi)")
    return tuple(
        (label, old.get(label) or nothing, new.get(label) or nothing)
        for label in labels
        if (old.get(label) or "") != (new.get(label) or "")
    )


@access.signed_in
@require_safe
def statement(request: HttpRequest, code: str) -> HttpResponse:
    row = access.row_to_read(request, Statement.objects.all(), code)
    field = kinds.subjects()[row.subject].field if row.subject in kinds.subjects() else ""
    facts = [
        (_("Lĩnh vực"), kinds.fields()[field].label if field in kinds.fields() else ""),
        (_("Thời điểm"), vietnamese.span(row.span)),
        (_("Ghi cho"), coverage_label(row.coverage)),
    ]
    return _page(request, row, facts)


def _page(
    request: HttpRequest, row: Row, facts: list[tuple[str, str]], more: dict[str, Any] | None = None
) -> HttpResponse:
    chain = history_of(row)
    if isinstance(row, Entry):
        prefetch_related_objects(chain, "counts", "money", "people")
    newest = chain[-1].pk == row.pk and not row.cancels
    context = {
        "row": row,
        "what": what_of(row),
        "is_entry": isinstance(row, Entry),
        "unit": card(row.unit, last_day_of(row.unit, access.today())),
        "numbers": numbers_of(row),
        "money": money_of(row),
        "facts": [(label, value) for label, value in facts if value],
        "source": _source(row),
        "steps": [_step(each, chain, row) for each in chain],
        "latest": chain[-1],
        "latest_href": href_of(chain[-1]),
        "replaced": chain[-1].pk != row.pk,
        "cancelled": chain[-1].cancels,
        "may_change": newest and access.can(request, Right.RECORD, row.unit),
        "fictional": row.unit.fictional,
    }
    return render(request, "web/records/record.html", context | (more or {}))


def _money(row: EntryMoney) -> str:
    fund = kinds.funds().get(row.fund)
    return f"{wording.money_row_text(row)} ({fund.label})" if fund else wording.money_row_text(row)


def _details(row: Entry) -> list[tuple[str, str]]:
    labels, values = kinds.dimension_labels(), kinds.dimension_values()
    return [(labels.get(name, name), values.get(name, {}).get(value, value)) for name, value in row.details.items()]


def _source(row: Row) -> list[tuple[str, str]]:
    if row.source is None:
        return []
    found = [
        (_("Nguồn"), row.source.title),
        (_("Nơi công bố"), row.source.publisher),
        (_("Ngày công bố"), _published(row.source.published)),
        (_("Ký hiệu"), row.source.reference),
        (_("Chỗ trong nguồn"), "; ".join(row.places)),
        (_("Về nguồn này"), row.source.note),
    ]
    return [(label, value) for label, value in found if value]


def _published(text: str) -> str:
    try:
        return vietnamese.day(vietnamese.parse_day(text))
    except ValueError:
        return text


def _step(row: Any, chain: list[Any], shown: Row) -> Step:
    at = chain.index(row)
    first = not at
    title = _("Ghi lần đầu") if first else _("Hủy") if row.cancels else _("Sửa")
    return Step(
        title=title,
        numbers=numbers_of(row),
        money=money_of(row),
        when=vietnamese.span(row.span),
        reason=row.reason,
        by=str(row.recorded_by),
        at=row.recorded_at,
        href="" if row.pk == shown.pk else href_of(row),
        current=row.pk == shown.pk,
        replaced=row is not chain[-1],
        cancels=row.cancels,
        changes=() if first or row.cancels else _changes(chain[at - 1], row),
    )
