"""Targets as the board, the home page and the page of a figure show them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from nhiemky.figures import wording
from nhiemky.figures.json import target_json
from nhiemky.figures.queries import Figure, TargetLine
from nhiemky.rules import vietnamese
from nhiemky.rules.timeline import Span
from nhiemky.web.figures.links import figure_href
from nhiemky.web.figures.shown import Fig, TargetShown, YearShown, meter_of


def targets_shown(lines: Iterable[TargetLine], unit_code: str) -> list[TargetShown]:
    """The rows of a board, with links to what was measured."""
    return [_shown(line, unit_code) for line in lines]


def _shown(line: TargetLine, unit_code: str) -> TargetShown:
    return TargetShown(
        code=line.target.code,
        label=line.definition.label,
        aim=wording.aim_text(line.spec, line.definition),
        measured=_measured(line.figure, unit_code),
        state=line.judgement.state.value,
        state_text=wording.state_text(line.judgement),
        reason=wording.reason_text(line.judgement),
        clause=line.target.clause,
        quotation=line.target.quotation,
        source=line.target.source.title if line.target.source else "",
        meter=meter_of(target_json(line)),
        years=tuple(
            YearShown(
                year=_year(span),
                measured=_measured(figure, unit_code),
                state=judged.state.value,
                state_text=wording.state_text(judged),
                reason=wording.reason_text(judged),
            )
            for span, figure, judged in line.years
        ),
    )


def _measured(figure: Figure, unit_code: str) -> Fig:
    text = wording.full_text(figure.value, figure.definition)
    href = figure_href(figure.definition.code, unit_code, figure.asked.period.isoformat(), figure.asked.as_of)
    return Fig(text, href if text else "")


def _year(span: Span) -> str:
    """'2024'; the first and the last may be cut by the term: '2023 (từ 12/06)'."""
    start = span.starts_on or date.min
    whole = start == date(start.year, 1, 1) and span.last_day == date(start.year, 12, 31)
    return str(start.year) if whole else f"{start.year} ({vietnamese.span(span)})"
