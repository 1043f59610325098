"""How the targets of a unit stand, judged from figures; and figures by name, targets met among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from nhiemky.figures.definitions import definitions, openable
from nhiemky.figures.models import Target
from nhiemky.figures.queries.evaluate import Figure, evaluate
from nhiemky.figures.queries.material import Asked, Material, gather
from nhiemky.ledger import kinds
from nhiemky.rules.indicators import Definition, Measure
from nhiemky.rules.quantities import Grade, Ratio, Total
from nhiemky.rules.targets import Aim, Basis, Judgement, Reason, Spec, State, judge, judge_years
from nhiemky.rules.timeline import Precision, Span, elapsed_share
from nhiemky.units.models import Unit
from nhiemky.units.queries import term_known


@dataclass(frozen=True)
class TargetLine:
    """A target, the figure it is judged from, and how it stands; `years` for one that holds for each year."""

    target: Target
    definition: Definition
    spec: Spec
    figure: Figure
    judgement: Judgement
    years: tuple[tuple[Span, Figure, Judgement], ...] = ()


def targets_in(unit: Unit, period: Span) -> list[Target]:
    """The unit's own targets of the period, in the order in which they were set.

    Those whose time lies inside it, and those of a term that does: a term that closed early keeps its targets.
    """
    rows = living_targets(unit).select_related("source", "term", "assigned_by").order_by(Coalesce("first", "pk"))
    found = []
    for row in rows:
        as_known(row, unit)
        if period.covers(row.span) or (row.term and period.covers(row.term.whole)):
            found.append(row)
    return found


def living_targets(unit: Unit) -> QuerySet[Target]:
    """The latest row of each chain of corrections; of a target that was withdrawn none."""
    return Target.objects.filter(unit=unit, replaced_by__isnull=True, cancels=False)


def target_coded(code: str) -> Target | None:
    """The target with this code, with its unit, source and term."""
    known = Target.objects.select_related("unit", "source", "term", "assigned_by", "recorded_by")
    row = known.filter(code=code).first()
    return as_known(row, row.unit) if row else None


def as_known(row: Target, unit: Unit) -> Target:
    """The target with its term as we know it today.

    Days that the target took from the term follow a correction of the term; a date of its own stays.
    """
    was, known = row.term, term_known(unit, row.term)
    if was and known and known.pk != was.pk:
        row.term, plan, span = known, was.whole, row.span
        new = known.whole if was.ends_before else known.planned
        start = new if span.starts_on == plan.starts_on else span
        end = new if span.ends_before == plan.ends_before and row.basis != Basis.BY_DATE else span
        if start.starts_on and end.ends_before and start.starts_on < end.ends_before:
            row.span = Span(start.starts_on, end.ends_before, start.start_precision, end.end_precision)
    return row


def line_of(target: Target, today: date) -> TargetLine:
    """How one target stands on that day."""
    return lines_of([target], gather(target.unit, [target.term.whole if target.term else target.span], today), today)[0]


def _time_of(target: Target) -> Span:
    """The time a target has: its own, cut short where its term closed early. Its bound is never cut."""
    term, span = target.term, target.span
    if term and term.ends_before and span.holds(term.ends_before) and span.starts_on != term.ends_before:
        return Span(span.starts_on, term.ends_before, span.start_precision, Precision(term.end_precision))
    return span


def board(unit: Unit, period: Span, today: date, material: Material | None = None) -> list[TargetLine]:
    """How each target stands on that day."""
    targets = targets_in(unit, period)
    if not targets:
        return []
    return lines_of(targets, material or gather(unit, [period], today), today)


def lines_of(targets: Sequence[Target], material: Material, today: date) -> list[TargetLine]:
    for target in targets:
        if target.pk not in material.judged:
            material.judged[target.pk] = _line(target, material, today)
    return [material.judged[target.pk] for target in targets]


def tally(lines: Sequence[TargetLine]) -> Ratio:
    """Targets met over targets set."""
    return Ratio(sum(line.judgement.state is State.MET for line in lines), len(lines))


def spec_of(target: Target) -> Spec:
    grade = kinds.grades().get(target.grade)
    return Spec(
        Aim(target.aim),
        target.low,
        target.high,
        Grade(target.grade, grade.rank) if grade else None,
        lower_is_better=target.lower_is_better,
    )


def _line(target: Target, material: Material, today: date) -> TargetLine:
    definition, spec = definitions()[target.indicator], spec_of(target)
    span = _time_of(target)
    figure, judgement = _judged(definition, spec, material, span, today)
    if target.basis != Basis.YEARLY:
        return TargetLine(target, definition, spec, figure, judgement)
    years = tuple((year, *_judged_year(definition, spec, material, year, today)) for year in _years(span, today))
    ended = bool(span.ends_before and span.ends_before <= today)
    whole = judge_years([judged for _, _, judged in years], ended=ended)
    latest = years[-1][1] if years else figure
    return TargetLine(target, definition, spec, latest, whole, years)


def _judged(
    definition: Definition, spec: Spec, material: Material, span: Span, today: date
) -> tuple[Figure, Judgement]:
    figure = evaluate(definition, material, Asked(span, min(span.last_day, today)))
    value = figure.value
    if definition.measure is Measure.SHARE and isinstance(value, Total) and value.value is not None:
        value = Ratio(value.value, 0)  # so many, out of nobody knows how many: no share to judge
    ended = bool(span.ends_before and span.ends_before <= today)
    judgement = judge(
        spec,
        value,
        flow=definition.is_flow and definition.measure is not Measure.SHARE,
        begun=span.starts_on is None or span.starts_on <= today,
        ended=ended,
        elapsed=elapsed_share(span, today),
        half=bool(figure.half),
    )
    return figure, judgement


def _judged_year(
    definition: Definition, spec: Spec, material: Material, year: Span, today: date
) -> tuple[Figure, Judgement]:
    figure, judgement = _judged(definition, spec, material, year, today)
    if (year.starts_on, year.ends_before) != (date(year.last_day.year, 1, 1), date(year.last_day.year + 1, 1, 1)):
        judgement = Judgement(State.NOT_MEASURABLE, Reason.PART_OF_YEAR)
    return figure, judgement


def _years(span: Span, today: date) -> list[Span]:
    """The calendar years of the span that have begun; its first and last may be cut by the span."""
    if span.starts_on is None or span.ends_before is None:
        return []
    last = min(span.ends_before - timedelta(days=1), today).year
    parts = [Span(date(year, 1, 1), date(year + 1, 1, 1)).shared(span) for year in range(span.starts_on.year, last + 1)]
    return [part for part in parts if part]


def figures_of(wanted: Iterable[Definition], material: Material, asked: Asked) -> list[Figure]:
    """Figures by definition; where no total of targets met was published, it is counted from the targets kept."""
    figures = [evaluate(definition, material, asked) for definition in wanted]
    return [
        _from_targets(figure, material) if figure.definition.measure is Measure.TARGETS else figure
        for figure in figures
    ]


def figure_of(code: str, unit: Unit, asked: Asked, today: date) -> tuple[Figure, Material]:
    """One figure with the material it was made from."""
    material = gather(unit, [asked.period], today, asked.boundaries)
    return figures_of([openable()[code]], material, asked)[0], material


def lines_behind(figure: Figure, material: Material) -> list[TargetLine]:
    """The targets that a total of targets met was counted from: each judged on the tree as it was, whatever was asked."""
    then = material if material.boundaries is None else None
    return board(material.unit, figure.asked.period, material.today, then)


def _from_targets(figure: Figure, material: Material) -> Figure:
    if isinstance(figure.value, Ratio) or (isinstance(figure.value, Total) and not figure.value.is_empty):
        return figure
    lines = lines_behind(figure, material)
    if all(line.judgement.state is State.NOT_MEASURABLE for line in lines):
        return figure
    return replace(figure, value=tally(lines), targets=tuple(line.target.code for line in lines))
