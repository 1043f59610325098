"""Where to write now, of a unit that has ended: said before anything is typed."""

from __future__ import annotations

from datetime import date

from django.http import HttpRequest
from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal
from nhiemky.rules import vietnamese
from nhiemky.units.models import Succession, Unit
from nhiemky.units.queries import last_day_of, names_of
from nhiemky.web import access

MOST_NAMED = 8


def successors_named(unit: Unit, today: date) -> list[str]:
    """The units that go on with it, by name."""
    last = last_day_of(unit, today)
    rows = Succession.objects.filter(unit=unit, superseded_at__isnull=True, day__gt=last, day__lte=today)
    keys = list(rows.order_by("day", "pk").values_list("successor", flat=True)[:MOST_NAMED])
    names = names_of(keys, today)
    return [names[key].name for key in dict.fromkeys(keys)]


def no_more_members(request: HttpRequest, unit: Unit) -> None:
    """A refusal in words before the form is filled in; what was typed while the unit still lived meets the action."""
    today = access.today()
    if request.method == "POST" or unit.lives_on(today) or last_day_of(unit, today) > today:
        return
    given = {
        "name": names_of([unit.pk], last_day_of(unit, today))[unit.pk].name,
        "day": vietnamese.day(last_day_of(unit, today)),
    }
    said = _("“%(name)s” đã kết thúc hoạt động, đến hết %(day)s, nên không ghi thêm đoàn viên ở đây.") % given
    to = ", ".join(f"“{name}”" for name in successors_named(unit, today))
    mend = _("Hãy ghi ở %(units)s.") % {"units": to} if to else _("Hãy ghi ở đơn vị mà đoàn viên đang sinh hoạt.")
    raise Refusal(f"{said} {mend}")
