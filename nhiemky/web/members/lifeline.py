"""The life of a member as a page shows it: memberships with what was corrected of them, standings, children, posts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue
from nhiemky.members.gifts import next_gift_days
from nhiemky.members.masking import HIDDEN, Sight
from nhiemky.members.models import Grouping, Membership, Standing
from nhiemky.members.particulars import choices
from nhiemky.members.queries import Life
from nhiemky.members.standings import kinds
from nhiemky.rules.vietnamese import day as written_day
from nhiemky.rules.vietnamese import partial, span
from nhiemky.units.queries import UnitCard
from nhiemky.web.once import moment_of

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Former:
    """What was written before a correction."""

    span: str
    how: str
    by: str


@dataclass(frozen=True)
class Stay:
    """A membership: where, when, how it began and ended, its groups; `gone` when it was annulled."""

    code: str
    unit: UnitCard | None
    span: str
    began: str
    ended: str
    running: bool
    gone: bool
    by: str
    groups: tuple[str, ...]
    former: tuple[Former, ...]


def stays(life: Life, names: Mapping[int, UnitCard], today: date) -> list[Stay]:
    """The memberships, the latest first; those that were annulled stand where they would have been."""
    replaced = {row.replaces_id for row in life.memberships if row.replaces_id}
    last = [row for row in life.memberships if row.pk not in replaced]
    last.sort(key=lambda row: (row.starts_on or date.min, row.pk), reverse=True)
    return [_stay(row, life, names, today) for row in last]


def _stay(row: Membership, life: Life, names: Mapping[int, UnitCard], today: date) -> Stay:
    by_key = {each.pk: each for each in life.memberships}
    former, newer = [], row
    while newer.replaces_id and (older := by_key.get(newer.replaces_id)):
        if not _only_ended(older, newer):
            former.append(Former(span(older.span), _how(older), _by(older)))
        newer = older
    groups = [each for each in life.groupings if each.span.overlaps(row.span)] if not row.superseded_at else []
    return Stay(
        code=row.code,
        unit=names.get(row.unit_id),
        span=span(row.span),
        began=_began(row),
        ended=_ended(row),
        running=not row.superseded_at and row.span.holds(today),
        gone=row.superseded_at is not None,
        by=_by(row),
        groups=tuple(_group(each, names) for each in groups),
        former=tuple(former),
    )


def _only_ended(older: Membership, newer: Membership) -> bool:
    """Whether the newer row only tells that the membership ended."""
    same = (older.span.start, older.joining, older.decision) == (newer.span.start, newer.joining, newer.decision)
    return same and older.ends_before is None and newer.ends_before is not None


def _began(row: Membership) -> str:
    words = catalogue.terms("catalogue/joinings.toml", "joining")
    return _with_decision(words[row.joining].label if row.joining in words else "", row.decision)


def _ended(row: Membership) -> str:
    if row.ends_before is None:
        return ""
    words = catalogue.terms("catalogue/leavings.toml", "leaving")
    return _with_decision(words[row.leaving].label if row.leaving in words else "", row.leaving_decision)


def _how(row: Membership) -> str:
    return "; ".join(each for each in (_began(row), _ended(row)) if each)


def _with_decision(what: str, decision: str) -> str:
    return ", ".join(each for each in (what, decision and _("quyết định %(number)s") % {"number": decision}) if each)


def _by(row: Membership) -> str:
    return f"{row.recorded_by} · {moment_of(row)}"


def _group(row: Grouping, names: Mapping[int, UnitCard]) -> str:
    found = names.get(row.group_id)
    return f"{found.short if found else row.group.code} ({span(row.span)})"


@dataclass(frozen=True)
class StandingShown:
    """What a member is for a span; `lapses` says when a decision stops having effect by itself."""

    code: str
    label: str
    short: str
    span: str
    more: str
    running: bool
    lapses: str
    warns: bool


def standings(life: Life, sight: Sight, today: date) -> tuple[list[StandingShown], int]:
    """The standings, those that hold first; and how many are not shown to one who stands far."""
    known, order = kinds(), list(kinds())
    far = [row for row in life.standings if known[row.kind].secrecy == "sensitive" and sight is Sight.FAR]
    rows = [row for row in life.standings if row not in far]
    rows.sort(key=lambda row: (not row.span.holds(today), order.index(row.kind)))
    return [_standing(row, today) for row in rows], len(far)


def _standing(row: Standing, today: date) -> StandingShown:
    kind = kinds()[row.kind]
    lapses = ""
    if kind.lapses and row.ends_before:
        day = {"day": written_day(row.ends_before)}
        lapses = (
            _("còn hiệu lực, tự hết từ %(day)s") % day if row.span.holds(today) else _("hết hiệu lực từ %(day)s") % day
        )
    return StandingShown(
        code=row.code,
        label=kind.label,
        short=kind.short,
        span=span(row.span),
        more=" · ".join(each for each in (row.decision and _with_decision("", row.decision), row.note) if each),
        running=row.span.holds(today),
        lapses=lapses,
        warns=kind.secrecy == "sensitive" or row.kind == "suspended",
    )


@dataclass(frozen=True)
class ChildShown:
    """A child and the gifts to come: (day, whether they get it; None where the birth date does not tell)."""

    code: str
    name: str
    born: str
    sex: str
    gifts: tuple[tuple[str, str], ...]


def children(life: Life, sight: Sight, today: date) -> list[ChildShown]:
    days = next_gift_days(today)
    words = {True: _("có quà"), False: _("không"), None: _("chưa rõ, cần ngày sinh")}
    far = sight is Sight.FAR
    return [
        ChildShown(
            code=child.code,
            name=HIDDEN if far else child.name,
            born=(str(child.born.first.year) if far else partial(child.born)) if child.born else "",
            sex="" if far else choices("sex").get(child.sex, ""),
            gifts=tuple((f"{each.label} {each.day.year}", words[each.due(child.born)]) for each in days),
        )
        for child in life.children
    ]
