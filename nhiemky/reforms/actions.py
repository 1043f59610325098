"""Writes of reorganisations: drafted, applied in one transaction, annulled as if never been, turned back on a later day."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from datetime import date

from django.utils.translation import gettext as _

from nhiemky.foundation import background, clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.files import Kept, store
from nhiemky.foundation.models import User, new_code
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.members.actions.reorganising import reorganise_register, restore_register
from nhiemky.members.models import Membership, Person
from nhiemky.members.queries.counting import begun_in
from nhiemky.members.queries.going import Allotment
from nhiemky.reforms.models import DecisionFile, Reorganisation, State
from nhiemky.reforms.opening import cancel_openings, openings, write_openings
from nhiemky.reforms.queries.plan import Plan, laid_out
from nhiemky.reforms.queries.standing import refuse_others_today, refuse_what_is_no_tree, units_touched, what_stands_on
from nhiemky.reforms.queries.turning import reversing_rows
from nhiemky.reforms.rows import Row
from nhiemky.rules import vietnamese
from nhiemky.rules.vietnamese import clean
from nhiemky.units.actions.reshaping import close_terms, reopen_terms, reshape_tree, restore_tree
from nhiemky.units.models import Unit
from nhiemky.units.queries import going_on, may_give

Progress = Callable[[int], None]
_TEXTS = {"title": 200, "decision": 120, "decided_by": 200, "note": 2000}


@action("reforms.reorganisation.draft")
def draft_reorganisation(
    *, by: User, unit: Unit, day: date, rows: Sequence[Row] = (), code: str = "", file: Kept | None = None,
    reverses: Reorganisation | None = None, decided_on: date | None = None, **texts: str,
) -> Reorganisation:  # fmt: skip
    """A plan to look at; the tree is as it was until it is applied."""
    _answers_for(by, unit)
    event = Reorganisation(unit=unit, code=code or new_code(), drafted_at=clock.now(), drafted_by=by, reverses=reverses)
    _say(event, day=day, rows=rows, decided_on=decided_on, texts=texts)
    event.save(force_insert=True)
    _attach(event, by, file)
    write_event(subject=f"reorganisation:{event.code}", unit=unit.code, data={"rows": len(event.plan)})
    return event


@action("reforms.reorganisation.amend")
def amend_reorganisation(
    *, by: User, event: Reorganisation, day: date, rows: Sequence[Row], file: Kept | None = None,
    decided_on: date | None = None, **texts: str,
) -> Reorganisation:  # fmt: skip
    """The draft, with other rows or words; refused where somebody changed the rows since they were read."""
    seen, event = event.plan, _fresh(event, State.DRAFT, by)
    if event.plan != seen:
        raise Refusal(_("Phương án vừa được sửa ở một trang khác. Hãy xem lại các dòng rồi làm lại."))
    _say(event, day=day, rows=rows, decided_on=decided_on, texts=texts)
    event.save()
    _attach(event, by, file)
    write_event(subject=f"reorganisation:{event.code}", unit=event.unit.code, data={"rows": len(event.plan)})
    return event


@action("reforms.reorganisation.discard")
def discard_reorganisation(*, by: User, event: Reorganisation) -> None:
    """The draft is put aside; it was never applied."""
    event = _fresh(event, State.DRAFT, by)
    event.state, event.ended_at, event.ended_by = State.DISCARDED, clock.now(), by
    event.save()
    write_event(subject=f"reorganisation:{event.code}", unit=event.unit.code)


@action(
    "reforms.reorganisation.apply",
    calls=("units.tree.reshape", "units.terms.close_all", "members.register.reorganise", "ledger.statement.record"),
)
def apply_reorganisation(
    *, by: User, event: Reorganisation, today: date, tell: Progress = lambda _part: None, seen: str = ""
) -> Reorganisation:
    """Write the plan, whole or not at all. `tell` hears of a hundred how much is done; `seen` is the plan's `stamp_of`.

    Every fault of the plan at once is a Refusal. Nothing is applied before its day: what holds then is not known yet.
    """
    event = _ready(event, by, today, seen)
    plan = laid_out(event.unit, rows_of(event), event.day)
    if isinstance(plan, list):
        raise Refusal.of(told.sentence for told in plan)
    refuse_others_today(event, _spoken_of(plan), today)
    tell(20)
    opened = openings(event, plan)
    tell(30)
    written = written_decision(event)
    given = {"by": by, "unit": event.unit, "cause": event.code, "decision": written}
    reshape_tree(reshaping=plan.reshaping, **given)
    tell(60)
    keys = _keys(plan)
    ended = frozenset(keys[unit] for unit in plan.ended)
    terms = close_terms(units=ended, day=plan.day, **given)
    counts = reorganise_register(
        day=plan.day, ended=ended, allotment=_allotment(plan, keys), begun=_begun(plan, keys), **given
    )
    tell(80)
    stocks = write_openings(event, by, opened, today)
    event.state, event.applied_at, event.applied_by = State.APPLIED, clock.now(), by
    event.counts = counts | {"terms": terms, "stocks": stocks} | _tally(plan)
    event.save()
    write_event(subject=f"reorganisation:{event.code}", unit=event.unit.code, data=event.counts)
    tell(100)
    return event


@action("reforms.reorganisation.order")
def order_application(*, by: User, event: Reorganisation, today: date, seen: str) -> None:
    """The plan as it was seen is to be applied in the background, by whoever ordered it."""
    from nhiemky.reforms.tasks import apply_in_background

    event = _ready(event, by, today, seen)
    event.applied_by = by
    event.save()
    background.enqueue(apply_in_background, event.code, seen)
    write_event(subject=f"reorganisation:{event.code}", unit=event.unit.code, data={"rows": len(event.plan)})


@action(
    "reforms.reorganisation.annul",
    calls=("units.tree.restore", "units.terms.reopen_all", "members.register.restore", "ledger.statement.cancel"),
)
def annul_reorganisation(*, by: User, event: Reorganisation, reason: str) -> Reorganisation:
    """It never was so: what it wrote goes, what stood before stands again, from the event's own day."""
    event = _fresh(event, State.APPLIED, by)
    if not clean(reason):
        raise Refusal(_("Chưa có lý do. Hãy ghi vì sao hủy việc sắp xếp này."))
    if standing := what_stands_on(event):
        raise Refusal.of(standing)
    refuse_others_today(event, units_touched(event), clock.today())
    given = {"by": by, "unit": event.unit, "cause": event.code}
    cancel_openings(event, by, clean(reason)[:300])
    restore_register(**given)
    reopen_terms(**given)
    touched = units_touched(event)
    restore_tree(**given)
    refuse_what_is_no_tree(touched, event.day)
    event.state, event.ended_at, event.ended_by = State.ANNULLED, clock.now(), by
    event.reason = clean(reason)[:300]
    event.save()
    write_event(subject=f"reorganisation:{event.code}", unit=event.unit.code)
    return event


@action("reforms.reorganisation.reverse", calls=("reforms.reorganisation.draft",))
def reverse_reorganisation(*, by: User, event: Reorganisation, day: date, code: str = "") -> Reorganisation:
    """A draft that brings back, on a later day, what stood before; it is looked at and applied like any other."""
    event = _fresh(event, State.APPLIED, by)
    if day <= event.day:
        raise Refusal(
            _("Ngày lập lại phải sau ngày %(day)s. Nếu việc sắp xếp chưa từng có, hãy hủy nó.")
            % {"day": vietnamese.day(event.day)}
        )
    turned = draft_reorganisation(
        by=by, unit=event.unit, day=day, rows=reversing_rows(event), reverses=event, code=code,
        title=(_("Lập lại như trước: %(title)s") % {"title": event.title})[:200],
    )  # fmt: skip
    write_event(subject=f"reorganisation:{event.code}", unit=event.unit.code, data={"reversed_by": turned.code})
    return turned


def rows_of(event: Reorganisation) -> list[Row]:
    return [Row.of_json(given) for given in event.plan]


def written_decision(event: Reorganisation) -> str:
    """The number, and the day of the decision where it is known."""
    if not event.decided_on or not event.decision:
        return event.decision
    said = _("%(number)s ngày %(day)s") % {"number": event.decision, "day": vietnamese.day(event.decided_on)}
    return str(said)[:120]


def _say(
    event: Reorganisation, *, day: date, rows: Sequence[Row], decided_on: date | None, texts: Mapping[str, str],
) -> None:  # fmt: skip
    faults = []
    for name, text in texts.items():
        limit, field = _TEXTS[name], Reorganisation._meta.get_field(name)
        kept = "\n".join(map(clean, text.splitlines())).strip() if name == "note" else clean(text)
        if len(kept) > limit:
            faults.append(
                _("“%(label)s” dài quá %(limit)s chữ. Hãy ghi ngắn lại.")
                % {"label": getattr(field, "verbose_name", name), "limit": limit}
            )
        setattr(event, name, kept)
    if not event.title:
        faults.append(_("Chưa có tên việc sắp xếp. Hãy ghi ngắn gọn, ví dụ: Kết thúc cấp huyện."))
    if day.year < 1929:
        faults.append(_("Ngày có hiệu lực quá xa. Hãy kiểm tra lại năm."))
    # decisions are often signed after the day they speak of; only the year is likely to be a slip
    if decided_on and decided_on.year - day.year > 1:
        faults.append(_("Ngày quyết định muộn hơn ngày có hiệu lực quá một năm. Hãy kiểm tra lại."))
    if faults:
        raise Refusal.of(faults)
    event.day, event.decided_on = day, decided_on
    event.plan = [row.as_json() for row in rows]


def _attach(event: Reorganisation, by: User, file: Kept | None) -> None:
    """The decision's file, once however often it is handed in."""
    if file is None or event.files.filter(digest=file.digest).exists():
        return
    store(file)
    DecisionFile.objects.create(
        event=event, digest=file.digest, name=file.name, media_type=file.media_type, size=len(file.data),
        recorded_at=clock.now(), recorded_by=by,
    )  # fmt: skip


def _answers_for(by: User, unit: Unit) -> None:
    """A plan reaches all below: whoever answers for the unit alone makes none."""
    if not may_give(by, unit, True, clock.today()):
        raise NotAllowed(_("Việc sắp xếp do người phụ trách cả các đơn vị bên dưới làm. Hãy nhờ người đó."))


def _fresh(event: Reorganisation, state: State, by: User) -> Reorganisation:
    """As it stands now, whatever the page that was open says."""
    now = Reorganisation.objects.select_related("unit").get(pk=event.pk)
    _answers_for(by, now.unit)
    if now.state != state:
        raise Refusal(_("Việc sắp xếp này %(state)s từ trước. Hãy tải lại trang.") % {"state": now.get_state_display()})
    return now


def stamp_of(event: Reorganisation) -> str:
    """Of what a plan says and when: another one for every other plan."""
    told = json.dumps([event.code, event.day.isoformat(), event.plan], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(told.encode()).hexdigest()[:32]


def _ready(event: Reorganisation, by: User, today: date, seen: str) -> Reorganisation:
    event = _fresh(event, State.DRAFT, by)
    if seen and stamp_of(event) != seen:
        raise Refusal(_("Phương án đã sửa sau khi xem trước nên chưa áp dụng. Hãy xem trước lần nữa."))
    if event.day > today:
        raise Refusal(
            _("Phương án có hiệu lực từ ngày %(day)s. Hãy áp dụng khi đến ngày đó; bản soạn vẫn được giữ.")
            % {"day": vietnamese.day(event.day)}
        )
    return event


def _spoken_of(plan: Plan) -> set[int]:
    """The units of the plan that there are already, and those of the members whom it allots."""
    allotted = Membership.objects.filter(going_on(plan.day), person__code__in=list(plan.persons), superseded_at=None)
    return set(_keys(plan).values()) | set(allotted.values_list("unit", flat=True))


def _keys(plan: Plan) -> dict[str, int]:
    found: dict[str, int] = {}
    codes = list(plan.names)
    for start in range(0, len(codes), 500):
        found |= dict(Unit.objects.filter(code__in=codes[start : start + 500]).values_list("code", "pk"))
    return found


def _allotment(plan: Plan, keys: Mapping[str, int]) -> Allotment:
    persons = dict(Person.objects.filter(code__in=list(plan.persons)).values_list("code", "pk"))
    named = {persons[code]: keys[unit] for code, unit in plan.persons.items()}
    return Allotment(
        whole={keys[unit]: keys[to] for unit, to in plan.whole.items()},
        groups={keys[unit]: (keys[left], keys[to]) for unit, (left, to) in plan.groups.items()},
        persons=named,
    )


def _begun(plan: Plan, keys: Mapping[str, int]) -> frozenset[int]:
    """New units whose members come from units that are counted from their register: they are from the first day on."""
    new = {unit for unit, span in plan.changes.lives_come if span.starts_on == plan.day}
    came_from: dict[int, set[int]] = {}
    for row in plan.changes.successions:
        if row.successor in new and row.unit in plan.ended:
            came_from.setdefault(keys[row.successor], set()).add(keys[row.unit])
    counted = begun_in([unit for units in came_from.values() for unit in units])
    whole = {
        unit for unit, sources in came_from.items() if all(counted.get(each, date.max) <= plan.day for each in sources)
    }
    return frozenset(whole - set(begun_in(whole)))


def _tally(plan: Plan) -> dict[str, int]:
    changes = plan.changes
    new = {unit for unit, span in changes.lives_come if span.starts_on == plan.day}
    moved = {edge.unit for edge in changes.edges_come if edge.span.starts_on == plan.day} - new
    return {
        "founded": len(new),
        "ended": len(plan.ended),
        "moved": len(moved),
        "renamed": len(set(plan.reshaping.called) - new),
    }
