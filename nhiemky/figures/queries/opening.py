"""The one function that opens a figure: the rows behind it, each with what it adds and why it does or does not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from django.utils.translation import gettext as _

from nhiemky.figures import wording
from nhiemky.figures.queries.behind import Behind, is_register, persons_behind, persons_named, subject_of
from nhiemky.figures.queries.board import TargetLine, lines_behind
from nhiemky.figures.queries.evaluate import Figure
from nhiemky.figures.queries.material import Material
from nhiemky.figures.queries.standing import Place, standings
from nhiemky.ledger import kinds
from nhiemky.ledger.models import Entry, Statement
from nhiemky.ledger.queries import entries_coded, first_coded, statements_coded
from nhiemky.rules.indicators import Coverage, Measure
from nhiemky.rules.vietnamese import number
from nhiemky.rules.vietnamese import span as written


@dataclass(frozen=True)
class OpenedRow:
    """A record behind a figure. `type`: entry, statement, target, unit, register, or person (of the register).

    `state`: counted, covered, overlapping, compared, half (one part of a ratio only), missing (a unit without one),
    aside (the register speaks in its place). `person` is the code of a person, `name` what to call them: it is shown to
    those who may read the unit. On the tree of another day: `standing`, where it stood and where it stands there, if
    that is another place, and `stands_at`, the code of the unit that has it there; `unallotted` to none of those that
    succeeded its own.
    """

    code: str
    type: str
    unit: str
    unit_code: str
    when: str
    text: str
    money: str
    what: str
    state: str
    source: str = ""
    places: tuple[str, ...] = ()
    note: str = ""
    is_total: bool = False
    corrected: bool = False
    value: int | None = None
    money_value: int | None = None
    person: str = ""
    name: str = ""
    standing: str = ""
    stands_at: str = ""
    unallotted: bool = False


@dataclass(frozen=True)
class Opened:
    """A figure with the rows it is made of and the rows beside them; `left_out` are how many of a state are not here.

    `people`: of a figure of persons, the persons its rows name, each once.
    """

    figure: Figure
    counted: tuple[OpenedRow, ...]
    beside: tuple[OpenedRow, ...] = ()
    left_out: Mapping[str, int] = field(default_factory=dict)
    people: tuple[OpenedRow, ...] = ()
    people_left_out: int = 0


def open_figure(figure: Figure, material: Material, most: int = 0) -> Opened:
    """The rows of the figure, in the order of time; beside them those that add nothing, each once.

    With `most`, so many entries of each state at the most: a province's figure has thousands, and a page shows few.
    """
    states = dict.fromkeys(figure.compared, "compared")
    states |= dict.fromkeys(figure.half, "half")
    states |= dict.fromkeys(figure.overlapping, "overlapping")
    states |= dict.fromkeys(figure.covered, "covered")
    states |= dict.fromkeys(figure.aside, "aside")
    states |= dict.fromkeys(figure.records, "counted")
    wanted, left_out = _first(states, material, most)
    found: list[Entry | Statement] = [*entries_coded(wanted), *statements_coded(wanted)]
    found.sort(key=lambda row: (row.starts_on or date.min, row.pk))
    behind, more = persons_behind(states, figure, material, most)
    left_out |= {state: left_out.get(state, 0) + count for state, count in more.items()}
    placed = [
        (row.starts_on or date.min, _row(row, states[row.code], figure, material), (row.unit_id, row.span.last_day))
        for row in found
    ]
    placed += [(each.first, _person_row(each, material), _place_of(each, figure, material)) for each in behind]
    placed += [_register_row(code, state, material) for code, state in states.items() if subject_of(code)]
    rows = _with_standing(sorted(placed, key=lambda one: one[0]), material)
    counted = [row for row in rows if row.state == "counted"]
    beside = [row for row in rows if row.state != "counted"]
    if figure.definition.measure is Measure.GRADED:
        beside += [_missing(unit, material) for unit, grade in figure.units if not grade]
    if figure.targets:
        counted = [_target_row(line, material) for line in lines_behind(figure, material)]
    named, unnamed = persons_named(figure, material, most)
    people = tuple(_person_row(each, material) for each in named)
    return Opened(figure, tuple(counted), tuple(beside), left_out, people, unnamed)


def _with_standing(placed: Sequence[tuple[date, OpenedRow, Place]], material: Material) -> list[OpenedRow]:
    """The rows, told where they stand on the tree of another day if that was asked for."""
    lived = {
        (unit, day): (unit, min(day, material.cards[unit].life.last_day)) for _first_day, _row, (unit, day) in placed
    }
    told = standings(lived.values(), material)
    return [replace(row, **told.get(lived[place], {})) for _first_day, row, place in placed]


def _place_of(each: Behind, figure: Figure, material: Material) -> Place:
    fact = material.by_code.get(each.code)
    return each.unit, fact.span.last_day if fact else figure.asked.as_of


def _first(states: Mapping[str, str], material: Material, most: int) -> tuple[list[str], dict[str, int]]:
    """The codes to read, and of each state how many entries are left out."""
    of_state: dict[str, list[str]] = {}
    for code, state in states.items():
        if code not in material.statement and not is_register(code):
            of_state.setdefault(state, []).append(code)
    long = {state: codes for state, codes in of_state.items() if most and len(codes) > most}
    dropped: set[str] = set()
    for codes in long.values():
        dropped |= set(codes) - set(first_coded(codes, most))
    wanted = [code for code in states if code not in dropped and not is_register(code)]
    return wanted, {s: len(codes) - most for s, codes in long.items()}


def _row(row: Entry | Statement, state: str, figure: Figure, material: Material) -> OpenedRow:
    if isinstance(row, Entry):
        return _entry_row(row, state, figure, material)
    return _statement_row(row, state, material)


def _common(row: Entry | Statement, state: str, material: Material) -> dict:
    card = material.cards[row.unit_id]
    return {
        "code": row.code,
        "unit": card.short,
        "unit_code": card.code,
        "when": written(row.span),
        "state": state,
        "source": row.source.title if row.source else "",
        "places": tuple(row.places),
        "note": row.note,
        "corrected": row.replaces_id is not None,
    }


def _entry_row(entry: Entry, state: str, figure: Figure, material: Material) -> OpenedRow:
    word = figure.definition.word
    count = next((each for each in entry.counts.all() if each.word == word), None)
    in_count = count is not None and (state != "counted" or entry.code in figure.counted)
    in_money = state != "counted" or entry.code in figure.counted_money or figure.definition.measure is Measure.MONEY
    money = list(entry.money.all()) if in_money else []
    return OpenedRow(
        **_common(entry, state, material),
        type="entry",
        text=wording.count_text(count) if count and in_count else "",
        money="; ".join(wording.money_row_text(each) for each in money),
        what=kinds.kinds()[entry.kind].label,
        is_total=entry.coverage != Coverage.ACT,
        value=count.value if count and in_count else None,
        money_value=sum(each.value or 0 for each in money) if money else None,
    )


def _statement_row(row: Statement, state: str, material: Material) -> OpenedRow:
    return OpenedRow(
        **_common(row, state, material),
        type="statement",
        text=wording.statement_text(row),
        money="",
        what=kinds.subjects()[row.subject].label,
        is_total=row.coverage == Coverage.BELOW,
        value=row.value,
    )


def _person_row(each: Behind, material: Material) -> OpenedRow:
    card = material.cards[each.unit]
    return OpenedRow(
        code=each.code,
        type="person",
        unit=card.short,
        unit_code=card.code,
        when=each.when,
        text=each.what if each.times else "",
        money="",
        what="" if each.times else each.what,
        state=each.state,
        note=each.note,
        value=each.times or 1,
        person=each.person,
        name=each.name,
    )


def _register_row(code: str, state: str, material: Material) -> tuple[date, OpenedRow, Place]:
    """How many members a unit has on its register, which a figure of its own lists."""
    fact = material.stock_coded(code)
    card, subject, count = material.cards[fact.unit], kinds.subjects()[subject_of(code)], fact.quantity.value or 0
    row = OpenedRow(
        code=code,
        type="register",
        unit=card.short,
        unit_code=card.code,
        when=written(fact.as_of),
        text=f"{number(count)} {kinds.words()[subject.word].label}",
        money="",
        what=subject.label,
        state=state,
        note=_("theo sổ đoàn viên"),
        value=count,
    )
    return fact.as_of.starts_on or date.min, row, (fact.unit, fact.as_of.last_day)


def _missing(unit: int, material: Material) -> OpenedRow:
    card = material.cards[unit]
    return OpenedRow("", "unit", card.short, card.code, "", "", "", str(wording.NOT_GRADED), "missing")


def _target_row(line: TargetLine, material: Material) -> OpenedRow:
    card = material.cards[line.target.unit_id]
    return OpenedRow(
        code=line.target.code,
        type="target",
        unit=card.short,
        unit_code=card.code,
        when=written(line.target.span),
        text=wording.full_text(line.figure.value, line.definition),
        money="",
        what=f"{line.definition.label}: {wording.aim_text(line.spec, line.definition)}",
        state="counted",
        source=line.target.source.title if line.target.source else "",
        places=tuple(line.target.places),
        note=f"{wording.state_text(line.judgement)}: {wording.reason_text(line.judgement)}",
    )
