"""Writes of persons and what is kept of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import batch, clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import keep
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.models import Child, Person, PersonChange
from nhiemky.members.particulars import named
from nhiemky.members.queries.persons import home_of
from nhiemky.rules.timeline import PartialDate
from nhiemky.rules.vietnamese import clean
from nhiemky.units.models import Unit

# what follows from other columns, and is not told as a change of its own
DERIVED = frozenset({"sort_key", "folded", "id_digest", "id_last_digest"})
NEVER = frozenset({"id", "code", "same_as", "fictional"})


@action("members.person.enter")
def enter_person(*, by: User, name: str, unit: Unit | None = None, **fields: Any) -> Person:
    """A person, by name; `fields` are columns of Person as `particulars.read` gives them.

    `unit` is the one that enters them; without it the whole installation is asked for.
    """
    name = clean(name)
    if not 0 < len(name) <= 120:
        raise Refusal(_("Họ và tên đang để trống hoặc quá dài. Hãy ghi họ và tên."))
    person = Person(**fields | named(name))
    keep(person)
    write_event(subject=f"person:{person.code}", unit=unit.code if unit else "")
    return person


@action("members.person.amend")
def amend_person(*, by: User, unit: Unit, person: Person, values: Mapping[str, Any]) -> list[str]:
    """Other particulars of the person; gives the columns that changed. What they were before is kept beside."""
    if faults := NEVER & set(values):
        raise ValueError(faults)
    refuse_stranger(person, unit)
    if batch.opened() is None and Person.objects.filter(pk=person.pk, same_as__isnull=False).exists():
        raise Refusal(_("Hồ sơ này vừa được gộp vào một hồ sơ khác. Hãy mở hồ sơ đó rồi sửa ở đấy."))
    if "name" in values:
        values = {**values, **named(clean(values["name"]))}
        if not values["name"]:
            raise Refusal(_("Họ và tên đang để trống. Hãy ghi họ và tên."))
    changed = {name: value for name, value in values.items() if getattr(person, name) != value}
    told = [name for name in changed if name not in DERIVED]
    if told:
        before = {name: getattr(person, name) for name in told}
        keep(
            PersonChange(
                person=person, at=clock.now(), by=by, fields=told,
                before=json.dumps(before, ensure_ascii=False, default=str),
            )
        )  # fmt: skip
        for name, value in changed.items():
            setattr(person, name, value)
        person.save(update_fields=list(changed))
    write_event(subject=f"person:{person.code}", unit=unit.code, data={"fields": told})
    return told


@action("members.child.add")
def add_child(
    *, by: User, unit: Unit, person: Person, name: str, born: PartialDate | None = None, sex: str = "", code: str = ""
) -> Child:
    """A child of the member, for gifts on 1 June and at Mid-Autumn."""
    refuse_stranger(person, unit)
    name = clean(name)
    if not 0 < len(name) <= 120:
        raise Refusal(_("Họ tên của con đang để trống hoặc quá dài. Hãy ghi họ tên."))
    child = Child(person=person, name=name, sex=sex, recorded_at=clock.now(), recorded_by=by)
    if code:
        child.code = code
    if born:
        child.born_on, child.born_precision = born.first, born.precision
    keep(child)
    write_event(subject=f"child:{child.code}", unit=unit.code, data={"person": person.code})
    return child


@action("members.child.remove")
def remove_child(*, by: User, unit: Unit, child: Child) -> None:
    """The child was entered wrongly, or is to be forgotten: the name goes, the row stays."""
    refuse_stranger(child.person, unit)
    Child.objects.filter(pk=child.pk).update(name="", born_on=None, sex="", removed_at=clock.now())
    write_event(subject=f"child:{child.code}", unit=unit.code)


def refuse_stranger(person: Person, unit: Unit) -> None:
    """Only the unit where the person is a member, or was last, keeps what is known of them."""
    home = home_of(person)
    if home and home.unit_id != unit.pk:
        raise Refusal(_("Người này không là đoàn viên của đơn vị. Hãy mở sổ đoàn viên của đơn vị đang quản lý."))
