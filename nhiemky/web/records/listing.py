"""The list of a unit's work: by date, filtered, with a line of sums, page by page, and as an Excel file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from nhiemky.documents.sheets import Column, Sheet, write_workbook
from nhiemky.figures import wording
from nhiemky.ledger import kinds
from nhiemky.ledger.kinds import Kind
from nhiemky.ledger.models import Entry
from nhiemky.ledger.queries import after, kinds_recorded, last_rows, sums_of, texts_of, years_recorded
from nhiemky.rules import vietnamese
from nhiemky.rules.vietnamese import fold
from nhiemky.units.models import Unit
from nhiemky.units.queries import card, last_day_of
from nhiemky.web import access
from nhiemky.web.files import attachment
from nhiemky.web.records.rows import entries_of, marks_of, money_of, numbers_of, shown, what_of

PER_PAGE = 20
LONGEST_SEARCH = 100
MOST_FOUND = 5000


@dataclass(frozen=True)
class Filter:
    """What is asked for: a kind, a field of work, a year, words."""

    kind: str = ""
    field: str = ""
    year: int = 0
    text: str = ""

    @classmethod
    def of(cls, request: HttpRequest) -> Filter:
        given = request.GET
        year = given.get("nam", "")
        return cls(
            kind=given.get("loai", "") if given.get("loai", "") in kinds.kinds() else "",
            field=given.get("linh-vuc", "") if given.get("linh-vuc", "") in kinds.fields() else "",
            year=int(year) if year.isascii() and year.isdigit() and 1900 < int(year) < 2200 else 0,
            text=given.get("q", "").strip()[:LONGEST_SEARCH],
        )

    @property
    def query(self) -> str:
        """The filter as part of an address; ends with an ampersand."""
        given = {"loai": self.kind, "linh-vuc": self.field, "nam": self.year or "", "q": self.text}
        return urlencode({name: value for name, value in given.items() if value}) + "&" if any(given.values()) else ""

    def narrow(self, rows: QuerySet[Entry]) -> QuerySet[Entry]:
        if self.kind:
            rows = rows.filter(kind=self.kind)
        if self.field:
            rows = rows.filter(kind__in=[each.code for each in kinds.kinds().values() if each.field == self.field])
        if self.year:
            rows = rows.filter(starts_on__lt=date(self.year + 1, 1, 1), ends_before__gt=date(self.year, 1, 1))
        return rows.filter(_with_words(rows, self.text)) if self.text else rows


def _with_words(rows: QuerySet[Entry], text: str) -> Q:
    """Every word, in any order, with or without accents, in the kind, its field, the note or the partners."""
    wanted = fold(text).split()
    of_kind = {code: _words_of(kind) for code, kind in kinds.kinds().items()}
    whole = [code for code, words in of_kind.items() if all(word in words for word in wanted)]
    found: list[int] = []
    for pk, kind, note, partners in texts_of(rows.exclude(kind__in=whole)):
        inside = f"{of_kind.get(kind, '')} {fold(' '.join([note, *partners]))}"
        if all(word in inside for word in wanted):
            found.append(pk)
    return Q(kind__in=whole) | Q(pk__in=found[:MOST_FOUND])


def _words_of(kind: Kind) -> str:
    return fold(f"{kind.label} {kinds.fields()[kind.field].label}")


def list_of_work(request: HttpRequest, unit: Unit) -> dict[str, Any]:
    """A page of the unit's work for the unit's page."""
    asked = Filter.of(request)
    rows = asked.narrow(entries_of(unit))
    page = list(after(rows, request.GET.get("sau", ""))[: PER_PAGE + 1])
    more = page[PER_PAGE:]
    last = page[:PER_PAGE][-1] if page else None
    known = [kinds.kinds()[code] for code in kinds_recorded(unit, date.min) if code in kinds.kinds()]
    fields = {kind.field for kind in known}
    return {
        "records": [shown(each) for each in page[:PER_PAGE]],
        "asked": asked,
        "filtered": bool(asked.query),
        "next": f"?xem=viec&{asked.query}sau={last.ends_before.isoformat()}_{last.pk}"
        if more and last and last.ends_before
        else "",
        "first": f"?xem=viec&{asked.query}" if request.GET.get("sau") else "",
        "sums": sums_line(asked.narrow(last_rows(Entry.objects.all(), unit)), asked.kind),
        "kinds": sorted(((each.code, each.label) for each in known), key=lambda pair: vietnamese.sort_key(pair[1])),
        "work_fields": [term for term in kinds.fields().values() if term.code in fields],
        "years": years_recorded(unit),
        "export": asked.query,
    }


def sums_line(rows: QuerySet[Entry], kind: str) -> str:
    """'37 việc · 120 lượt · 15 triệu đồng': of single pieces of work that were not cancelled."""
    sums = sums_of(rows)
    parts = [_("%(count)s việc") % {"count": vietnamese.number(sums.entries)}]
    if kind:
        for word in kinds.kinds()[kind].words:
            if word in sums.counts:
                parts.append(f"{wording.total_text(sums.counts[word])} {kinds.words()[word].label}")
    if not sums.money.is_empty:
        parts.append(wording.total_text(sums.money, money=True))
    return " · ".join(parts) if sums.entries else ""


@access.signed_in
@require_safe
def export(request: HttpRequest, code: str) -> HttpResponse:
    unit = access.unit_to_read(request, code)
    name = card(unit, last_day_of(unit, access.today())).name
    asked = Filter.of(request)
    rows = asked.narrow(entries_of(unit)).select_related("recorded_by", "source", "replaces")
    sums = sums_line(asked.narrow(last_rows(Entry.objects.all(), unit)), asked.kind)
    notes = [_("Cộng các việc cụ thể, không kể số tổng đã công bố: %(sums)s") % {"sums": sums}] if sums else []
    sheet = Sheet(_("Việc đã làm"), f"{_('Việc đã làm')} – {name}", _columns(), _lines(rows), notes)
    return attachment(write_workbook([sheet]), "xlsx", f"viec-{unit.code}")


def _columns() -> tuple[Column, ...]:
    return (
        Column(_("Thời gian"), 22),
        Column(_("Lĩnh vực"), 30),
        Column(_("Loại việc"), 40),
        Column(_("Số lượng"), 22),
        Column(_("Số tiền (đồng)"), 18, "number"),
        Column(_("Số tiền như đã ghi"), 26),
        Column(_("Đối tượng"), 26),
        Column(_("Phối hợp"), 26),
        Column(_("Ghi chú"), 40),
        Column(_("Tình trạng"), 18),
        Column(_("Nguồn"), 30),
        Column(_("Người ghi"), 24),
        Column(_("Mã"), 24),
    )


def _lines(rows: Iterable[Entry]) -> list[tuple[Any, ...]]:
    found = []
    for row in rows:
        kind = kinds.kinds().get(row.kind)
        amounts = [each.value for each in row.money.all() if each.value is not None]
        group = kinds.beneficiaries().get(row.beneficiaries)
        found.append(
            (
                vietnamese.span(row.span),
                kinds.fields()[kind.field].label if kind else "",
                what_of(row),
                numbers_of(row),
                sum(amounts) if amounts and not row.cancels else None,
                money_of(row),
                group.label if group else "",
                ", ".join(row.partners),
                row.note,
                ", ".join(marks_of(row)),
                row.source.title if row.source else "",
                str(row.recorded_by),
                row.code,
            )
        )
    return found
