"""The four charts: from figures to what is drawn and to the table behind, number for number."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction
from functools import cache

from django.utils.translation import gettext as _

from nhiemky.documents.charts import Bar, Chart, Panel, Tone, money_scale, shortened
from nhiemky.figures import wording
from nhiemky.figures.definitions import occasions_in, openable, spent_in
from nhiemky.figures.queries import Asked, Figure, TargetLine, board, gather
from nhiemky.figures.queries.series import Series, money_of, series, size_of, spending, units_compared
from nhiemky.foundation import catalogue
from nhiemky.ledger import kinds
from nhiemky.rules import vietnamese
from nhiemky.rules.indicators import Measure
from nhiemky.rules.targets import State
from nhiemky.rules.timeline import Precision, Span
from nhiemky.units.models import Unit
from nhiemky.web.figures.links import figure_href
from nhiemky.web.figures.shown import Fig

MOST_BARS = 30
TET_SEASON = timedelta(days=30)


@dataclass(frozen=True)
class Row:
    """A row of the table behind: its name, its figures as texts that link, the same as numbers, and words."""

    label: str
    figs: tuple[Fig, ...]
    numbers: tuple[int | Fraction | None, ...]
    note: str = ""


@dataclass(frozen=True)
class ChartShown:
    """A chart and the table behind it; without a picture where there is nothing to draw: the message says why."""

    title: str
    message: str
    heads: tuple[str, ...] = ()
    rows: tuple[Row, ...] = ()
    chart: Chart | None = None
    whole: tuple[Fig, ...] = ()
    remark: str = ""

    @property
    def numbers(self) -> int:
        """The columns up to the last one with figures."""
        return 1 + (len(self.rows[0].figs) if self.rows else 0)

    @property
    def notes_apart(self) -> bool:
        """Whether the words of a row have a column of their own."""
        return len(self.heads) > self.numbers


def care(unit: Unit, short: str, asked: Asked, today: date) -> ChartShown:
    """Money spent on care and occasions of care, month by month; the weeks before Tết stand out."""
    material = gather(unit, [asked.period], today, asked.boundaries)
    money, occasions = (series(code, material, asked) for code in (spent_in("care"), occasions_in("care")))
    period = vietnamese.span(asked.period)
    title = _("Chăm lo theo tháng, %(period)s") % {"period": _on_tree(period, asked)}
    whole = tuple(_fig(each.whole, unit) for each in (money, occasions) if each.whole.is_known)
    outside = len(dict.fromkeys(money.outside + occasions.outside))
    if not any(size_of(step.value) for each in (money, occasions) for step in each.steps):
        sentence = _("Kỳ này chưa có việc chăm lo nào ghi theo ngày, nên chưa có gì để vẽ theo tháng.")
        if outside:
            sentence = _("Kỳ này chỉ có số tổng của cả kỳ, chưa có việc nào ghi theo ngày để vẽ theo tháng.")
        return ChartShown(title, sentence, whole=whole)
    panels = tuple(
        _panel(each, unit, label)
        for each, label in ((money, _("Số tiền đã chi")), (occasions, _("Số lượt")))
        if any(size_of(step.value) for step in each.steps)
    )
    message = _peak(money if any(size_of(step.value) for step in money.steps) else occasions, period, short)
    rows = tuple(
        Row(
            vietnamese.span(spent.asked.period),
            (_fig(spent, unit), _fig(count, unit)),
            (size_of(spent.value), size_of(count.value)),
            _("Tết") if _holds_tet(spent.asked.period) else "",
        )
        for spent, count in zip(money.steps, occasions.steps, strict=True)
        if spent.is_known or count.is_known
    )
    remark = ""
    if outside:
        remark = _(
            "%(count)s việc ghi cho thời gian dài hơn một tháng nằm trong số cả kỳ, không nằm trong tháng nào."
        ) % {"count": vietnamese.number(outside)}
    heads = (_("Tháng"), _("Số tiền đã chi"), _("Số lượt"))
    return ChartShown(title, message, heads, rows, Chart(f"{title} – {short}", message, panels), whole, remark)


def _panel(each: Series, unit: Unit, label: str) -> Panel:
    is_money = wording.is_money(each.whole.definition)
    sizes = [size_of(step.value) or Fraction(0) for step in each.steps]
    scale, word = money_scale(int(max(sizes))) if is_money else (1, "")
    many = len(each.steps) > 14
    return Panel(
        label,
        tuple(
            Bar(
                label=vietnamese.span(step.asked.period),
                value=size_of(step.value),
                text=shortened(int(size), scale, word) if size else "",
                told=f"{vietnamese.span(step.asked.period)}: {_text(step) or _('chưa có số liệu')}",
                href=_href(step, unit) if step.is_known else "",
                tone=Tone.STRONG if _is_before_tet(step.asked.period) else Tone.PLAIN,
                tick=_tick(step.asked.period, at, many),
                mark=_("Tết") if _holds_tet(step.asked.period) else "",
            )
            for at, (step, size) in enumerate(zip(each.steps, sizes, strict=True))
        ),
        scale,
        word,
    )


def _tick(step: Span, at: int, many: bool) -> str:
    """'2024' under each January of many months; every second month of a few, for a phone, the year with the first."""
    first = step.starts_on or step.last_day
    if step.start_precision is Precision.YEAR:
        return str(first.year)
    if many:
        return str(first.year) if first.month == 1 else ""
    if at == 0 or (first.month == 1 and at > 1):
        return f"{first.month}/{first.year}"
    return str(first.month) if first.month % 2 and at > 1 else ""


def _peak(each: Series, period: str, short: str) -> str:
    top = max(each.steps, key=lambda step: size_of(step.value) or 0)
    return _("%(unit)s, %(period)s: %(what)s %(whole)s; tháng nhiều nhất là %(month)s với %(top)s.") % {
        "unit": short,
        "period": period,
        "what": _("chi chăm lo") if wording.is_money(each.whole.definition) else _("chăm lo"),
        "whole": _text(each.whole),
        "month": vietnamese.span(top.asked.period),
        "top": _text(top),
    }


@cache
def _tet_days() -> tuple[date, ...]:
    return tuple(row["day"] for row in catalogue.rows("catalogue/tet.toml", "tet"))


def _holds_tet(step: Span) -> bool:
    return step.start_precision is not Precision.YEAR and any(step.holds(day) for day in _tet_days())


def _is_before_tet(step: Span) -> bool:
    """Whether days of the month before Tết lie in it."""
    if step.start_precision is Precision.YEAR:
        return False
    return any(step.overlaps(Span(day - TET_SEASON, day)) for day in _tet_days())


def targets(unit: Unit, short: str, asked: Asked, today: date) -> ChartShown:
    """How far each target is on the way to its bound."""
    lines = board(unit, asked.period, today)
    period = vietnamese.span(asked.period)
    title = _("Tiến độ các chỉ tiêu, %(period)s") % {"period": period}
    if not lines:
        return ChartShown(title, _("Kỳ này chưa có chỉ tiêu nào. Ghi chỉ tiêu của nghị quyết ở bảng chỉ tiêu."))
    counted = [
        f"{vietnamese.number(count)} {wording.state_text(line.judgement)}"
        for state in State
        if (count := sum(each.judgement.state is state for each in lines))
        for line in [next(each for each in lines if each.judgement.state is state)]
    ]
    message = _("%(unit)s, %(period)s: %(count)s chỉ tiêu; %(states)s.") % {
        "unit": short,
        "period": period,
        "count": vietnamese.number(len(lines)),
        "states": ", ".join(counted),
    }
    rows = tuple(
        Row(
            line.definition.label,
            (Fig(wording.aim_text(line.spec, line.definition)), _fig(line.figure, unit)),
            (_bound(line), size_of(line.figure.value)),
            f"{wording.state_text(line.judgement)}: {wording.reason_text(line.judgement)}",
        )
        for line in lines
    )
    bars = tuple(_target_bar(line, unit) for line in lines)
    heads = (_("Chỉ tiêu"), _("Nghị quyết"), _("Đã đo được"), _("Đánh giá"))
    chart = Chart(f"{title} – {short}", message, (Panel("", bars),), rows=True, bound=100, bound_label=_("mức đề ra"))
    return ChartShown(title, message, heads, rows, chart)


def _bound(line: TargetLine) -> Fraction | None:
    bound = line.spec.low if line.spec.low is not None else line.spec.high
    return None if bound is None else Fraction(bound)


def _target_bar(line: TargetLine, unit: Unit) -> Bar:
    bound, size = _bound(line), size_of(line.figure.value)
    measured = _text(line.figure)
    aim = wording.aim_text(line.spec, line.definition)
    state = wording.state_text(line.judgement)
    return Bar(
        label=line.definition.label,
        value=size * 100 / bound if bound and size is not None else None,
        text=f"{measured} / {aim}" if measured else aim,
        told=f"{line.definition.label}: {measured or '–'} / {aim}, {state}",
        href=_href(line.figure, unit) if line.figure.is_known else "",
        tone=Tone[line.judgement.state.name],
        note=state,
    )


def shares(unit: Unit, short: str, asked: Asked, today: date, field: str) -> ChartShown:
    """Where the money of a field of work went, by line of the report."""
    material = gather(unit, [asked.period], today, asked.boundaries)
    whole, lines = spending(field, material, asked)
    period, label = vietnamese.span(asked.period), kinds.fields()[field].label
    title = _("Cơ cấu chi: %(field)s, %(period)s") % {"field": label, "period": _on_tree(period, asked)}
    if whole is None or not lines:
        return ChartShown(title, _("Kỳ này lĩnh vực này chưa ghi khoản chi nào. Hãy chọn lĩnh vực hoặc kỳ khác."))
    total = sum(money_of(line) for line in lines)
    top = lines[0]
    message = _("%(unit)s, %(period)s: nhiều nhất là “%(top)s”, %(money)s, %(share)s của %(whole)s.") % {
        "unit": short,
        "period": period,
        "top": top.definition.label,
        "money": _money_text(top),
        "share": vietnamese.share(money_of(top), total),
        "whole": _text(whole),
    }
    rows = tuple(
        Row(
            line.definition.label,
            (Fig(_money_text(line), _href(line, unit)),),
            (money_of(line),),
            vietnamese.share(money_of(line), total),
        )
        for line in lines
    )
    bars = tuple(
        Bar(row.label, row.numbers[0], row.figs[0].text, f"{row.label}: {row.figs[0].text}", row.figs[0].href,
            note=row.note)
        for row in rows
    )  # fmt: skip
    heads = (_("Việc"), _("Số tiền"), _("Phần"))
    chart = Chart(f"{title} – {short}", message, (Panel("", bars),), rows=True)
    return ChartShown(title, message, heads, rows, chart, (_fig(whole, unit),))


def below(unit: Unit, short: str, asked: Asked, today: date, code: str, readable: frozenset[str]) -> ChartShown:
    """One figure of each unit directly below, side by side; links to those the person may read."""
    definition = openable()[code]
    found = units_compared(code, unit, asked, today)
    when = vietnamese.span(asked.period) if definition.is_flow else wording.as_of_text(asked.as_of)
    title = _("So sánh các đơn vị trực thuộc: %(what)s, %(when)s") % {
        "what": definition.label,
        "when": _on_tree(when, asked),
    }
    if not found:
        return ChartShown(title, _("Ngày này không có đơn vị nào trực thuộc, nên không có gì để so sánh."))
    known = [(card, figure) for card, figure in found if size_of(figure.value) is not None]
    if not known:
        sentence = _("Chưa đơn vị trực thuộc nào có số liệu này. Hãy chọn số liệu hoặc kỳ khác.")
        return ChartShown(title, sentence)
    missing = len(found) - len(known)
    message = _("Cao nhất là %(unit)s: %(value)s.") % {"unit": known[0][0].short, "value": _text(known[0][1])}
    if missing:
        message += " " + _("%(missing)s/%(all)s đơn vị chưa có số liệu.") % {
            "missing": vietnamese.number(missing),
            "all": vietnamese.number(len(found)),
        }
    rows = tuple(
        Row(
            card.short,
            (_fig_of(figure, card.code if card.code in readable else ""),),
            (size_of(figure.value),),
        )
        for card, figure in found
    )
    bars = tuple(
        Bar(row.label, row.numbers[0], row.figs[0].text, f"{row.label}: {row.figs[0].text}", row.figs[0].href)
        for row in rows[:MOST_BARS]
        if row.numbers[0] is not None
    )
    more = len(known) - len(bars)
    remark = ""
    if more > 0:
        remark = _("Hình vẽ %(shown)s đơn vị có số cao nhất; bảng có đủ.") % {"shown": vietnamese.number(len(bars))}
    heads = (_("Đơn vị"), definition.label)
    chart = Chart(f"{title} – {short}", message, (Panel("", bars),), rows=True)
    return ChartShown(title, message, heads, rows, chart, remark=remark)


def _on_tree(when: str, asked: Asked) -> str:
    """'năm 2024, theo cây tổ chức ngày 01/07/2025'; of the tree as it was nothing is said."""
    return f"{when}, {_('theo')} {wording.tree_text(asked.boundaries)}" if asked.boundaries else when


def fields_with_money(unit: Unit, asked: Asked, today: date) -> Sequence[tuple[str, str]]:
    """Fields of work on which the unit spent money in the period."""
    material = gather(unit, [asked.period], today, asked.boundaries)
    return [(code, term.label) for code, term in kinds.fields().items() if spending(code, material, asked)[1]]


def _text(figure: Figure) -> str:
    return wording.full_text(figure.value, figure.definition)


def _money_text(line: Figure) -> str:
    if line.definition.measure is Measure.MONEY:
        return _text(line)
    return wording.total_text(line.money, money=True) if line.money else ""


def _fig(figure: Figure, unit: Unit) -> Fig:
    return _fig_of(figure, unit.code)


def _fig_of(figure: Figure, code: str) -> Fig:
    """The figure as a link, where there is one to show and a unit to open it at."""
    text = _text(figure)
    return Fig(text, _href_of(figure, code) if text and code else "")


def _href(figure: Figure, unit: Unit) -> str:
    return _href_of(figure, unit.code)


def _href_of(figure: Figure, code: str) -> str:
    asked = figure.asked
    return figure_href(figure.definition.code, code, asked.period.isoformat(), asked.as_of, tree=asked.boundaries)
