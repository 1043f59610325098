"""What a person typed into a form of the ledger, as the ledger takes it; every fault as a sentence, with its field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation.files import Kept
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger import checks, kinds
from nhiemky.ledger.checks import Money
from nhiemky.ledger.kinds import Kind, Subject
from nhiemky.ledger.models import Entry, Evidence, Statement
from nhiemky.ledger.queries import chain_of
from nhiemky.members.models import Person
from nhiemky.rules import typed, vietnamese
from nhiemky.rules.indicators import Count, Coverage
from nhiemky.rules.quantities import Comparator, Quantity
from nhiemky.rules.timeline import PartialDate, Precision, Span
from nhiemky.rules.typed import Unread, Why
from nhiemky.rules.vietnamese import clean
from nhiemky.web.dates import parse_partial

MOST_MONEY = 40
# of these words, names are a count
PERSONS = ("nguoi", "chau", "dong_chi", "dai_bieu", "ca_nhan")


@dataclass
class Read:
    """The arguments for the action; `wrong` names the fields that the faults speak of."""

    fields: dict[str, Any] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    wrong: set[str] = field(default_factory=set)

    def fault(self, name: str, sentence: str) -> None:
        self.wrong.add(name)
        if sentence not in self.faults:
            self.faults.append(sentence)


def read_entry(given: Mapping[str, str], kind: Kind, today: date) -> Read:
    """The fields of `record_entry`."""
    read = Read()
    people = _lines(given.get("ten", ""))
    read.fields = {
        "kind": kind.code,
        "today": today,
        "counts": _counts(given, kind, read),
        "money": _money(given, read) if kind.money != "none" else [],
        "details": {name: value for name in kind.dimensions if (value := given.get(f"muc-{name}", "").strip())},
        "beneficiaries": given.get("doi-tuong", "").strip(),
        "partners": _lines(given.get("phoi-hop", "")),
        "note": given.get("ghi-chu", "").strip(),
        "people": people,
        **_when(given, today, read),
    }
    # those of the register are named by their codes
    _count_the_names(read, kind, len(people) + len(given.get("nguoi", "").split()))
    return read


def _when(given: Mapping[str, str], today: date, read: Read) -> dict[str, Any]:
    """The span and what it speaks for: a day, a month or a year of one act, or the period of a total."""
    scope = given.get("pham-vi", "")
    start, end = given.get("tu", "").strip(), given.get("den", "").strip()
    if scope in set(Coverage):
        first, last = partial(start, "tu", read), partial(end or start, "den", read)
        try:
            span = Span.between(first, last) if first and last else None
        except ValueError:
            read.fault("den", _("Ngày cuối đứng trước ngày đầu. Hãy kiểm tra hai ngày."))
            span = None
        return {"period": span, "coverage": Coverage(scope)}
    if start or end:
        read.fault(
            "pham-vi",
            _(
                "Đã ghi từ ngày, đến ngày nhưng chưa chọn đó là việc nhiều ngày hay số tổng. Hãy chọn, hoặc xóa hai ngày."
            ),
        )
    return {"period": day_or_about(given, today, read), "coverage": Coverage.ACT}


def day_or_about(given: Mapping[str, str], today: date, read: Read) -> Span | None:
    """A day, or the month or year where the day is not remembered."""
    written, about = given.get("ngay", "").strip(), given.get("thang", "").strip()
    day = partial(written, "ngay", read) if written or not about else None
    if day and day.precision is not Precision.DAY and not about:
        return Span.between(day, day)
    if not about:
        return Span.between(day, day) if day else None
    found = partial(about, "thang", read)
    # today stands in the field of its own accord; any other day was meant
    if found and day and day.first != today and not found.first <= day.first <= found.last:
        read.fault("thang", _("Ngày %(day)s không nằm trong %(about)s. Hãy xóa một trong hai.") % {
            "day": vietnamese.partial(day), "about": vietnamese.partial(found),
        })  # fmt: skip
    return Span.between(found, found) if found else None


def partial(text: str, name: str, read: Read) -> PartialDate | None:
    if not text:
        read.fault(name, _("Chưa có ngày. Hãy ghi ngày, hoặc tháng, năm nếu không nhớ ngày."))
        return None
    try:
        return parse_partial(text)
    except ValueError:
        read.fault(
            name, _("Ngày “%(given)s” chưa đúng. Hãy ghi ngày/tháng/năm, ví dụ 12/6/2023.") % {"given": text[:20]}
        )
        return None


def _counts(given: Mapping[str, str], kind: Kind, read: Read) -> list[Count]:
    found = []
    for word in kind.words:
        label = kinds.words()[word].label
        text, comparator = given.get(f"so-{word}", "").strip(), given.get(f"la-{word}") or Comparator.EQ.value
        whole = _whole(given.get(f"trong-{word}", "").strip(), f"trong-{word}", label, read)
        if not text:
            if whole is not None:
                read.fault(f"so-{word}", _("Có tổng số nhưng chưa ghi số %(word)s đạt được.") % {"word": label})
            continue
        quantity = _quantity(text, comparator, f"so-{word}", label, read)
        if quantity:
            found.append(Count(word, quantity, whole))
    return found


def _quantity(text: str, comparator: str, name: str, label: str, read: Read) -> Quantity | None:
    if comparator == Comparator.VAGUE:
        if text[0].isdigit():
            read.fault(
                name,
                _("“%(given)s” là con số. Hãy chọn trên, gần hoặc khoảng, hay ghi bằng chữ.") % {"given": text[:40]},
            )
            return None
        return Quantity(None, Comparator.VAGUE, clean(text)[:60])
    value = _whole(text, name, label, read)
    return None if value is None else _made(value, comparator, name, read)


def _made(value: int, comparator: str, name: str, read: Read) -> Quantity | None:
    try:
        return checks.quantity(value, comparator)
    except Refusal as refusal:
        read.fault(name, refusal.sentences[0])
        return None


def _whole(text: str, name: str, label: str, read: Read) -> int | None:
    if not text:
        return None
    try:
        return typed.whole(text)
    except Unread:
        read.fault(name, _not_whole(text, name) % {"word": label, "given": text[:40]})
        return None


def _not_whole(text: str, name: str) -> str:
    """How to write it instead; a count of an entry may be said in words alone."""
    if name.startswith("so-") and not any(each.isdigit() for each in text):
        return _(
            "Số %(word)s “%(given)s” là chữ. Hãy ghi số nguyên, ví dụ 12; nếu không có con số thì mở "
            "“Con số không chính xác” và chọn “chỉ nói bằng chữ”."
        )
    return _("Số %(word)s “%(given)s” chưa đúng. Hãy ghi số nguyên, ví dụ 12 hoặc 1.200.")


def _money(given: Mapping[str, str], read: Read) -> list[Money]:
    found = []
    for at in range(MOST_MONEY):
        text, fund = given.get(f"tien-{at}", "").strip(), given.get(f"nguon-{at}", "")
        comparator = given.get(f"tien-la-{at}") or Comparator.EQ.value
        if not text:
            continue
        if comparator == Comparator.VAGUE:
            quantity = _quantity(text, comparator, f"tien-{at}", "", read)
        else:
            try:
                quantity = _made(typed.money(text), comparator, f"tien-{at}", read)
            except Unread as unread:
                read.fault(f"tien-{at}", not_read(text, unread.why))
                continue
        if quantity:
            found.append(Money(quantity, fund))
    return found


def not_read(text: str, why: Why) -> str:
    """Why an amount was not read, and how to write it."""
    sentences = {
        Why.EMPTY: _("Chưa có số tiền. Hãy ghi như 15 triệu, 1,5 tỷ, 500 nghìn hoặc 15.000.000."),
        Why.UNKNOWN: _("Số tiền “%(given)s” chưa hiểu được. Hãy ghi như 15 triệu, 1,5 tỷ, 500 nghìn hoặc 15.000.000."),
        Why.SEPARATOR: _(
            "Số tiền “%(given)s” có thể hiểu nhiều cách. Dấu chấm tách hàng nghìn, dấu phẩy tách phần lẻ: "
            "hãy ghi như 1.500 nghìn hoặc 1,5 triệu."
        ),
        Why.UNIT: _("Số tiền “%(given)s” chưa rõ là nghìn hay triệu. Hãy ghi thêm nghìn, triệu, tỷ hoặc đồng."),
        Why.ORDER: _("Số tiền “%(given)s” chưa hiểu được. Hãy ghi hàng lớn trước, ví dụ 1 tỷ 500 triệu."),
        Why.FRACTION: _("Số tiền “%(given)s” lẻ dưới một đồng. Hãy kiểm tra lại."),
        Why.LARGE: _("Số tiền “%(given)s” quá lớn. Hãy kiểm tra lại số chữ số."),
    }
    return sentences[why] % {"given": text[:40]}


def _lines(text: str) -> list[str]:
    return [clean(line) for line in text.splitlines() if clean(line)]


def _count_the_names(read: Read, kind: Kind, names: int) -> None:
    """Names are counted for the person; fewer people than names is a slip."""
    word = next((each for each in kind.words if each in PERSONS), "")
    if not names or not word:
        return
    counts: list[Count] = read.fields["counts"]
    stated = next((count for count in counts if count.word == word), None)
    if stated is None and f"so-{word}" not in read.wrong:
        counts.append(Count(word, Quantity(names)))
    elif stated and stated.quantity.value is not None and stated.quantity.value < names:
        read.fault(f"so-{word}", _("Có %(names)s tên nhưng chỉ ghi %(count)s %(word)s. Hãy kiểm tra lại.") % {
            "names": names, "count": stated.quantity.value, "word": kinds.words()[word].label,
        })  # fmt: skip


def says_the_same(entry: Entry, fields: Mapping[str, Any]) -> bool:
    """Whether the fields are what the entry holds: the same form sent again."""
    there = (
        entry.kind, entry.span, entry.coverage, entry.details, entry.beneficiaries, list(entry.partners), entry.note,
        sorted((each.word, each.value, each.comparator, each.text, each.out_of or -1) for each in entry.counts.all()),
        sorted((each.fund, str(each.value), each.comparator, each.text) for each in entry.money.all()),
        [(person.name, person.person_id) for person in entry.people.all()],
    )  # fmt: skip
    given = (
        fields["kind"], fields["period"], fields["coverage"], fields["details"], fields["beneficiaries"],
        [each[:200] for each in fields["partners"]], clean(fields["note"])[:2000],
        sorted((c.word, c.quantity.value, c.quantity.comparator, c.quantity.text, c.out_of or -1) for c in fields["counts"]),
        sorted((m.fund, str(m.quantity.value), m.quantity.comparator, m.quantity.text) for m in fields["money"]),
        [("", each.pk) if isinstance(each, Person) else (each, None) for each in fields["people"]],
    )  # fmt: skip
    return there == given


def has_files(entry: Entry, files: Sequence[Kept]) -> bool:
    """Whether each file was handed in with the entry already."""
    given = {each.digest for each in files}
    return not given or given <= set(
        Evidence.objects.filter(entry__in=chain_of(entry)).values_list("digest", flat=True)
    )


def states_the_same(row: Statement, fields: Mapping[str, Any]) -> bool:
    """Whether the fields are what the statement holds."""
    value: Quantity | None = fields.get("value")
    return (
        row.subject, row.span, row.coverage, row.note, row.value, row.percent, row.grade, row.comparator,
    ) == (
        fields["subject"], fields["period"], fields["coverage"], clean(fields["note"])[:2000],
        value.value if value else None, fields.get("percent"), fields.get("grade", ""),
        value.comparator if value else fields.get("comparator", "eq"),
    )  # fmt: skip


def read_statement(given: Mapping[str, str], subject: Subject, today: date) -> Read:
    """The fields of `record_statement`."""
    read = Read()
    text, comparator = given.get("so", "").strip(), given.get("la") or Comparator.EQ.value
    read.fields = {
        "subject": subject.code,
        "today": today,
        "period": day_or_about(given, today, read),
        "coverage": Coverage.BELOW if given.get("pham-vi") == Coverage.BELOW else Coverage.OWN,
        "note": given.get("ghi-chu", "").strip(),
    }
    if subject.type == "grade":
        read.fields["grade"] = text
    elif subject.type == "percent":
        read.fields |= {"percent": _percent(text, read), "comparator": comparator}
    else:
        read.fields["value"] = _stock(text, comparator, subject, read)
    if not text:
        read.fault("so", _("Chưa ghi %(subject)s.") % {"subject": subject.label[:1].lower() + subject.label[1:]})
    return read


def _stock(text: str, comparator: str, subject: Subject, read: Read) -> Quantity | None:
    if not text:
        return None
    if subject.type == "money":
        try:
            return _made(typed.money(text), comparator, "so", read)
        except Unread as unread:
            read.fault("so", not_read(text, unread.why))
            return None
    value = _whole(text, "so", kinds.words()[subject.word].label if subject.word else "", read)
    return None if value is None else _made(value, comparator, "so", read)


def _percent(text: str, read: Read) -> Decimal | None:
    if not text:
        return None
    try:
        return Decimal(text.rstrip("% ").replace(",", "."))
    except InvalidOperation:
        read.fault("so", _("Tỷ lệ “%(given)s” chưa đúng. Hãy ghi như 96,2.") % {"given": text[:20]})
        return None
