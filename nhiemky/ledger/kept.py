"""What the ledger keeps of a person of the register: told to them, and forgotten with them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.ledger import kinds
from nhiemky.ledger.models import EntryPerson
from nhiemky.members.models import Person
from nhiemky.rules.vietnamese import span as written
from nhiemky.units.queries import names_of


def told(persons: Sequence[int]) -> Iterator[tuple[str, Sequence[str], list[Sequence[str]]]]:
    """The entries that name one of these records."""
    rows = list(
        EntryPerson.objects.filter(person__in=persons)
        .select_related("entry")
        .order_by("entry__starts_on", "entry", "position")
    )
    units = names_of({row.entry.unit_id for row in rows}, clock.today())
    known = kinds.kinds()
    yield (
        _("Việc có ghi tên"),
        (_("Việc"), _("Thời gian"), _("Công đoàn"), _("Tên đã ghi"), _("Mã")),
        [
            (
                known[row.entry.kind].label if row.entry.kind in known else row.entry.kind,
                written(row.entry.span),
                units[row.entry.unit_id].name,
                row.name,
                row.entry.code,
            )
            for row in rows
        ],
    )


def forget(persons: Sequence[Person]) -> None:
    """The names go; how many an entry was for stays."""
    EntryPerson.objects.filter(person__in=persons).update(name="")
