"""Figures and targets as documented JSON (docs/json.md)."""

from __future__ import annotations

from typing import Any

from nhiemky.figures import wording
from nhiemky.figures.queries import Figure, TargetLine
from nhiemky.rules.indicators import Measure
from nhiemky.rules.quantities import Comparator, Grade, Percent, Ratio, Total, Value
from nhiemky.rules.targets import Aim


def figure_json(figure: Figure) -> dict[str, Any]:
    """A result: its numbers, its comparator, its unit word, its period or day, and the records behind it."""
    definition = figure.definition
    found: dict[str, Any] = {"indicator": definition.code, "label": definition.label, "field": definition.field}
    found |= _value_json(figure.value, money=wording.is_money(definition))
    found["unit_word"] = wording.word_of(definition)
    found["text"] = wording.full_text(figure.value, definition)
    if figure.money is not None and not figure.money.is_empty:
        found["money"] = _value_json(figure.money, money=True) | {"text": wording.total_text(figure.money, money=True)}
    elif definition.measure is Measure.MONEY and isinstance(figure.value, Total):
        found["money"] = _value_json(figure.value, money=True) | {"text": found["text"]}
    if definition.is_flow or definition.measure in (Measure.STATED, Measure.GRADE, Measure.GRADED):
        found["period"] = figure.asked.period.isoformat()
    else:
        found["as_of"] = figure.stated.isoformat() if figure.stated else figure.asked.as_of.isoformat()
    found["boundaries"] = figure.asked.boundaries.isoformat() if figure.asked.boundaries else "then"
    found["entries"] = list(figure.records)
    if figure.targets:
        found["targets"] = list(figure.targets)
    if figure.covered:
        found["covered"] = list(figure.covered)
    if figure.half:
        found["half"] = list(figure.half)
    if figure.overlapping:
        found["overlapping"] = list(figure.overlapping)
    if figure.aside:
        found["aside"] = list(figure.aside)
    if figure.pending:
        found["not_on_register"] = figure.pending
    return found


def target_json(line: TargetLine) -> dict[str, Any]:
    """A target: its numbers, how it stands and why, and the figure it is judged from."""
    spec, definition = line.spec, line.definition
    found: dict[str, Any] = {
        "id": line.target.code,
        "indicator": definition.code,
        "label": definition.label,
        "comparator": "gte" if spec.aim is Aim.GRADE else spec.aim.value,
        "unit_word": wording.word_of(definition),
        "text": wording.aim_text(spec, definition),
        "basis": line.target.basis,
        "period": line.target.span.isoformat(),
    }
    if spec.aim is Aim.RANGE:
        found["min"], found["max"] = _plain(spec.low), _plain(spec.high)
    elif spec.aim is Aim.GRADE and spec.grade:
        found["value_text"] = wording.kinds.grades()[spec.grade.code].label
    else:
        found["value"] = _plain(spec.high if spec.aim is Aim.LTE else spec.low)
    found["state"], found["state_text"] = line.judgement.state.value, wording.state_text(line.judgement)
    found["reason"] = wording.reason_text(line.judgement)
    found["measured"] = figure_json(line.figure)
    found["entries"] = list(line.figure.records)
    source = line.target.source
    found["source"], found["places"] = source.title if source else None, list(line.target.places)
    return found


def _plain(value: Any) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)


def _value_json(value: Value | None, *, money: bool) -> dict[str, Any]:
    if isinstance(value, Ratio):
        return {"numerator": value.numerator, "denominator": value.denominator, "comparator": value.comparator.value}
    if isinstance(value, Percent):
        return {"value": _plain(value.value), "comparator": value.comparator.value}
    if isinstance(value, Grade):
        return {"value_text": wording.kinds.grades()[value.code].label, "grade": value.code, "comparator": "eq"}
    if value is None or value.is_empty:
        return {"value": None, "comparator": "eq"}
    comparator = value.comparator.value if value.value is not None else Comparator.VAGUE.value
    found: dict[str, Any] = {"value": value.value, "comparator": comparator}
    if value.vague:
        found["value_text"] = wording.total_text(value, money=money)
        found["incomplete"] = True
    return found
