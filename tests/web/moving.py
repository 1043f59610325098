"""Members who are to move, for the tests of the web room."""

from __future__ import annotations

from datetime import date
from typing import Any

from nhiemky.foundation.models import User
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit

OLD, NEW = "hc-y-te-suoi-mong", "hc-thcs-may-trang"
LAST = date(2026, 10, 31)


def a_member(by: User, unit: Unit, name: str = "Trần Thị Mẫu Đơn", card: str = "T-501") -> Any:
    """Somebody who has been a member of the unit for years."""
    from nhiemky.members.actions import enter_person, join_unit
    from nhiemky.members.particulars import read

    born = read("born", "5/6/1988", date(2026, 11, 24)).values
    person = enter_person(by=by, name=name, fictional=True, card=card, **born)
    join_unit(by=by, unit=unit, person=person, valid=Span(date(2020, 1, 1), None), joining="individual")
    return person


def waiting_transfer(by: User, unit: Unit, to: str = NEW, **given: str) -> Any:
    """A member of the unit who waits to be received by the other."""
    from nhiemky.foundation import clock
    from nhiemky.members.actions import ask_transfer

    return ask_transfer(
        by=by, unit=unit, person=a_member(by, unit, **given), to_unit=Unit.objects.get(code=to), last_day=LAST,
        today=clock.today(), number="7/GT",
    )  # fmt: skip
