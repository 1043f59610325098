"""The persons behind what a figure took from the register, and the persons whom its entries name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from nhiemky.figures.queries.evaluate import Figure
from nhiemky.figures.queries.material import Material
from nhiemky.figures.queries.register import (
    ADMITTED,
    ARRIVED,
    DEPARTED,
    LEFT,
    PREFIX,
    SUBJECTS,
    WOMENS_COMMITTEE,
    events,
)
from nhiemky.figures.queries.register import code_of as code_of_event
from nhiemky.foundation import catalogue
from nhiemky.ledger import kinds
from nhiemky.members.queries.counting import members_on, persons_known, womens_committee_on
from nhiemky.rules.timeline import PartialDate, Precision, Span
from nhiemky.rules.vietnamese import span as written

KINDS = {
    ADMITTED: gettext_lazy("Kết nạp đoàn viên"),
    LEFT: gettext_lazy("Đoàn viên ra khỏi đơn vị"),
    ARRIVED: gettext_lazy("Chuyển sinh hoạt đến"),
    DEPARTED: gettext_lazy("Chuyển sinh hoạt đi"),
}


@dataclass(frozen=True)
class Behind:
    """One person behind a figure: where and when, why they count, and how often they were named."""

    person: str
    name: str
    unit: int
    when: str
    what: str
    state: str
    code: str = ""
    note: str = ""
    times: int = 0
    first: date = date.min


@dataclass(frozen=True)
class _Found:
    root: int
    unit: int
    span: Span
    what: str
    code: str
    state: str
    note: str = ""


# the number of a unit's members opens into a figure of its own, which lists them
INDICATOR = {
    "members": "register_members",
    "female_members": "register_members_women",
    "party_members": "register_members_party",
}


def is_register(code: str) -> bool:
    """Whether the record is the register's, and stands for persons."""
    return code.startswith(f"{PREFIX}:")


def subject_of(code: str) -> str:
    """The subject of a number that opens into a figure of its own; empty for any other record."""
    subject = code.split(":")[2] if is_register(code) else ""
    return subject if subject in INDICATOR else ""


def persons_behind(
    states: Mapping[str, str], figure: Figure, material: Material, most: int = 0
) -> tuple[list[Behind], dict[str, int]]:
    """Those whom the register's records among `states` stand for, and of each state how many are not here."""
    codes = {code: state for code, state in states.items() if is_register(code) and not subject_of(code)}
    if not codes:
        return [], {}
    events_of = {code: state for code, state in codes.items() if code in material.by_code}
    stocks_of = {code: state for code, state in codes.items() if code not in events_of}
    sizes = Counter[str]()
    for code, state in events_of.items():
        sizes[state] += sum(count.quantity.value or 0 for count in material.by_code[code].counts)
    for code, state in stocks_of.items():
        sizes[state] += material.stock_coded(code).quantity.value or 0
    shown = Counter[str]()
    found = []
    for each in (*_of_events(events_of, figure, material), *_of_stocks(stocks_of, figure, material, most)):
        if not most or shown[each.state] < most:
            shown[each.state] += 1
            found.append(each)
    persons = persons_known(list({each.root for each in found}))
    behind = [
        Behind(
            persons[each.root].code, persons[each.root].shown, each.unit, written(each.span), each.what, each.state,
            each.code, each.note, first=each.span.starts_on or date.min,
        )
        for each in found
    ]  # fmt: skip
    return behind, {state: size - shown[state] for state, size in sizes.items() if size > shown[state]}


def _of_events(codes: Mapping[str, str], figure: Figure, material: Material) -> Iterator[_Found]:
    if not codes:
        return
    asked = {code.split(":")[2] for code in codes}
    for kind, details, event in events(material.scope, figure.asked.period, each=True, kinds=asked):
        code = code_of_event(kind, details, event, material.cards)
        if code in codes:
            yield _Found(
                event.person, event.unit, event.span, str(KINDS[kind]), code, codes[code], _how(kind, event.how)
            )


def _how(kind: str, how: str) -> str:
    place, name = ("joinings", "joining") if kind in (ADMITTED, ARRIVED) else ("leavings", "leaving")
    term = catalogue.terms(f"catalogue/{place}.toml", name).get(how)
    return term.label if term else ""


def _of_stocks(codes: Mapping[str, str], figure: Figure, material: Material, most: int) -> Iterator[_Found]:
    """The members of each unit on the day, by name; of two parts of a ratio one after the other."""
    day = figure.asked.as_of
    by_subject: dict[str, dict[int, str]] = {}
    for code in codes:
        by_subject.setdefault(code.split(":")[2], {})[material.stock_coded(code).unit] = code
    for subject, code_of in by_subject.items():
        label = kinds.subjects()[subject].label if subject in SUBJECTS else figure.definition.label
        seen: set[tuple[int, int]] = set()
        for unit, root, span in _standing_there(list(code_of), day, subject, figure):
            if (unit, root) not in seen:
                seen.add((unit, root))
                yield _Found(root, unit, span, label, code_of[unit], codes[code_of[unit]])
            if most and len(seen) >= most:
                break


def _standing_there(units: list[int], day: date, subject: str, figure: Figure) -> Iterator[tuple[int, int, Span]]:
    names = ("unit", "root", "starts_on", "start_precision")
    rows: Any
    if subject == WOMENS_COMMITTEE:
        rows = womens_committee_on(units, day).order_by("person__sort_key", "pk").values_list(*names)
    else:
        where = {name: value for name, value in figure.definition.where if name != "block"}
        rows = members_on(units, day, where).order_by("person__sort_key", "pk").values_list(*names)
    for unit, root, start, precision in rows.iterator(500):
        since = PartialDate(start, Precision(precision)) if start else None
        yield unit, root, Span.between(since, None)


def persons_named(figure: Figure, material: Material, most: int = 0) -> tuple[list[Behind], int]:
    """The persons whom the figure's entries name, most often named first; how many are not here."""
    if not figure.people:
        return [], 0
    ordered = sorted(figure.people, key=lambda pair: -pair[1])
    wanted = ordered[:most] if most else ordered
    last = _last_named(figure.counted, {root for root, _times in wanted}, material)
    persons = persons_known([root for root, _times in wanted])
    found = [
        Behind(
            persons[root].code, persons[root].shown, last[root].unit, written(last[root].span),
            _("%(times)s lần") % {"times": times}, "counted", times=times,
        )
        for root, times in wanted
    ]  # fmt: skip
    return found, len(ordered) - len(wanted)


def _last_named(codes: Sequence[str], roots: set[int], material: Material) -> dict:
    facts = sorted((material.by_code[code] for code in codes), key=lambda fact: fact.span.last_day)
    return {root: fact for fact in facts for root in fact.people if root in roots}
