"""Who sits in the bodies of a union, held against what the edition of the charter allows.

Source: domain reference "charter", sections 4.3 (sizes), 5 (vacancies, by-elections) and 6 (inspection, women, standing
committee). Everything here is a finding for people to look at; nothing is forbidden. What is not known finds nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction

from nhiemky.rules.rulesets import Limits, Place, Rule, RuleSet
from nhiemky.rules.timeline import ONE_DAY, Span, months_later

COMMITTEE, STANDING, INSPECTION, WOMEN, WOMEN_GROUP, GROUP = "bch", "btv", "ubkt", "ban_nu_cong", "to_nu_cong", "to"
# chair and vice-chairs belong to the standing committee where there is one (charter 6.3)
LEADING = frozenset({"chair", "standing_vice_chair", "vice_chair"})
ELECTED, ADDING = "elected", frozenset({"by_elected", "appointed"})
WEIGHED = frozenset({"prosecuted", "reprimand", "warning", "removal"})


class Problem(StrEnum):
    """What was found."""

    CHAIR_ONLY = "chair_only"
    TOO_FEW = "too_few"
    TOO_MANY = "too_many"
    ABOVE_FIXED = "above_fixed"
    FIXED_TOO_FEW = "fixed_too_few"
    FIXED_TOO_MANY = "fixed_too_many"
    VACANT = "vacant"
    MOST_VACANT = "most_vacant"
    ADDED_ABOVE = "added_above"
    ADDED_UNMEASURED = "added_unmeasured"
    STANDING_SHARE = "standing_share"
    STANDING_EARLY = "standing_early"
    INSPECTION_MISSING = "inspection_missing"
    INSPECTION_SHARE = "inspection_share"
    INSPECTION_FINANCE = "inspection_finance"
    INSPECTION_ACCOUNT = "inspection_account"
    WOMEN_MISSING = "women_missing"
    WOMEN_DUE = "women_due"
    WOMEN_NOBODY = "women_nobody"
    WOMEN_MANY = "women_many"
    GROUP_HEADLESS = "group_headless"
    FOREIGNER = "foreigner"
    WEIGH = "weigh"


class Gravity(StrEnum):
    """How much a finding asks of whoever reads it."""

    WARN = "warn"
    MILD = "mild"
    NOTE = "note"


@dataclass(frozen=True)
class Seat:
    """A person sits in a body in a role, by a mandate, for a span."""

    person: int
    body: str
    role: str
    mandate: str
    span: Span


@dataclass(frozen=True)
class Situation:
    """What is known of a union on a day: `seats` past ones too, `fixed` what the congress fixed by body.

    `women` are those known to be women; `every_sex_known` says that there are no more. `groups` are the groups below
    that have members -> whether somebody heads them.
    """

    place: Place
    day: date
    seats: tuple[Seat, ...] = ()
    term: Span | None = None
    fixed: Mapping[str, int] = field(default_factory=dict)
    women: int = 0
    every_sex_known: bool = False
    foreigners: frozenset[int] = frozenset()
    standings: Mapping[int, frozenset[str]] = field(default_factory=dict)
    groups: Mapping[int, bool] = field(default_factory=dict)

    def sitting(self, *bodies: str) -> frozenset[int]:
        """Who sits in one of the bodies on the day, each once."""
        return frozenset(seat.person for seat in self.seats if seat.body in bodies and seat.span.holds(self.day))

    def holding(self, roles: Iterable[str]) -> frozenset[int]:
        """Who has one of the roles on the day, in whatever body."""
        wanted = frozenset(roles)
        return frozenset(seat.person for seat in self.seats if seat.role in wanted and seat.span.holds(self.day))

    @property
    def committee(self) -> frozenset[int]:
        """The executive committee; who sits in the standing committee was elected from it."""
        return self.sitting(COMMITTEE, STANDING)

    @property
    def standing(self) -> frozenset[int]:
        """The standing committee, chair and vice-chairs among it; empty where there is none."""
        there = self.sitting(STANDING)
        return there | (self.committee & self.holding(LEADING)) if there else there

    @property
    def committee_size(self) -> int:
        """What shares of the committee are measured against: the number fixed, else those who sit."""
        return self.fixed.get(COMMITTEE) or len(self.committee)


@dataclass(frozen=True)
class Finding:
    """What was found, how grave, the numbers that show it, whom it is about, and the rule behind it if there is one."""

    problem: Problem
    body: str
    gravity: Gravity = Gravity.WARN
    count: int = 0
    limit: int = 0
    base: int = 0
    persons: tuple[int, ...] = ()
    units: tuple[int, ...] = ()
    due: date | None = None
    rule: Rule | None = None


def findings(situation: Situation, rules: RuleSet) -> tuple[Finding, ...]:
    """All that is to be looked at, body by body."""
    found: list[Finding] = []
    if situation.committee:
        found += _committee(situation, rules)
        found += _added(situation, rules)
        found += _standing(situation, rules)
        found += _inspection(situation, rules)
        found += _women(situation, rules)
    found += _groups(situation, rules)
    found += _persons(situation, rules)
    return tuple(found)


def most(share: Fraction, whole: int) -> int:
    """The largest whole number that is no more than the share: 2/3 of 11 -> 7, 1/2 of 27 -> 13."""
    return share.numerator * whole // share.denominator


def _committee(at: Situation, rules: RuleSet) -> Iterable[Finding]:
    count, fixed = len(at.committee), at.fixed.get(COMMITTEE)
    small = rules.found("bch_from_members", at.place)
    if small and at.place.members is not None and at.place.members < _whole(small):
        if count > 1:
            yield Finding(Problem.CHAIR_ONLY, COMMITTEE, count=count, limit=_whole(small), rule=small)
    elif rule := rules.found("bch_size", at.place):
        yield from _size(count, fixed, COMMITTEE, rule, _limits(rule))
    yield from _against_fixed(at, rules, COMMITTEE, count)
    if fixed and count < fixed:
        grave = rules.found("extraordinary_vacant", at.place)
        too_many = bool(grave and (fixed - count) > _share(grave) * fixed)
        yield Finding(
            Problem.MOST_VACANT if too_many else Problem.VACANT, COMMITTEE,
            Gravity.WARN if too_many else Gravity.NOTE, count=fixed - count, base=fixed,
            rule=grave if too_many else None,
        )  # fmt: skip


def _size(count: int, fixed: int | None, body: str, rule: Rule, limits: Limits) -> Iterable[Finding]:
    for size, few, many in (
        (count, Problem.TOO_FEW, Problem.TOO_MANY),
        (fixed, Problem.FIXED_TOO_FEW, Problem.FIXED_TOO_MANY),
    ):
        if size is not None and limits.least is not None and size < limits.least:
            yield Finding(few, body, count=size, limit=limits.least, rule=rule)
        if size is not None and limits.most is not None and size > limits.most:
            yield Finding(many, body, count=size, limit=limits.most, rule=rule)


def _against_fixed(at: Situation, rules: RuleSet, body: str, count: int) -> Iterable[Finding]:
    fixed = at.fixed.get(body)
    if fixed is not None and count > fixed:
        yield Finding(
            Problem.ABOVE_FIXED, body, count=count, limit=fixed, rule=rules.found("above_fixed", at.place)
        )  # fmt: skip


def _added(at: Situation, rules: RuleSet) -> Iterable[Finding]:
    """Added in the term, those who left again too: whoever was by-elected or appointed into the committee once."""
    if at.term is None:
        return
    inside = [seat for seat in at.seats if seat.body in (COMMITTEE, STANDING) and _begins_inside(seat, at.term, at.day)]
    # a committee that was appointed as a whole has no number that a congress fixed (charter 3.12)
    if not any(seat.mandate == ELECTED for seat in inside):
        return
    added = {seat.person for seat in inside if seat.mandate in ADDING and not _sat_already(seat, at.seats)}
    fixed, rule = at.fixed.get(COMMITTEE), rules.found("added_share", at.place)
    if not added or rule is None:
        return
    if fixed is None:
        yield Finding(Problem.ADDED_UNMEASURED, COMMITTEE, Gravity.NOTE, count=len(added), rule=rule)
    elif len(added) > _share(rule) * fixed:
        yield Finding(
            Problem.ADDED_ABOVE, COMMITTEE, count=len(added), limit=most(_share(rule), fixed), base=fixed, rule=rule
        )  # fmt: skip


def _begins_inside(seat: Seat, term: Span, day: date) -> bool:
    """Whether the seat began in the term and by the day; a start known to the year is inside where it may be."""
    start = seat.span.start
    if start is None or start.first > day:
        return False
    return (term.starts_on is None or start.last >= term.starts_on) and start.first <= term.last_day


def _sat_already(seat: Seat, seats: Iterable[Seat]) -> bool:
    """Whether the person sat in the committee when the seat began: a new role there adds nobody."""
    begin = seat.span.starts_on
    assert begin is not None
    before = begin - ONE_DAY
    return any(
        other.person == seat.person
        and other.body in (COMMITTEE, STANDING)
        and other != seat
        and (other.span.holds(before) or (other.mandate == ELECTED and other.span.holds(begin)))
        for other in seats
    )


def _standing(at: Situation, rules: RuleSet) -> Iterable[Finding]:
    count, base = len(at.standing), at.committee_size
    if not count:
        return
    if (rule := rules.found("btv_share", at.place)) and count > _share(rule) * base:
        yield Finding(
            Problem.STANDING_SHARE, STANDING, count=count, limit=most(_share(rule), base), base=base, rule=rule
        )  # fmt: skip
    if (rule := rules.found("btv_from_bch", at.place)) and base < _whole(rule):
        yield Finding(Problem.STANDING_EARLY, STANDING, Gravity.MILD, count=base, limit=_whole(rule), rule=rule)
    yield from _against_fixed(at, rules, STANDING, count)


def _inspection(at: Situation, rules: RuleSet) -> Iterable[Finding]:
    inspectors, members = at.sitting(INSPECTION), at.place.members
    if not inspectors:
        rule = rules.found("ubkt_from_members", at.place)
        if rule and (_whole(rule) == 0 or (members is not None and members >= _whole(rule))):
            yield Finding(
                Problem.INSPECTION_MISSING, INSPECTION, count=members or 0, limit=_whole(rule), rule=rule
            )  # fmt: skip
        return
    count = len(inspectors)
    if (rule := rules.found("ubkt_min", at.place)) and count < _whole(rule):
        yield Finding(Problem.TOO_FEW, INSPECTION, count=count, limit=_whole(rule), rule=rule)
    if (rule := rules.found("ubkt_max", at.place)) and count > _whole(rule):
        yield Finding(Problem.TOO_MANY, INSPECTION, count=count, limit=_whole(rule), rule=rule)
    yield from _against_fixed(at, rules, INSPECTION, count)
    both = inspectors & at.committee
    if (rule := rules.found("ubkt_bch_share", at.place)) and len(both) > _share(rule) * count:
        yield Finding(
            Problem.INSPECTION_SHARE, INSPECTION, count=len(both), limit=most(_share(rule), count), base=count,
            persons=_sorted(both), rule=rule,
        )  # fmt: skip
    for code, problem, gravity in (
        ("ubkt_barred_roles", Problem.INSPECTION_FINANCE, Gravity.WARN),
        ("account_holder_roles", Problem.INSPECTION_ACCOUNT, Gravity.MILD),
    ):
        rule = rules.found(code, at.place)
        if rule and isinstance(rule.value, tuple) and (barred := inspectors & at.holding(rule.value)):
            yield Finding(problem, INSPECTION, gravity, count=len(barred), persons=_sorted(barred), rule=rule)


def _women(at: Situation, rules: RuleSet) -> Iterable[Finding]:
    there, count = at.sitting(WOMEN, WOMEN_GROUP), len(at.sitting(WOMEN))
    least = rules.found("women_from", at.place)
    if least and not there:
        if at.women >= _whole(least):
            yield _women_missing(at, rules, least)
        elif at.women and at.every_sex_known:
            yield Finding(Problem.WOMEN_NOBODY, WOMEN, Gravity.NOTE, count=at.women, limit=_whole(least), rule=least)
    if not count:
        return
    if (rule := rules.found("women_min", at.place)) and count < _whole(rule):
        yield Finding(Problem.TOO_FEW, WOMEN, count=count, limit=_whole(rule), rule=rule)
    rule, above = rules.found("women_share", at.place), rules.found("women_share_from_bch", at.place)
    base = at.committee_size
    if rule and base > (_whole(above) if above else 0) and count > _share(rule) * base:
        yield Finding(Problem.WOMEN_MANY, WOMEN, count=count, limit=most(_share(rule), base), base=base, rule=rule)


def _women_missing(at: Situation, rules: RuleSet, least: Rule) -> Finding:
    """Missing, or still to come: the deadline runs from the recognition, which comes after the term's first day."""
    count, limit = at.women, _whole(least)
    months = rules.found("women_months", at.place)
    if months and at.term and at.term.starts_on:
        due = months_later(at.term.starts_on, _whole(months))
        if at.day <= due:
            return Finding(Problem.WOMEN_DUE, WOMEN, Gravity.NOTE, count, limit, due=due, rule=months)
    return Finding(Problem.WOMEN_MISSING, WOMEN, count=count, limit=limit, rule=least)


def _groups(at: Situation, rules: RuleSet) -> Iterable[Finding]:
    rule = rules.found("group_officers", Place("group", "below"))
    headless = _sorted(unit for unit, headed in at.groups.items() if not headed)
    if rule and headless:
        yield Finding(Problem.GROUP_HEADLESS, GROUP, count=len(headless), units=headless, rule=rule)


def _persons(at: Situation, rules: RuleSet) -> Iterable[Finding]:
    sitting = sorted({(seat.person, seat.body) for seat in at.seats if seat.span.holds(at.day)})
    body = dict(reversed(sitting))
    rule = rules.found("foreigner_barred", at.place)
    if rule and rule.value is True:
        for person in sorted(at.foreigners & body.keys()):
            yield Finding(Problem.FOREIGNER, body[person], persons=(person,), rule=rule)
    for person in sorted(body):
        if at.standings.get(person, frozenset()) & WEIGHED:
            yield Finding(Problem.WEIGH, body[person], Gravity.NOTE, persons=(person,))


def _sorted(ids: Iterable[int]) -> tuple[int, ...]:
    return tuple(sorted(ids))


def _whole(rule: Rule) -> int:
    assert isinstance(rule.value, int)
    return rule.value


def _share(rule: Rule) -> Fraction:
    assert isinstance(rule.value, Fraction)
    return rule.value


def _limits(rule: Rule) -> Limits:
    assert isinstance(rule.value, Limits)
    return rule.value
