"""Lines of the register of members: persons, where they are members, and what is dated about them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.exchange.pen import Pen, kept, span_of
from nhiemky.foundation.models import Source
from nhiemky.foundation.refusals import Refusal
from nhiemky.members import particulars
from nhiemky.members.actions import (
    add_child,
    ask_transfer,
    begin_register,
    enter_person,
    join_unit,
    leave_unit,
    record_dues,
    record_standing,
    set_group,
)
from nhiemky.members.models import Child, Dues, Grouping, Membership, Person, RegisterBegun, Standing, Transfer
from nhiemky.rules.timeline import PartialDate
from nhiemky.units.models import Unit

Given = dict[str, Any]


def _person(pen: Pen, given: Given) -> Person:
    return enter_person(
        by=pen.by,
        code=given["id"],
        name=given["name"],
        fictional=pen.fictional or given.get("fictional", False),
        **_particulars(pen, given.get("particulars", {})),
    )


def _particulars(pen: Pen, given: dict[str, str]) -> dict[str, Any]:
    """The columns that the particulars fill; each is read as a form or a sheet reads it."""
    values: dict[str, Any] = {}
    faults = []
    for code, text in given.items():
        told = particulars.read(code, text, pen.today)
        values |= told.values
        faults += [told.error] if told.error else []
    if faults:
        raise Refusal.of(faults)
    return values


def _membership(pen: Pen, given: Given) -> Membership:
    return join_unit(
        by=pen.by,
        code=given["id"],
        unit=pen.find(Unit, "unit", given["unit"]),
        person=pen.find(Person, "person", given["person"]),
        valid=span_of(given["valid"]),
        source=pen.maybe(Source, "source", given.get("source")),
        **kept(given, "joining", "leaving", "decision", "leaving_decision"),
    )


def _leaving(pen: Pen, given: Given) -> Membership:
    last = span_of(given["last"]).start or PartialDate.parse(given["last"])
    fields = {"source": pen.find(Source, "source", given["source"])} if "source" in given else {}
    return leave_unit(
        by=pen.by,
        code=given["id"],
        membership=pen.find(Membership, "membership", given["membership"]),
        last=last,
        leaving=given["leaving"],
        **fields,
        **kept(given, "decision"),
    )


def _at(pen: Pen, given: Given) -> dict[str, Any]:
    """Whose the line is, and which unit says it."""
    return {
        "by": pen.by, "code": given["id"], "unit": pen.find(Unit, "unit", given["unit"]),
        "person": pen.find(Person, "person", given["person"]),
    }  # fmt: skip


def _grouping(pen: Pen, given: Given) -> Grouping:
    valid, at = span_of(given["valid"]), _at(pen, given)
    if valid.starts_on is None:
        raise Refusal(_("Chưa có ngày vào tổ. Hãy ghi ngày."))
    row: Grouping = set_group(**at, group=pen.find(Unit, "unit", given["group"]), since=valid.starts_on)
    if valid.ends_before:
        set_group(**at | {"code": ""}, group=None, since=valid.ends_before)
    return row


def _standing(pen: Pen, given: Given) -> Standing:
    return record_standing(**_at(pen, given), valid=span_of(given["valid"]), **kept(given, "kind", "decision", "note"))


def _child(pen: Pen, given: Given) -> Child:
    born = span_of(given["born"]).start if "born" in given else None
    return add_child(**_at(pen, given), name=given["name"], born=born, **kept(given, "sex"))


def _dues(pen: Pen, given: Given) -> Dues:
    months = span_of(given["months"])
    return record_dues(**_at(pen, given), months=months, **kept(given, "state", "wage", "paid"))


def _transfer(pen: Pen, given: Given) -> Transfer:
    return ask_transfer(
        **_at(pen, given),
        to_unit=pen.find(Unit, "unit", given["to"]),
        last_day=span_of(given["last_day"]).last_day,
        today=pen.today,
        **kept(given, "reason", "number"),
    )


def _register(pen: Pen, given: Given) -> RegisterBegun:
    begins_on = span_of(given["begins_on"]).starts_on
    assert begins_on is not None
    return begin_register(by=pen.by, unit=pen.find(Unit, "unit", given["unit"]), begins_on=begins_on)


OF_REGISTER: dict[str, Callable[[Pen, Given], Any]] = {
    "person": _person,
    "membership": _membership,
    "leaving": _leaving,
    "grouping": _grouping,
    "standing": _standing,
    "child": _child,
    "dues": _dues,
    "transfer": _transfer,
    "register": _register,
}
