"""Who sits in which body, held against small rule sets, beside a second implementation that counts day by day."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta
from fractions import Fraction
from itertools import count as counting

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from nhiemky.rules import mandates
from nhiemky.rules.mandates import Gravity, Problem, Seat, Situation
from nhiemky.rules.rulesets import Certainty, Limits, Place, Rule, RuleSet
from nhiemky.rules.timeline import Span
from tests.factories import Law, law, laws_in

FIRST = date(2023, 5, 1)
DAYS = 12
SHARES = [Fraction(1, 3), Fraction(1, 2), Fraction(2, 3)]
SEATS = [
    ("bch", "chair"), ("bch", "vice_chair"), *[("bch", "member")] * 5, ("btv", "standing_member"), ("btv", "chair"),
    *[("ubkt", "member")] * 3, ("ban_nu_cong", "head"), ("ban_nu_cong", "member"), ("to_nu_cong", "group_head"),
    ("ban_tham_muu", "treasurer"),
]  # fmt: skip
WHOLE = [
    "bch_from_members", "btv_from_bch", "ubkt_from_members", "ubkt_min", "ubkt_max", "women_from", "women_min",
    "women_share_from_bch", "women_months",
]  # fmt: skip
UP_TO = {"bch_from_members": 2, "btv_from_bch": 8, "women_from": 7}
SHARED = ["extraordinary_vacant", "added_share", "btv_share", "ubkt_bch_share", "women_share"]


def on(day: int) -> date:
    return FIRST + timedelta(days=day)


@st.composite
def spans(draw: st.DrawFn) -> Span:
    start = draw(st.one_of(st.none(), *[st.integers(-3, DAYS)] * 5))
    end = draw(st.one_of(*[st.none()] * 3, st.integers(max(start if start is not None else 0, 0) + 1, DAYS + 3)))
    return Span(on(start) if start is not None else None, on(end) if end is not None else None)


@st.composite
def seats(draw: st.DrawFn) -> Seat:
    body, role = draw(st.sampled_from(SEATS))
    mandate = draw(st.sampled_from(["elected", "elected", "by_elected", "appointed", "assigned"]))
    return Seat(draw(st.integers(1, 7)), body, role, mandate, draw(spans()))


@st.composite
def terms_of_additions(draw: st.DrawFn) -> Situation:
    """As it goes: some are elected at the start, one by one they leave, others are added and may leave again."""
    elected, made = draw(st.integers(1, 3)), []
    for person in range(1, elected + 1):
        left = draw(st.one_of(st.none(), st.integers(1, DAYS)))
        made.append(Seat(person, "bch", "member", "elected", Span(on(0), on(left) if left else None)))
    for at in range(draw(st.integers(2, 5))):
        start, person = draw(st.integers(-1, 8)), draw(st.sampled_from([elected + 1 + at, elected + 1 + at, 4, 1]))
        left = draw(st.one_of(st.none(), st.integers(1, 3)))
        span = Span(on(start), on(start + left) if left else None)
        body, mandate = draw(st.sampled_from(["bch", "bch", "btv"])), draw(st.sampled_from(["by_elected", "appointed"]))
        made.append(Seat(person, body, "member", mandate, span))
    return Situation(
        place=Place("grassroots", "grassroots", members=20), day=on(draw(st.integers(5, DAYS))), seats=tuple(made),
        term=Span(on(0), on(DAYS + 2)), fixed=draw(st.sampled_from([{}, {"bch": 1}, {"bch": 2}, {"bch": 3}, {"bch": 4}])),
    )  # fmt: skip


@st.composite
def inspections(draw: st.DrawFn) -> Situation:
    """A committee, inspectors some of whom are of it, and somebody who keeps the accounts."""
    always, made = Span(on(0), None), [Seat(1, "bch", "chair", "elected", Span(on(0), None))]
    made += [
        Seat(person, "bch", "member", "elected", always) for person in draw(st.sets(st.integers(1, 4), max_size=2))
    ]
    made += [Seat(person, "ubkt", "member", "elected", draw(st.sampled_from([always, Span(on(0), on(4))])))
             for person in draw(st.sets(st.integers(1, 7), min_size=3, max_size=4))]  # fmt: skip
    made += [Seat(person, "ban_tham_muu", "treasurer", "assigned", always) for person in draw(st.sets(st.integers(5, 7), max_size=1))]  # fmt: skip
    return Situation(
        place=Place("grassroots", "grassroots", members=20), day=on(draw(st.integers(2, 6))), seats=tuple(made)
    )


@st.composite
def situations(draw: st.DrawFn) -> Situation:
    day = draw(st.one_of(st.integers(0, DAYS), st.integers(8, DAYS)))
    term = draw(st.one_of(st.none(), *[st.just(Span(on(0), on(DAYS + 2)))] * 4, st.just(Span(on(3), on(9)))))
    people = st.integers(1, 7)
    return Situation(
        place=Place("grassroots", "grassroots", members=draw(st.one_of(st.none(), *[st.integers(0, 6)] * 4))),
        day=on(day),
        seats=tuple(draw(st.lists(seats(), max_size=10))),
        term=term,
        fixed=draw(st.sampled_from([{}, *({"bch": size} for size in (1, 1, 2, 3, 4, 6, 9))]))
        | draw(st.dictionaries(st.sampled_from(["btv", "ubkt"]), st.integers(1, 3), max_size=1)),
        women=draw(st.integers(0, 5)),
        every_sex_known=draw(st.booleans()),
        foreigners=frozenset(draw(st.sets(people, max_size=2))),
        standings=draw(st.dictionaries(people, st.sampled_from([frozenset({"warning"}), frozenset({"party"})]), max_size=2)),
        groups=draw(st.dictionaries(st.integers(50, 53), st.booleans(), max_size=3)),
    )  # fmt: skip


@st.composite
def rulesets(draw: st.DrawFn, silent: bool = True) -> RuleSet:
    """Values so small that counts stand at their bounds; each rule may be silent, unless told not to."""
    values: dict = {}
    nothing = [st.none()] if silent else []
    for code in WHOLE:
        values[code] = draw(st.one_of(*nothing, *[st.integers(0, UP_TO.get(code, 4))] * 3))
    for code in SHARED:
        values[code] = draw(st.one_of(*nothing, *[st.sampled_from(SHARES)] * 4))
    least = draw(st.integers(0, 3))
    values["bch_size"] = draw(
        st.sampled_from([None, Limits(least, least + 2), Limits(least + 1, None), Limits(None, least + 1)])
    )
    values["ubkt_barred_roles"] = draw(st.sampled_from([("treasurer",), *([None] * silent)]))
    values["account_holder_roles"] = draw(st.sampled_from([("chair",), *([None] * silent)]))
    values["foreigner_barred"] = draw(st.sampled_from([None, True, False]))
    values["group_officers"] = draw(st.sampled_from([None, True]))
    rules = tuple(Rule(code, value, Certainty.VERIFIED) for code, value in values.items() if value is not None)
    return RuleSet("X", "X", "X", Span(None, None), rules)


def naive(at: Situation, rules: RuleSet) -> set[tuple]:
    """The same, from the days each person sits, without the rule book's helpers."""
    say = {rule.code: rule.value for rule in rules.rules}
    today = at.day
    found: set[tuple] = set()

    def alive(seat: Seat, day: date) -> bool:
        begun = seat.span.starts_on is None or day >= seat.span.starts_on
        return begun and (seat.span.ends_before is None or day < seat.span.ends_before)

    def who(day: date, *bodies: str) -> set[int]:
        return {seat.person for seat in at.seats if alive(seat, day) and seat.body in bodies}

    def largest(share: Fraction, of: int) -> int:
        return next(n for n in counting() if Fraction(n + 1) > share * of)

    def tell(problem: Problem, body: str, gravity: Gravity = Gravity.WARN, count=0, limit=0, base=0, persons=(), units=(), due=None) -> None:  # fmt: skip
        found.add((problem, body, gravity, count, limit, base, tuple(sorted(persons)), tuple(sorted(units)), due))

    committee = who(today, "bch", "btv")
    fixed = at.fixed.get("bch")
    size = fixed if fixed else len(committee)

    if committee:
        n, small, limits = len(committee), say.get("bch_from_members"), say.get("bch_size")
        if small is not None and at.place.members is not None and at.place.members < small:
            if n >= 2:
                tell(Problem.CHAIR_ONLY, "bch", count=n, limit=small)
        elif limits:
            for number, few, many in ((n, Problem.TOO_FEW, Problem.TOO_MANY), (fixed, Problem.FIXED_TOO_FEW, Problem.FIXED_TOO_MANY)):  # fmt: skip
                if number is None:
                    continue
                if limits.least is not None and number not in range(limits.least, 99):
                    tell(few, "bch", count=number, limit=limits.least)
                if limits.most is not None and number not in range(limits.most + 1):
                    tell(many, "bch", count=number, limit=limits.most)
        standing = who(today, "btv")
        if standing:
            for seat in at.seats:
                if seat.person in committee and alive(seat, today) and seat.role in ("chair", "vice_chair"):
                    standing = standing | {seat.person}
            share = say.get("btv_share")
            if share and len(standing) > largest(share, size):
                tell(Problem.STANDING_SHARE, "btv", count=len(standing), limit=largest(share, size), base=size)
            if "btv_from_bch" in say and size + 1 <= say["btv_from_bch"]:
                tell(Problem.STANDING_EARLY, "btv", Gravity.MILD, count=size, limit=say["btv_from_bch"])
        inspectors = who(today, "ubkt")
        for body, people in (("bch", committee), ("btv", standing), ("ubkt", inspectors)):
            if people and body in at.fixed and len(people) >= at.fixed[body] + 1:
                tell(Problem.ABOVE_FIXED, body, count=len(people), limit=at.fixed[body])
        if fixed and n < fixed:
            bad = "extraordinary_vacant" in say and Fraction(fixed - n, fixed) > say["extraordinary_vacant"]
            tell(Problem.MOST_VACANT if bad else Problem.VACANT, "bch", Gravity.WARN if bad else Gravity.NOTE, count=fixed - n, base=fixed)  # fmt: skip
        if at.term:
            days = [
                at.term.starts_on + timedelta(days=d) for d in range((at.term.ends_before - at.term.starts_on).days)
            ]
            days = [day for day in days if day <= today]
            mine = [seat for seat in at.seats if seat.body in ("bch", "btv") and seat.span.starts_on in days]
            if any(seat.mandate == "elected" for seat in mine):
                added = set()
                for seat in mine:
                    first = seat.span.starts_on
                    day_before = {s.person for s in at.seats if s.body in ("bch", "btv") and s != seat and alive(s, first - timedelta(1))}  # fmt: skip
                    chosen = {s.person for s in at.seats if s.body in ("bch", "btv") and s != seat and s.mandate == "elected" and alive(s, first)}  # fmt: skip
                    if seat.mandate in ("by_elected", "appointed") and seat.person not in day_before | chosen:
                        added.add(seat.person)
                share = say.get("added_share")
                if added and share and fixed is None:
                    tell(Problem.ADDED_UNMEASURED, "bch", Gravity.NOTE, count=len(added))
                elif added and share and Fraction(len(added), fixed) > share:
                    tell(Problem.ADDED_ABOVE, "bch", count=len(added), limit=largest(share, fixed), base=fixed)
        if inspectors:
            k, both = len(inspectors), inspectors & committee
            if "ubkt_min" in say and k not in range(say["ubkt_min"], 99):
                tell(Problem.TOO_FEW, "ubkt", count=k, limit=say["ubkt_min"])
            if "ubkt_max" in say and k not in range(say["ubkt_max"] + 1):
                tell(Problem.TOO_MANY, "ubkt", count=k, limit=say["ubkt_max"])
            share = say.get("ubkt_bch_share")
            if share and Fraction(len(both), k) > share:
                tell(Problem.INSPECTION_SHARE, "ubkt", count=len(both), limit=largest(share, k), base=k, persons=both)
            for code, problem, gravity in (
                ("ubkt_barred_roles", Problem.INSPECTION_FINANCE, Gravity.WARN),
                ("account_holder_roles", Problem.INSPECTION_ACCOUNT, Gravity.MILD),
            ):
                barred = {s.person for s in at.seats if s.role in say.get(code, ()) and alive(s, today)} & inspectors
                if barred:
                    tell(problem, "ubkt", gravity, count=len(barred), persons=barred)
        elif "ubkt_from_members" in say:
            least, members = say["ubkt_from_members"], at.place.members
            if least == 0 or (members is not None and members - least >= 0):
                tell(Problem.INSPECTION_MISSING, "ubkt", count=members or 0, limit=least)
        women = who(today, "ban_nu_cong")
        if "women_from" in say and not who(today, "ban_nu_cong", "to_nu_cong"):
            least = say["women_from"]
            if at.women >= least:
                due = None
                if "women_months" in say and at.term:
                    start, months = at.term.starts_on, say["women_months"]
                    due = date(start.year, start.month + months, start.day)
                if due and not today > due:
                    tell(Problem.WOMEN_DUE, "ban_nu_cong", Gravity.NOTE, count=at.women, limit=least, due=due)
                else:
                    tell(Problem.WOMEN_MISSING, "ban_nu_cong", count=at.women, limit=least)
            elif at.women > 0 and at.every_sex_known:
                tell(Problem.WOMEN_NOBODY, "ban_nu_cong", Gravity.NOTE, count=at.women, limit=least)
        if women:
            if "women_min" in say and len(women) not in range(say["women_min"], 99):
                tell(Problem.TOO_FEW, "ban_nu_cong", count=len(women), limit=say["women_min"])
            share = say.get("women_share")
            if share and size > say.get("women_share_from_bch", 0) and len(women) > largest(share, size):
                tell(Problem.WOMEN_MANY, "ban_nu_cong", count=len(women), limit=largest(share, size), base=size)

    headless = [group for group in at.groups if not at.groups[group]]
    if headless and say.get("group_officers"):
        tell(Problem.GROUP_HEADLESS, "to", count=len(headless), units=headless)
    for person in range(1, 8):
        bodies = sorted(seat.body for seat in at.seats if seat.person == person and alive(seat, today))
        if bodies and person in at.foreigners and say.get("foreigner_barred"):
            tell(Problem.FOREIGNER, bodies[0], persons=[person])
        if bodies and "warning" in at.standings.get(person, ()):
            tell(Problem.WEIGH, bodies[0], Gravity.NOTE, persons=[person])
    return found


def told(at: Situation, rules: RuleSet) -> list[tuple]:
    return [
        (f.problem, f.body, f.gravity, f.count, f.limit, f.base, f.persons, f.units, f.due)
        for f in mandates.findings(at, rules)
    ]


@law(terms_of_additions(), rulesets(), examples=150)
def check_additions_are_those_of_the_second_implementation(at: Situation, rules: RuleSet) -> None:
    assert set(told(at, rules)) == naive(at, rules)


@law(inspections(), rulesets(), examples=100)
def check_inspectors_are_those_of_the_second_implementation(at: Situation, rules: RuleSet) -> None:
    assert set(told(at, rules)) == naive(at, rules)


@law(situations(), rulesets(), examples=200)
def check_findings_are_those_of_the_second_implementation(at: Situation, rules: RuleSet) -> None:
    mine = told(at, rules)
    assert len(mine) == len(set(mine)), "said twice"
    assert set(mine) == naive(at, rules)


@law(st.sampled_from(SHARES), st.integers(0, 80), examples=200)
def check_most_is_the_largest_whole_number_within_the_share(share: Fraction, whole: int) -> None:
    cap = mandates.most(share, whole)
    assert Fraction(cap) <= share * whole < cap + 1


@law(situations(), rulesets(), examples=60)
def check_order_of_seats_changes_nothing(at: Situation, rules: RuleSet) -> None:
    turned = Situation(**{**vars(at), "seats": tuple(reversed(at.seats))})
    assert told(at, rules) == told(turned, rules)


@pytest.mark.parametrize("one", laws_in(globals()), ids=str)
def test_law(one: Law) -> None:
    one.hold()


def test_every_problem_is_drawn_often_and_bounds_are_met() -> None:
    """A generator that never draws the hard case proves nothing."""
    seen: Counter[Problem] = Counter()
    bounds = 0

    def look(at: Situation, rules: RuleSet) -> None:
        nonlocal bounds
        seen.update({finding.problem for finding in mandates.findings(at, rules)})
        share, inspectors = rules.found("ubkt_bch_share", at.place), at.sitting("ubkt")
        bounds += bool(
            share and inspectors and Fraction(len(inspectors & at.committee), len(inspectors)) == share.value
        )

    for drawn, examples in ((situations(), 220), (terms_of_additions(), 60), (inspections(), 120)):
        chosen = settings(
            max_examples=examples, derandomize=True, database=None, deadline=None, phases=(Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )  # fmt: skip
        chosen(given(drawn, rulesets(silent=False))(look))()
    assert {problem for problem in Problem if seen[problem] < 3} == set(), seen
    assert bounds >= 3
