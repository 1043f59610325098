"""The boxes of a form of a member, what was typed into them, and what is wrong with it, box by box."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal
from nhiemky.members.particulars import read_date
from nhiemky.rules import typed
from nhiemky.rules.timeline import PartialDate, Precision, Span
from nhiemky.rules.vietnamese import clean, money

# how far ahead a day can be written that is decided already: a retirement, the end of a suspension
AHEAD = timedelta(days=366)
Option = tuple[str, str]


@dataclass(frozen=True)
class Box:
    """One box of a form. `kept` is what is known and not shown in the box: an empty box leaves it."""

    name: str
    label: str
    value: str = ""
    kind: str = "text"
    help: str = ""
    wrong: str = ""
    warning: str = ""
    options: tuple[Option, ...] = ()
    longest: int = 200
    wanted: bool = False
    short: bool = False
    kept: str = ""
    mode: str = ""

    @property
    def chosen(self) -> list[tuple[str, str, bool]]:
        return [(code, label, code == self.value) for code, label in self.options]


@dataclass
class Typed:
    """What was typed into a form. Reading a box that is wrong leaves a sentence beside it."""

    given: Mapping[str, str]
    today: date
    sent: bool = True
    wrong: dict[str, str] = field(default_factory=dict)
    warnings: dict[str, str] = field(default_factory=dict)

    def text(self, name: str, longest: int = 300) -> str:
        return clean(self.given.get(name, ""))[:longest]

    def wanted(self, name: str, sentence: str, longest: int = 300) -> str:
        text = self.text(name, longest)
        if not text:
            self.wrong[name] = sentence
        return text

    def day(self, name: str, label: str, *, wanted: bool = True, ahead: bool = False) -> PartialDate | None:
        """A date known to the day, the month or the year; `ahead` lets it lie in the year to come."""
        text = self.text(name)
        if not text:
            if wanted:
                self.wrong[name] = _("%(label)s chưa ghi. Hãy ghi ngày; chỉ nhớ tháng hoặc năm cũng được.") % {
                    "label": label
                }
            return None
        found = read_date(label, text, self.today + AHEAD if ahead else self.today)
        if isinstance(found, str):
            self.wrong[name] = found
            return None
        return found

    def choice(self, name: str, codes: Iterable[str], sentence: str) -> str:
        code = self.given.get(name, "")
        if code not in set(codes):
            self.wrong[name] = sentence
            return ""
        return code

    def amount(self, name: str) -> int | None:
        text = self.text(name, 60)
        if not text:
            return None
        try:
            return typed.money(text)
        except typed.Unread:
            self.wrong[name] = _("“%(text)s” chưa rõ là bao nhiêu tiền. Hãy ghi như 8.000.000, 8 triệu hoặc 500k.") % {
                "text": text
            }
            return None

    def months(self, first: str, last: str) -> Span | None:
        """Whole months, from the month of one box to the month of the other."""
        ends = [self._month(first), self._month(last)]
        if ends[0] is None or ends[1] is None:
            return None
        if ends[1].first < ends[0].first:
            self.wrong[last] = _("Tháng cuối đứng trước tháng đầu. Hãy đổi lại hai tháng.")
            return None
        span = Span.between(ends[0], ends[1])
        if span.days and span.days > 5 * 366:
            self.wrong[last] = _("Ghi nhiều nhất 5 năm một lần. Hãy chia ra.")
            return None
        return span

    def _month(self, name: str) -> PartialDate | None:
        text = self.text(name, 20)
        try:
            found = typed.partial_date(text, self.today + AHEAD)
        except ValueError:
            found = None
        if found is None or found.precision is Precision.YEAR or not 2000 <= found.first.year <= self.today.year + 1:
            self.wrong[name] = _("Tháng “%(text)s” chưa đúng. Hãy ghi tháng và năm, ví dụ 7/2025.") % {"text": text}
            return None
        return PartialDate(found.first.replace(day=1), Precision.MONTH)

    def between(self, first: PartialDate | None, last: PartialDate | None, name: str) -> Span | None:
        """The span of both; a sentence beside the box `name` when it ends before it starts."""
        try:
            return Span.between(first, last)
        except ValueError:
            self.wrong[name] = _("Ngày cuối đứng trước ngày đầu. Hãy kiểm tra lại hai ngày.")
            return None

    def refuse_faults(self) -> None:
        """A Refusal when something is wrong; what it says stands beside the boxes."""
        if self.wrong:
            raise Refusal.of(self.wrong.values())

    def box(self, name: str, label: str, value: str = "", **more: object) -> Box:
        """The box with what was sent in it; with `value` on the first showing."""
        return Box(
            name, label, self.given.get(name, "") if self.sent else value, wrong=self.wrong.get(name, ""),
            warning=self.warnings.get(name, ""), **more,  # type: ignore[arg-type]
        )  # fmt: skip


def shown_amount(value: int | None) -> str:
    """'8 triệu đồng'; empty where none is known."""
    return "" if value is None else money(value)


def choose(options: Iterable[Option]) -> tuple[Option, ...]:
    """The options of a list after the empty one."""
    return (("", _("— chưa chọn —")), *options)
