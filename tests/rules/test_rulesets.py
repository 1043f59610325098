"""Laws of editions: the nearest word holds, what is open never does, nothing gets surer by being taken over."""

from __future__ import annotations

import pytest
from hypothesis import strategies as st

from nhiemky.rules.rulesets import Certainty, Place, Rule, RuleSet, Scope, clashes
from nhiemky.rules.timeline import Span
from tests.factories import Law, law, laws_in

KINDS = {"grassroots": "grassroots", "trade": "grassroots", "ward": "upper", "province": "province"}
ORDER = list(Certainty)
places = st.builds(
    lambda kind, within, members: Place(kind, KINDS[kind], frozenset(within), members),
    st.sampled_from(list(KINDS)),
    st.sets(st.sampled_from(["ha noi", "ho chi minh"]), max_size=1),
    st.one_of(st.none(), *[st.integers(0, 6)] * 5),
)


@st.composite
def scopes(draw: st.DrawFn) -> Scope:
    low = draw(st.one_of(st.none(), st.integers(0, 3)))
    high = draw(st.one_of(st.none(), st.integers((low or 0) + 1, 6)))
    return Scope(
        levels=frozenset(draw(st.sets(st.sampled_from(["grassroots", "upper"]), max_size=1))),
        kinds=frozenset(draw(st.sets(st.sampled_from(list(KINDS)), max_size=2))),
        within=frozenset(draw(st.sampled_from([(), (), (), ("ha noi",), ("ho chi minh",)]))),
        members_from=low,
        members_below=high,
    )


@st.composite
def editions(draw: st.DrawFn, depth: int = 3) -> RuleSet:
    base = draw(editions(depth - 1)) if depth > 1 and draw(st.booleans()) else None
    rules: list[Rule] = []
    for number, scope in enumerate(draw(st.lists(scopes(), max_size=4))):
        certainty = draw(st.sampled_from([Certainty.VERIFIED, Certainty.VERIFIED, Certainty.NEWS, Certainty.OPEN]))
        value = None if certainty is Certainty.OPEN else 10 * depth + number
        rule = Rule("size", value, certainty, scope, edition=str(depth))
        # a file in which two rules speak of the same units is refused
        if not clashes([*rules, rule]):
            rules.append(rule)
    return RuleSet(
        str(depth), "", "", Span(None, None), tuple(rules), base=base,
        base_certainty=draw(st.sampled_from([Certainty.NEWS, Certainty.MEMORY])),
    )  # fmt: skip


def inside(scope: Scope, members: int) -> bool:
    return members >= (scope.members_from or 0) and (scope.members_below is None or members < scope.members_below)


def naive(edition: RuleSet | None, place: Place) -> int | None:
    """The value that holds, asked from the nearest scope outwards."""
    if edition is None:
        return None
    meant = []
    for rule in edition.rules:
        scope = rule.scope
        if scope.levels and place.level not in scope.levels:
            continue
        if scope.kinds and place.kind not in scope.kinds:
            continue
        if scope.within and not scope.within & place.within:
            continue
        rank = 4 * bool(scope.within) + 2 * bool(scope.kinds) + bool(scope.levels)
        meant.append((rank, rule))
    for rank in range(7, -1, -1):
        of_rank = [rule for at, rule in meant if at == rank]
        bracketed = [rule for rule in of_rank if rule.scope.members_from is not None or rule.scope.members_below is not None]  # fmt: skip
        if place.members is None and bracketed:
            return None
        for rule in of_rank:
            if rule.value is not None and (rule not in bracketed or inside(rule.scope, place.members or 0)):
                return rule.value  # type: ignore[return-value]
    return naive(edition.base, place)


@law(editions(), places, examples=150)
def check_the_nearest_word_is_found(edition: RuleSet, place: Place) -> None:
    found = edition.found("size", place)
    assert (found.value if found else None) == naive(edition, place)


@law(editions(), places, examples=120)
def check_nothing_gets_surer_by_being_taken_over(edition: RuleSet, place: Place) -> None:
    found = edition.found("size", place)
    if found is None:
        return
    assert not found.is_open and found.as_read is not None
    least = found.as_read
    at: RuleSet | None = edition
    while at is not None and at.code != found.edition:
        least = max(least, at.base_certainty, key=ORDER.index)
        at = at.base
    assert found.certainty == least


@law(editions(), places, examples=120)
def check_what_is_found_is_shown_in_force(edition: RuleSet, place: Place) -> None:
    found = edition.found("size", place)
    assert found is None or found in edition.in_force("size")


@pytest.mark.parametrize("one", laws_in(globals()), ids=str)
def test_law(one: Law) -> None:
    one.hold()
