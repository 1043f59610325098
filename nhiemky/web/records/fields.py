"""The form of an entry: what it asks for of a kind of work, filled with what was typed or with an earlier entry."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from nhiemky.ledger import kinds
from nhiemky.ledger.kinds import Kind
from nhiemky.ledger.models import Entry, EntryCount, EntryMoney
from nhiemky.rules import typed, vietnamese
from nhiemky.rules.indicators import Coverage
from nhiemky.rules.quantities import Comparator
from nhiemky.rules.timeline import Precision
from nhiemky.rules.typed import Unread
from nhiemky.web.records.reading import MOST_MONEY, not_read

MONEY_LINES = 4
Option = tuple[str, str, bool]


@dataclass(frozen=True)
class NumberAsked:
    """A count of one word, or an amount of one fund: names of its fields and what stands in them."""

    name: str
    label: str
    value: str
    wrong: bool
    comparator_name: str
    comparators: tuple[Option, ...]
    whole_name: str = ""
    whole: str = ""
    fund_name: str = ""
    funds: tuple[Option, ...] = ()
    understood: str = ""
    doubt: str = ""

    @property
    def used(self) -> bool:
        return bool(self.value or self.whole)

    @property
    def compared(self) -> bool:
        return not self.comparators[0][2]


@dataclass(frozen=True)
class EntryForm:
    """Everything the form shows."""

    kind: Kind
    counts: tuple[NumberAsked, ...]
    money: tuple[NumberAsked, ...]
    money_label: str
    dimensions: tuple[tuple[str, str, tuple[Option, ...]], ...]
    groups: tuple[Option, ...]
    scopes: tuple[Option, ...]
    given: Mapping[str, str]
    wrong: Collection[str]

    @property
    def main(self) -> NumberAsked | None:
        """The count that is asked for first; None for a kind that is only an amount."""
        return self.counts[0] if self.counts else None

    @property
    def other_counts(self) -> tuple[NumberAsked, ...]:
        return self.counts[1:]

    @property
    def numbers(self) -> tuple[NumberAsked, ...]:
        """Every number that can be inexact."""
        return (*self.counts, *self.money)

    @property
    def opened(self) -> dict[str, bool]:
        """Which of the parts that stay closed has something in it."""
        given, wrong = self.given, self.wrong
        about = ("thang",)
        return {
            "about": bool(given.get("thang")) or bool({*about} & {*wrong}),
            "words": any(each.used or each.wrong for each in self.other_counts),
            "money": any(each.used or each.wrong for each in self.money[1:]),
            "inexact": any(each.compared for each in self.numbers),
            "people": any(given.get(name) for name in ("ten", "phoi-hop", "nguoi", "tim-nguoi")),
            "total": bool(given.get("pham-vi")) or bool({"pham-vi", "tu", "den"} & {*wrong}),
        }


def entry_form(kind: Kind, given: Mapping[str, str], has_below: bool, wrong: Collection[str] = ()) -> EntryForm:
    """The form of the kind with these texts in its fields."""
    lines = (
        0
        if kind.money == "none"
        else max(MONEY_LINES, *(at + 1 for at in range(MOST_MONEY) if given.get(f"tien-{at}")), 0)
    )
    return EntryForm(
        kind=kind,
        counts=tuple(_count(kind, word, given, wrong) for word in kind.words),
        money=tuple(_amount(at, given, wrong) for at in range(lines)),
        money_label=money_label(kind),
        dimensions=tuple(_dimension(name, given) for name in kind.dimensions),
        groups=_options(
            [("", _("không ghi")), *((code, kinds.beneficiaries()[code].label) for code in kind.beneficiaries)],
            given.get("doi-tuong", ""),
        ),
        scopes=_scopes(given.get("pham-vi", ""), has_below),
        given=given,
        wrong=wrong,
    )


def money_label(kind: Kind) -> str:
    return {
        "raised": _("Số tiền vận động được"),
        "saved": _("Giá trị làm lợi"),
        "recovered": _("Số tiền đòi lại, truy thu"),
        "prize": _("Tiền thưởng"),
        "benefit": _("Giá trị được hưởng"),
    }.get(kind.money, _("Số tiền"))


def comparators(chosen: str, *, vague: bool = True) -> tuple[Option, ...]:
    options = [
        (Comparator.EQ, _("đúng số đã ghi")),
        (Comparator.GT, _("trên (hơn)")),
        (Comparator.GTE, _("ít nhất")),
        (Comparator.LT, _("gần")),
        (Comparator.APPROX, _("khoảng")),
        (Comparator.VAGUE, _("chỉ nói bằng chữ, như “hàng trăm”")),
    ]
    return _options([(each.value, label) for each, label in options[: None if vague else -1]], chosen or "eq")


def _scopes(chosen: str, has_below: bool) -> tuple[Option, ...]:
    options = [
        ("", _("không: một việc trong một ngày")),
        (Coverage.ACT.value, _("một việc kéo dài nhiều ngày")),
        (Coverage.OWN.value, _("số tổng của riêng đơn vị trong một kỳ")),
    ]
    if has_below or chosen == Coverage.BELOW:
        options.append((Coverage.BELOW.value, _("số tổng của đơn vị và các đơn vị cấp dưới trong một kỳ")))
    return _options(options, chosen)


def _options(pairs: list[tuple[str, str]], chosen: str) -> tuple[Option, ...]:
    return tuple((code, label, code == chosen) for code, label in pairs)


def _count(kind: Kind, word: str, given: Mapping[str, str], wrong: Collection[str]) -> NumberAsked:
    whole_name = f"trong-{word}" if word in kind.out_of else ""
    return NumberAsked(
        name=f"so-{word}",
        label=kinds.words()[word].label,
        value=given.get(f"so-{word}", ""),
        wrong=f"so-{word}" in wrong or whole_name in wrong,
        comparator_name=f"la-{word}",
        comparators=comparators(given.get(f"la-{word}", "")),
        whole_name=whole_name,
        whole=given.get(whole_name, "") if whole_name else "",
    )


def _amount(at: int, given: Mapping[str, str], wrong: Collection[str]) -> NumberAsked:
    text, comparator = given.get(f"tien-{at}", ""), given.get(f"tien-la-{at}", "")
    sentence, doubt = ("", "") if comparator == Comparator.VAGUE else understood(text)
    return NumberAsked(
        name=f"tien-{at}",
        label=_("số tiền thứ %(at)s") % {"at": at + 1} if at else _("số tiền"),
        value=text,
        wrong=f"tien-{at}" in wrong,
        comparator_name=f"tien-la-{at}",
        comparators=comparators(comparator),
        fund_name=f"nguon-{at}",
        funds=_options(
            [("", _("chưa rõ nguồn")), *((each.code, each.label) for each in kinds.funds().values())],
            given.get(f"nguon-{at}", ""),
        ),
        understood=sentence,
        doubt=doubt,
    )


def understood(text: str) -> tuple[str, str]:
    """('= 15.000.000 đồng', '') of '15 triệu'; ('', why not) of what cannot be read; nothing of nothing."""
    if not text.strip():
        return "", ""
    try:
        return _("= %(amount)s đồng") % {"amount": vietnamese.number(typed.money(text))}, ""
    except Unread as unread:
        return "", not_read(text, unread.why)


def _dimension(name: str, given: Mapping[str, str]) -> tuple[str, str, tuple[Option, ...]]:
    values = kinds.dimension_values().get(name, {})
    options = _options([("", _("không ghi")), *values.items()], given.get(f"muc-{name}", ""))
    return f"muc-{name}", kinds.dimension_labels().get(name, name), options


# --- an earlier entry as what would have been typed ---------------------------------------------------------------


def as_typed(entry: Entry) -> dict[str, str]:
    """The texts that record this entry again."""
    given = _same_shape(entry)
    for count in entry.counts.all():
        given[f"so-{count.word}"] = _written(count)
        given[f"la-{count.word}"] = count.comparator
        given[f"trong-{count.word}"] = "" if count.out_of is None else vietnamese.number(count.out_of)
    for at, money in enumerate(entry.money.all()):
        given[f"tien-{at}"] = _written(money)
        given[f"tien-la-{at}"] = money.comparator
    given["ten"] = "\n".join(person.name for person in entry.people.all() if person.name)
    given["nguoi"] = " ".join(each.person.code for each in entry.people.all() if each.person)
    given["ghi-chu"] = entry.note
    return given | when_typed(entry)


def when_typed(row: Entry) -> dict[str, str]:
    """The day, or the month or year, or the period of a total."""
    start, end = row.span.start, row.span.end
    if row.coverage != Coverage.ACT or start != end:
        return {
            "pham-vi": row.coverage,
            "tu": vietnamese.partial(start) if start else "",
            "den": vietnamese.partial(end) if end else "",
        }
    if start is None:
        return {}
    return {"ngay": start.isoformat()} if start.precision is Precision.DAY else {"thang": vietnamese.partial(start)}


def similar(entry: Entry, today: date) -> dict[str, str]:
    """Another piece of work like this one: its kind, dimensions, group, partners and funds, of today, without numbers."""
    return _same_shape(entry) | {"ngay": today.isoformat()}


def _same_shape(entry: Entry) -> dict[str, str]:
    given = {f"muc-{name}": value for name, value in entry.details.items()}
    given |= {f"nguon-{at}": money.fund for at, money in enumerate(entry.money.all())}
    return given | {"doi-tuong": entry.beneficiaries, "phoi-hop": "\n".join(entry.partners)}


def _written(row: EntryCount | EntryMoney) -> str:
    """A number as it is typed; so small an amount of money that its unit would be asked for says 'đồng'."""
    if row.value is None:
        return row.text
    plain = vietnamese.number(row.value)
    return f"{plain} {_('đồng')}" if isinstance(row, EntryMoney) and 0 < row.value < typed.THOUSAND else plain
