"""Reading what is masked, taking lists and a person's own data away, consent, and erasing a person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import keep
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal
from nhiemky.members.actions.persons import refuse_stranger
from nhiemky.members.masking import Sight, sight_of
from nhiemky.members.models import Child, Consent, Dues, Person, PersonChange, PersonMerge, Standing, Transfer
from nhiemky.members.particulars import DATES, fields, named, written
from nhiemky.members.purposes import erasures, purposes, reasons
from nhiemky.members.queries.persons import cluster_of, memberships_known
from nhiemky.members.queries.privacy import ERASED, received_under_erasure
from nhiemky.units.models import Unit


@action("members.person.reveal")
def reveal_person(*, by: User, unit: Unit, person: Person, codes: Sequence[str], reason: str) -> dict[str, str]:
    """The particulars in clear, by code of the field; the trail keeps which were read and why, never what they say."""
    refuse_stranger(person, unit)
    _check_reason(reason)
    codes = [code for code in fields() if code in codes]
    if not codes:
        raise Refusal(_("Chưa chọn mục nào để xem. Hãy chọn ít nhất một mục."))
    found = {code: written(person, code) for code in codes}
    write_event(subject=f"person:{person.code}", unit=unit.code, data={"fields": codes, "reason": reason})
    return found


@action("members.list.take")
def take_list(*, by: User, unit: Unit, codes: Sequence[str], count: int, reason: str) -> None:
    """A list with particulars that are masked on pages is taken away: which, of how many persons, and why."""
    _check_reason(reason)
    if sight_of(by, unit, clock.today()) is not Sight.NEAR:
        raise Refusal(_("Chỉ người ghi sổ của chính đơn vị được tải danh sách có số CCCD. Hãy tải danh sách thường."))
    write_event(
        subject=f"unit:{unit.code}", unit=unit.code, data={"fields": list(codes), "count": count, "reason": reason}
    )


@action("members.person.tell")
def tell_person(*, by: User, unit: Unit, person: Person) -> None:
    """Everything that is kept of the person is handed to them, by the unit that keeps it."""
    refuse_stranger(person, unit)
    if sight_of(by, unit, clock.today()) is not Sight.NEAR:
        raise Refusal(_("Dữ liệu của một người do chính đơn vị đang quản lý giao cho người đó. Hãy nhờ đơn vị."))
    write_event(subject=f"person:{person.code}", unit=unit.code, data={"fields": ["all"], "reason": "own"})


@action("members.consent.give")
def give_consent(*, by: User, unit: Unit, person: Person, purpose: str, given_on: date) -> Consent:
    """The person agreed to the purpose on that day; agreed already is agreed."""
    refuse_stranger(person, unit)
    if purpose not in purposes() or purposes()[purpose].by_law:
        raise Refusal(_("Danh mục không có mục đích “%(code)s” cần đồng ý.") % {"code": purpose})
    if given_on > clock.today():
        raise Refusal(_("Ngày đồng ý ở sau hôm nay. Hãy kiểm tra ngày."))
    row = Consent.objects.filter(person__in=cluster_of(person), purpose=purpose, withdrawn_on__isnull=True).first()
    if row is None:
        row = Consent(person=person, purpose=purpose, given_on=given_on, recorded_at=clock.now(), recorded_by=by)
        keep(row)
    write_event(subject=f"person:{person.code}", unit=unit.code, data={"purpose": purpose})
    return row


@action("members.consent.withdraw")
def withdraw_consent(*, by: User, unit: Unit, person: Person, purpose: str, withdrawn_on: date) -> None:
    """From that day the person no longer agrees."""
    refuse_stranger(person, unit)
    rows = Consent.objects.filter(person__in=cluster_of(person), purpose=purpose, withdrawn_on__isnull=True)
    if not rows:
        raise Refusal(_("Người này chưa đồng ý mục đích đó, nên không có gì để rút."))
    if withdrawn_on > clock.today() or withdrawn_on < max(row.given_on for row in rows):
        raise Refusal(_("Ngày rút phải từ ngày đồng ý đến hôm nay. Hãy kiểm tra ngày."))
    rows.update(withdrawn_on=withdrawn_on)
    write_event(subject=f"person:{person.code}", unit=unit.code, data={"purpose": purpose})


@action("members.person.erase")
def erase_person(*, by: User, unit: Unit, person: Person, reason: str) -> None:
    """Who it was is forgotten for ever: particulars, their changes, children, notes. That there was a member stays.

    Refused while the person is a member: the unit could not run without the name, and the law lets it keep that.
    """
    refuse_stranger(person, unit)
    if reason not in erasures():
        raise Refusal(_("Chưa chọn lý do xóa. Hãy chọn một lý do."))
    today = clock.today()
    if any(row.span.holds(today) for row in memberships_known(person)):
        raise Refusal(_("Người này đang là đoàn viên. Hãy ghi ngày rời đơn vị trước, rồi xóa."))
    records = list(cluster_of(person))
    for record in records:
        for column, value in _nothing().items():
            setattr(record, column, value)
        record.save(update_fields=list(_nothing()))
    PersonChange.objects.filter(person__in=records).update(before="", fields=[])
    PersonMerge.objects.filter(kept__in=records).update(reason="")
    Child.objects.filter(person__in=records).update(name="", born_on=None, sex="", removed_at=clock.now())
    for model in (Standing, Dues):
        model._default_manager.filter(person__in=records, superseded_at__isnull=True).update(superseded_at=clock.now())
    Standing.objects.filter(person__in=records).update(note="", decision="")
    Dues.objects.filter(person__in=records).update(wage=None)
    Transfer.objects.filter(person__in=records).update(reason="", answer="")
    for forget in received_under_erasure():
        forget(records)
    write_event(subject=f"person:{person.code}", unit=unit.code, data={"reason": reason})


def _nothing() -> Mapping[str, Any]:
    """The columns of a person of whom nothing is known any more."""
    empty: dict[str, Any] = dict(named(ERASED))
    for code in fields():
        if code in DATES:
            empty |= {DATES[code][0]: None, DATES[code][1]: "day"}
        elif code not in ("name", "foreigner"):
            empty[code] = ""
    return empty | {"foreigner": False, "id_digest": "", "id_last_digest": ""}


def _check_reason(reason: str) -> None:
    if reason not in reasons():
        raise Refusal(_("Chưa chọn lý do xem. Hãy chọn một lý do."))
