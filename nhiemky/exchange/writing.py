"""Writes the objects of an exchange file, each through the action a person would use."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.exchange.pen import Pen, kept, span_of
from nhiemky.exchange.reading import Item
from nhiemky.exchange.register import OF_REGISTER
from nhiemky.figures.actions import adopt_target
from nhiemky.figures.models import Target
from nhiemky.foundation.actions import record_source
from nhiemky.foundation.models import Source
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger.actions import (
    cancel_entry,
    correct_entry,
    correct_statement,
    record_entry,
    record_statement,
)
from nhiemky.ledger.checks import Money, quantity
from nhiemky.ledger.models import Entry, Statement
from nhiemky.members.actions import fill_post
from nhiemky.members.models import Person, Post
from nhiemky.rules.indicators import Count, Coverage
from nhiemky.rules.targets import Aim, Basis
from nhiemky.units.actions import found_unit, name_period, open_term, place_unit
from nhiemky.units.models import NamedPeriod, Placement, Term, Unit


def write(pen: Pen, item: Item) -> None:
    """Write one object; Refusal with every fault of it."""
    if (item.table, item.id) in pen.taken:
        raise Refusal(_("Mã “%(id)s” đã dùng cho một bản ghi khác. Hãy chọn mã mới.") % {"id": item.id})
    pen.known[item.table, item.id] = _WRITERS[item.type](pen, item.given)
    pen.taken.add((item.table, item.id))


def _decimal(value: Any) -> Decimal | None:
    if value is None:
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        raise Refusal(_("“%(given)s” không phải con số.") % {"given": value}) from None


def _source(pen: Pen, given: dict[str, Any]) -> Source:
    fields = kept(given, "publisher", "published", "reference", "note")
    if "published" in given:
        span_of(given["published"])
    return record_source(by=pen.by, code=given["id"], title=given["title"], **fields)


def _unit(pen: Pen, given: dict[str, Any]) -> Unit:
    return found_unit(
        by=pen.by,
        code=given["id"],
        name=given["name"],
        short=given["short"],
        kind=given["kind"],
        block=given.get("block") or "",
        life=span_of(given.get("life", "..")),
        fictional=pen.fictional or given.get("fictional", False),
        note=given.get("note", ""),
        source=pen.maybe(Source, "source", given.get("source")),
    )


def _placement(pen: Pen, given: dict[str, Any]) -> Placement:
    return place_unit(
        by=pen.by,
        code=given["id"],
        unit=pen.find(Unit, "unit", given["unit"]),
        parent=pen.find(Unit, "unit", given["parent"]),
        valid=span_of(given["valid"]),
        decision=given.get("decision", ""),
        source=pen.maybe(Source, "source", given.get("source")),
    )


def _term(pen: Pen, given: dict[str, Any]) -> Term:
    planned = given.get("planned_end")
    return open_term(
        by=pen.by,
        code=given["id"],
        unit=pen.find(Unit, "unit", given["unit"]),
        label=given["label"],
        period=span_of(given["period"]),
        planned=span_of(planned) if planned else None,
        **kept(given, "ordinal", "motto"),
        **pen.cited(given),
    )


def _span(pen: Pen, given: dict[str, Any]) -> NamedPeriod:
    return name_period(
        by=pen.by,
        code=given["id"],
        unit=pen.find(Unit, "unit", given["unit"]),
        kind=given["kind"],
        label=given["label"],
        period=span_of(given["period"]),
        source=pen.maybe(Source, "source", given.get("source")),
    )


def _post(pen: Pen, given: dict[str, Any]) -> Post:
    return fill_post(
        by=pen.by,
        code=given["id"],
        unit=pen.find(Unit, "unit", given["unit"]),
        person=pen.find(Person, "person", given["person"]),
        valid=span_of(given["valid"]),
        term=pen.maybe(Term, "term", given.get("term")),
        **kept(given, "body", "role", "mandate"),
        **pen.cited(given),
    )


def _entry(pen: Pen, given: dict[str, Any]) -> Entry:
    counts = [
        Count(
            row["word"], quantity(row.get("value"), row.get("comparator", "eq"), row.get("text", "")), row.get("out_of")
        )
        for row in given.get("counts", ())
    ]
    money = [
        Money(quantity(row.get("value"), row.get("comparator", "eq"), row.get("text", "")), row.get("fund", ""))
        for row in given.get("money", ())
    ]
    fields: dict[str, Any] = {
        "code": given["id"],
        "kind": given["kind"],
        "period": span_of(given["period"]),
        "today": pen.today,
        "coverage": Coverage(given["coverage"]),
        "counts": counts,
        "money": money,
        "details": given.get("details", {}),
        **kept(given, "beneficiaries", "partners", "note"),
        **pen.cited(given),
    }
    unit = pen.find(Unit, "unit", given["unit"])
    if not given.get("corrects"):
        return record_entry(by=pen.by, unit=unit, **fields)
    old: Entry = pen.find(Entry, "entry", given["corrects"])
    _same_unit(old, unit)
    return correct_entry(by=pen.by, entry=old, reason=given.get("reason", ""), **fields)


def _same_unit(old: Any, unit: Unit) -> None:
    if old.unit_id != unit.pk:
        raise Refusal(_("Bản ghi sửa phải thuộc cùng đơn vị với bản ghi cũ. Muốn chuyển đơn vị thì hủy rồi ghi lại."))


def _cancellation(pen: Pen, given: dict[str, Any]) -> Entry:
    return cancel_entry(
        by=pen.by,
        code=given["id"],
        entry=pen.find(Entry, "entry", given["cancels"]),
        reason=given.get("reason", ""),
    )


def _statement(pen: Pen, given: dict[str, Any]) -> Statement:
    value = given.get("value")
    fields: dict[str, Any] = {
        "code": given["id"],
        "subject": given["subject"],
        "period": span_of(given["period"]),
        "today": pen.today,
        "value": None if value is None else quantity(value, given.get("comparator", "eq")),
        "percent": _decimal(given.get("percent")),
        "grade": given.get("grade", ""),
        "coverage": Coverage(given["coverage"]),
        **kept(given, "comparator", "note"),
        **pen.cited(given),
    }
    unit = pen.find(Unit, "unit", given["unit"])
    if not given.get("corrects"):
        return record_statement(by=pen.by, unit=unit, **fields)
    old: Statement = pen.find(Statement, "statement", given["corrects"])
    _same_unit(old, unit)
    return correct_statement(by=pen.by, statement=old, reason=given.get("reason", ""), **fields)


def _target(pen: Pen, given: dict[str, Any]) -> Target:
    return adopt_target(
        by=pen.by,
        code=given["id"],
        unit=pen.find(Unit, "unit", given["unit"]),
        indicator=given["indicator"],
        aim=Aim(given["aim"]),
        basis=Basis(given["basis"]),
        period=span_of(given["period"]),
        low=_decimal(given.get("low")),
        high=_decimal(given.get("high")),
        grade=given.get("grade", ""),
        term=pen.maybe(Term, "term", given.get("term")),
        **kept(given, "clause", "quotation", "lower_is_better"),
        **pen.cited(given),
    )


_WRITERS: dict[str, Callable[[Pen, dict[str, Any]], Any]] = {
    "source": _source,
    "unit": _unit,
    "placement": _placement,
    "term": _term,
    "span": _span,
    "post": _post,
    "entry": _entry,
    "cancellation": _cancellation,
    "statement": _statement,
    "target": _target,
    **OF_REGISTER,
}
