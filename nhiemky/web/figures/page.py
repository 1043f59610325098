"""One context for the page of a figure and for the panel beside a report."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.figures import wording
from nhiemky.figures.queries import Figure, Opened, OpenedRow, open_figure
from nhiemky.figures.queries.behind import INDICATOR, is_register, subject_of
from nhiemky.figures.queries.board import figure_of, lines_behind
from nhiemky.figures.queries.material import Asked, Material
from nhiemky.members.masking import HIDDEN
from nhiemky.rules import vietnamese
from nhiemky.rules.indicators import FLOWS, Definition, Measure
from nhiemky.rules.quantities import Ratio, Total
from nhiemky.units.history import boundaries_on
from nhiemky.units.models import Unit
from nhiemky.units.queries import card, last_day_of, units_below_on
from nhiemky.web.figures.boundaries import may_matter
from nhiemky.web.figures.how import how_made
from nhiemky.web.figures.links import figure_href
from nhiemky.web.figures.shown import TargetShown
from nhiemky.web.figures.targets import Scope, targets_shown
from nhiemky.web.members.links import person_href

MOST_ROWS = 100
SEPARATOR = " · "
# what speaks of a period; the others speak of a day
OF_PERIOD = FLOWS | {Measure.STATED, Measure.GRADE, Measure.GRADED}


@dataclass(frozen=True)
class RowShown:
    """A record behind a figure; `marks` are words such as 'đã sửa'."""

    row: OpenedRow
    href: str
    marks: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """A person by name where the reader reaches them; else the unit."""
        if not self.row.person:
            return self.row.unit
        return self.row.name if self.href else HIDDEN


@dataclass(frozen=True)
class Group:
    """Rows that belong together, why, and what they come to; `several` kinds of work; `more` are not listed."""

    title: str
    rows: tuple[RowShown, ...]
    sum: str = ""
    more: str = ""
    sum_label: str = ""
    why: str = ""
    count: str = ""
    several: bool = False


def figure_context(
    unit: Unit, definition: Definition, asked: Asked, today: date, readable: QuerySet[Unit]
) -> dict[str, Any]:
    """Everything the page and the panel show; records of units out of the person's reach are named without a link."""
    figure, material = figure_of(definition.code, unit, asked, today)
    opened = open_figure(figure, material, MOST_ROWS)
    here = card(unit, last_day_of(unit, asked.as_of))
    below = below_count(unit, asked)
    codes = {row.unit_code for row in (*opened.counted, *opened.beside, *opened.people)}
    linked = set(readable.filter(code__in=codes).values_list("code", flat=True))
    period = asked.period.isoformat()
    stated = vietnamese.span(figure.stated) if figure.stated else wording.as_of_text(asked.as_of)
    return {
        "figure": figure,
        "label": definition.label,
        "unit": here,
        "value": wording.full_text(figure.value, definition),
        "money": wording.total_text(figure.money, money=True) if figure.money and not figure.money.is_empty else "",
        "how": how_made(
            definition,
            unit=here.short,
            below=below,
            period=asked.period,
            as_of=asked.as_of,
            published=not figure.targets,
            register=any(is_register(code) for code in figure.records),
            tree=asked.boundaries,
            divided_by=len(figure.units) if definition.measure is Measure.PER_UNIT else None,
        ),
        "tree": wording.tree_text(asked.boundaries) if asked.boundaries else "",
        "otherwise": _otherwise(unit, figure, today),
        "unallotted": any(row.unallotted for row in (*opened.counted, *opened.beside)),
        "when": vietnamese.span(asked.period) if definition.measure in OF_PERIOD else stated,
        "groups": [*_named(opened, linked), *_counted(figure, opened, linked)],
        "pending": _pending(figure),
        "of_register": definition.register or definition.measure is Measure.MEMBERS,
        "beside": _beside(figure, opened, linked),
        "targets": targets_of(figure, Scope(unit.code, here.short, below), material),
        "href": figure_href(definition.code, unit.code, period, asked.as_of, tree=asked.boundaries),
        "export": figure_href(definition.code, unit.code, period, asked.as_of, "export", asked.boundaries),
        "fictional": unit.fictional,
    }


def below_count(unit: Unit, asked: Asked) -> int:
    """How many units stood under it on the day, or stand there on the tree that was asked for."""
    if asked.boundaries is None:
        return units_below_on(unit, asked.as_of).count()
    return sum(1 for _each in boundaries_on(asked.boundaries).tree.below(unit.pk)) - 1


@dataclass(frozen=True)
class Otherwise:
    """The same figure on other boundaries, with where it opens; `same` where it comes to the same."""

    tree: str
    value: str
    href: str
    same: bool


def _otherwise(unit: Unit, figure: Figure, today: date) -> Otherwise | None:
    """Beside a figure on a day's tree the one of then; beside the one of then that of today's tree, if it is another."""
    asked = figure.asked
    if asked.boundaries is None and not (unit.span.holds(today) and may_matter(unit, asked, today)):
        return None
    other = replace(asked, boundaries=None if asked.boundaries else today)
    beside = figure_of(figure.definition.code, unit, other, today)[0]
    same = (beside.value, beside.money) == (figure.value, figure.money)
    if same and asked.boundaries is None:
        return None
    return Otherwise(
        tree=wording.tree_text(other.boundaries),
        value=_sum(beside) or _("chưa có số liệu"),
        href=figure_href(
            figure.definition.code, unit.code, asked.period.isoformat(), asked.as_of, tree=other.boundaries
        ),
        same=same,
    )


def _pending(figure: Figure) -> str:
    """What a figure of the register lacks yet."""
    if not figure.pending:
        return ""
    return _("Chưa đủ: %(count)s công đoàn cơ sở chưa tính theo sổ đoàn viên nên chưa có trong số này.") % {
        "count": vietnamese.number(figure.pending)
    }


def _named(opened: Opened, linked: set[str]) -> list[Group]:
    """Of a figure of persons: each once, with how often they were named; the entries stand behind."""
    if not opened.people:
        return []
    whole = vietnamese.number(len(opened.people) + opened.people_left_out)
    return [
        _group(
            _("Những người được tính, mỗi người một lần"), opened.people, linked, opened.people_left_out,
            sum=_("%(count)s người") % {"count": whole}, sum_label=_("Cộng"),
        )
    ]  # fmt: skip


def _counted(figure: Figure, opened: Opened, linked: set[str]) -> list[Group]:
    definition = figure.definition
    if definition.measure is Measure.RATIO and isinstance(figure.value, Ratio):
        kinds = wording.kinds.subjects()
        parts = (
            (_("Tử số"), definition.subject, figure.value.numerator),
            (_("Mẫu số"), definition.denominator, figure.value.denominator),
        )
        return [
            _group(
                f"{title}: {kinds[subject].label}",
                [row for row in opened.counted if row.what == kinds[subject].label],
                linked,
                sum=vietnamese.number(total),
                sum_label=_("Cộng"),
            )
            for title, subject, total in parts
        ]
    if not opened.counted or figure.targets:
        return []  # targets are shown as targets, each with its figure
    if definition.measure in (Measure.GRADE, Measure.STATED):
        return [_group(_("Theo"), opened.counted, linked)]
    if definition.measure is Measure.GRADED:
        title, label = _("Xếp loại của các công đoàn cơ sở"), _("Đạt trên tổng số")
        return [_group(title, opened.counted, linked, sum=_sum(figure), sum_label=label)]
    if definition.measure is Measure.PERSONS:
        return [_group(_("Những việc có ghi tên"), opened.counted, linked, opened.left_out.get("counted", 0))]
    label = _("Chia cho số cấp công đoàn") if definition.measure is Measure.PER_UNIT else _("Cộng")
    left_out = opened.left_out.get("counted", 0)
    return [_group(_("Cộng từ"), opened.counted, linked, left_out, sum=_sum(figure), sum_label=label)]


def _sum(figure: Figure) -> str:
    """The line under the rows: the figure again, with both its numbers where it is a ratio."""
    text = wording.full_text(figure.value, figure.definition)
    money = wording.total_text(figure.money, money=True) if figure.money else ""
    return SEPARATOR.join(filter(None, (text, money)))


def _beside(figure: Figure, opened: Opened, linked: set[str]) -> list[Group]:
    beneath = figure.beneath
    compared = wording.full_text(beneath, figure.definition) if isinstance(beneath, Total) else ""
    reasons = (
        ("covered", _("Đã nằm trong số tổng đã công bố"), _("Cộng thêm thì một việc bị tính hai lần."), ""),
        (
            "aside",
            _("Đã tính theo sổ đoàn viên"),
            _(
                "Từ ngày đơn vị tính theo sổ, số này đếm trong sổ; việc chạm vào cả hai phía của ngày đó thì không cộng."
            ),
            "",
        ),
        ("overlapping", _("Chỉ chạm vào kỳ"), _("Việc bắt đầu hoặc kết thúc ngoài kỳ này."), ""),
        ("compared", _("Số của cấp dưới, để so sánh"), _("Đơn vị đã công bố số chung cho cả cấp dưới."), compared),
        ("half", _("Chỉ có một vế"), _("Đơn vị mới kê khai tử số hoặc mẫu số nên chưa đưa vào tỷ lệ."), ""),
        ("missing", _("Chưa có kết quả xếp loại"), _("Nơi chưa có kết quả vẫn tính vào mẫu số."), ""),
    )
    found = []
    for state, title, why, whole in reasons:
        rows = [row for row in opened.beside if row.state == state]
        if rows:
            left_out = opened.left_out.get(state, 0)
            found.append(_group(title, rows, linked, left_out, why=why, sum=whole, sum_label=_("Cấp dưới cộng lại")))
    return found


def _group(title: str, rows: Sequence[OpenedRow], linked: set[str], left_out: int = 0, **given: str) -> Group:
    """`left_out` rows were not read at all: they are counted, and stand in the export."""
    more = left_out + max(0, len(rows) - MOST_ROWS)
    return Group(
        title=title,
        rows=tuple(_shown(row, linked) for row in rows[:MOST_ROWS]),
        several=len({row.what for row in rows}) > 1,
        **given,
        count=vietnamese.number(len(rows) + left_out),
        more=_("và %(more)s dòng nữa: tải Excel để xem đủ.") % {"more": vietnamese.number(more)} if more > 0 else "",
    )


def _shown(row: OpenedRow, linked: set[str]) -> RowShown:
    href = _href(row) if row.unit_code in linked else ""
    marks = [_("số tổng đã công bố")] if row.is_total else []
    marks += [_("theo sổ đoàn viên")] if row.type == "register" else []
    marks += [_("đã sửa")] if row.corrected else []
    return RowShown(row, href, tuple(marks))


def _href(row: OpenedRow) -> str:
    if row.person:
        return person_href(row.person)
    if row.type == "register":
        day = date.fromisoformat(row.code.rpartition(":")[2])
        return figure_href(INDICATOR[subject_of(row.code)], row.unit_code, day.isoformat(), day)
    names = {"entry": "web.records.entry", "statement": "web.records.statement", "unit": "web.units.unit"}
    return reverse(names[row.type], args=[row.code or row.unit_code])


def targets_of(figure: Figure, scope: Scope, material: Material) -> list[TargetShown]:
    """The rows of a tally that we counted ourselves, each judged on the tree as it was."""
    return targets_shown(lines_behind(figure, material), scope) if figure.targets else []
