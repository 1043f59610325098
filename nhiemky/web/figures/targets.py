"""Targets as the board, the home page and the page of a figure show them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from nhiemky.figures import wording
from nhiemky.figures.json import target_json
from nhiemky.figures.queries import Figure, TargetLine
from nhiemky.rules import vietnamese
from nhiemky.rules.timeline import Span
from nhiemky.units.queries import UnitCard
from nhiemky.web.figures.how import how_made
from nhiemky.web.figures.links import figure_href, target_href
from nhiemky.web.figures.shown import Fig, TargetShown, YearShown, meter_of


@dataclass(frozen=True)
class Scope:
    """Whose targets they are: for the sentence how a figure was made, with how many units stood below."""

    code: str
    short: str
    below: int


def targets_shown(
    lines: Iterable[TargetLine], scope: Scope, givers: Mapping[int, UnitCard] | None = None
) -> list[TargetShown]:
    """The rows of a board, with links to what was measured; `givers` are the levels above that set targets."""
    return [_shown(line, scope, givers or {}) for line in lines]


def _shown(line: TargetLine, scope: Scope, givers: Mapping[int, UnitCard]) -> TargetShown:
    giver = givers.get(line.target.assigned_by_id or 0)
    return TargetShown(
        code=line.target.code,
        label=line.definition.label,
        aim=wording.aim_text(line.spec, line.definition),
        measured=_measured(line.figure, scope),
        state=line.judgement.state.value,
        state_text=wording.state_text(line.judgement),
        reason=wording.reason_text(line.judgement),
        clause=line.target.clause,
        quotation=line.target.quotation,
        source=line.target.source.title if line.target.source else "",
        assigned=giver.short if giver else "",
        meter=meter_of(target_json(line)),
        href=target_href(line.target.code),
        years=tuple(
            YearShown(
                year=_year(span),
                measured=_measured(figure, scope),
                state=judged.state.value,
                state_text=wording.state_text(judged),
                reason=wording.reason_text(judged),
            )
            for span, figure, judged in line.years
        ),
    )


def _measured(figure: Figure, scope: Scope) -> Fig:
    definition, asked = figure.definition, figure.asked
    text = wording.full_text(figure.value, definition)
    if not text and not (figure.half or figure.overlapping):
        return Fig("")
    how = how_made(
        definition,
        unit=scope.short,
        below=scope.below,
        period=asked.period,
        as_of=asked.as_of,
        published=not figure.targets,
    )
    return Fig(text or "–", figure_href(definition.code, scope.code, asked.period.isoformat(), asked.as_of), how)


def _year(span: Span) -> str:
    """'2024'; the first and the last may be cut by the term: '2023 (từ 12/06)'."""
    start = span.starts_on or date.min
    whole = start == date(start.year, 1, 1) and span.last_day == date(start.year, 12, 31)
    return str(start.year) if whole else f"{start.year} ({vietnamese.span(span)})"
