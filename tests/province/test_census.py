"""What the fictional province holds: counted, printed, and held against what a demonstration must show."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable
from datetime import date
from itertools import product

import pytest
from django.conf import settings
from django.db.models import Count, QuerySet

from nhiemky.config.demo import LOGINS
from nhiemky.config.province import province_files
from nhiemky.figures.definitions import definitions
from nhiemky.figures.models import Target
from nhiemky.figures.queries import Asked, Material, evaluate, gather
from nhiemky.figures.queries.board import TargetLine, lines_of
from nhiemky.foundation import catalogue
from nhiemky.foundation.audit import broken_links
from nhiemky.ledger import kinds
from nhiemky.ledger.models import Entry, EntryCount, EntryMoney, Statement
from nhiemky.ledger.queries import living
from nhiemky.members.models import Membership, Person, Post
from nhiemky.members.queries import memberships_on
from nhiemky.rules.indicators import Measure
from nhiemky.rules.quantities import Comparator
from nhiemky.rules.targets import Aim, Basis, Reason, State
from nhiemky.rules.timeline import Span
from nhiemky.units.models import Unit, UnitKind, UnitName
from nhiemky.units.queries import alive_on, cards

pytestmark = pytest.mark.both_engines

DAYS = (date(2026, 11, 24), date(2027, 12, 31), date(2029, 6, 30), date(2033, 3, 1))
BEFORE = date(2025, 6, 14)
# the files that the recipe gives, one after the other; whoever changes the recipe or the drawing writes the new one here
DIGEST = "fbce3d1d0e917269d64a5f5eb16871771057e61a8bc0fec0e398c731f7c01fec"

Told = Callable[..., None]


@pytest.fixture
def told(record_property: Callable[[str, object], None]) -> Told:
    def tell(**numbers: object) -> None:
        for name, value in numbers.items():
            record_property(name, value)
            print(f"{name}: {value}")

    return tell


def entries() -> QuerySet[Entry]:
    return Entry.objects.filter(unit__fictional=True, unit__code__startswith="hc-")


def test_the_same_recipe_gives_the_same_file() -> None:
    assert hashlib.sha256(b"".join(province_files(settings.DATA_DIR / "demo"))).hexdigest() == DIGEST


def test_it_loads_in_time_and_the_trail_holds(province: float, told: Told) -> None:
    told(seconds_of_loading=round(province, 1))
    assert list(broken_links()) == []
    # of this process alone, so that a busy machine does not count; row by row took over a minute
    assert province < 40


def test_units_of_every_block_and_level(province: float, told: Told) -> None:
    today = DAYS[0]
    before = cards(Unit.objects.filter(code__startswith="hc-").filter(alive_on(BEFORE)), BEFORE)
    units = cards(Unit.objects.filter(code__startswith="hc-").filter(alive_on(today)), today)
    levels = Counter(each.level for each in units)
    blocks = Counter(each.block for each in units if each.level == "grassroots")
    told(units=dict(levels), blocks=dict(blocks))
    assert (
        Counter(each.level for each in before)["province"] == 2
        and Counter(each.kind for each in before)["district"] == 4
    )
    assert levels["province"] == 1 and levels["upper"] == 6 and levels["grassroots"] == 37
    assert {each.kind for each in units if each.level == "upper"} == {"ward", "zone"}, "no district stands"
    assert levels["below"] >= 15
    every = set(catalogue.terms("catalogue/blocks.toml", "block"))
    assert {each.block for each in before if each.level == "grassroots"} == every
    assert set(blocks) == every - {"hanh_chinh"}, "unions of administrative bodies have ended"
    assert all("hư cấu" in each.name and "hư cấu" in each.short and each.fictional for each in units)
    assert Unit.objects.filter(code__startswith="hc-", ends_before__lte=today).exists(), "one has ended"


def test_two_terms_with_congresses_and_posts(province: float) -> None:
    drawn = Unit.objects.filter(code__startswith="hc-", terms__isnull=False).exclude(code="hc-nghiep-doan-xe-gio")
    begun_by_reform = {"hc-phuong-ben-trang", "hc-xa-ngan-may"}
    for unit in drawn.distinct():
        known = unit.terms.filter(superseded_at__isnull=True)
        assert known.count() == (1 if unit.code in begun_by_reform else 2), unit
    grassroots = UnitKind.objects.filter(unit__code__startswith="hc-", kind__startswith="grassroots").values("unit")
    assert Entry.objects.filter(unit__in=grassroots, kind="congress").values("unit").distinct().count() >= 33
    assert Post.objects.filter(role="chair", unit__in=grassroots).values("unit").distinct().count() >= 33
    mandates = set(Post.objects.filter(unit__code__startswith="hc-").values_list("mandate", flat=True))
    assert mandates == {"elected", "by_elected", "appointed", "assigned"}


def test_six_thousand_dated_entries_of_every_kind_with_their_seasons(province: float, told: Told) -> None:
    dated = entries().filter(starts_on__gte=date(2021, 11, 1), starts_on__lte=date(2026, 10, 31), coverage="act")
    by_kind = Counter(dated.values_list("kind", flat=True))
    by_year = Counter(day.year for day in dated.values_list("starts_on", flat=True))
    told(dated_entries=dated.count(), by_year=dict(sorted(by_year.items())), kinds=len(by_kind))
    assert dated.count() >= 6_000
    assert min(by_year[year] for year in range(2022, 2027)) >= 900
    assert set(by_kind) == set(kinds.kinds())
    months = Counter((row.kind, row.starts_on.month) for row in dated if row.starts_on)
    gifts = sum(count for (kind, _), count in months.items() if kind == "tet_gifts")
    assert months["tet_gifts", 1] + months["tet_gifts", 2] > gifts * 8 // 10
    assert months["children_gifts", 6] and months["children_gifts", 9]
    sport = [months["culture_sport", month] for month in range(1, 13)]
    assert max(sport) == sport[4], "Workers' Month"


def test_everything_that_makes_a_ledger_hard_is_there(province: float, told: Told) -> None:
    numbers = {
        "corrected": entries().filter(replaces__isnull=False, cancels=False).count(),
        "cancelled": entries().filter(cancels=True).count(),
        "joint": entries().exclude(partners=[]).count(),
        "own_totals": entries().filter(coverage="own").count(),
        "totals_with_below": entries().filter(coverage="below").count(),
        "for_a_period": sum(not row.span.is_one_day for row in entries().filter(coverage="act")),
        "several_funds": entries().annotate(funds=Count("money")).filter(funds__gt=1).count(),
        "vague_money": EntryMoney.objects.filter(entry__in=entries(), comparator=Comparator.VAGUE).count(),
        "corrected_statements": Statement.objects.filter(unit__fictional=True, replaces__isnull=False).count(),
    }
    told(**numbers)
    assert all(count >= 5 for count in numbers.values()), numbers
    assert numbers["corrected"] >= 100 and numbers["cancelled"] >= 40 and numbers["joint"] >= 200
    rough = set(EntryCount.objects.filter(entry__in=entries()).values_list("comparator", flat=True))
    assert rough == set(Comparator) - {Comparator.VAGUE}
    funds = set(EntryMoney.objects.filter(entry__in=entries()).values_list("fund", flat=True))
    assert set(kinds.funds()) <= funds


def test_a_published_total_covers_its_detail(province: float) -> None:
    term = Span.parse("2018-05-09..2023-05-10")
    unit = Unit.objects.get(code="hc-ngan-may")
    figure = evaluate(
        definitions()["hardship_support_visits"], _material(unit, DAYS[0]), Asked(term, date(2023, 5, 10))
    )
    assert len(figure.counted) == 1 and len(figure.covered) >= 10
    union = Unit.objects.get(code="hc-thpt-ngan-may")
    own = living(Entry.objects.filter(unit=union, coverage="own")).get()
    seen = evaluate(
        definitions()["sick_members_visited"], _material(union, DAYS[0]), Asked(own.span, own.span.last_day)
    )
    assert own.code in seen.counted and seen.covered


def test_registers_agree_with_what_unions_state(province: float, told: Told) -> None:
    kept = set(Membership.objects.values_list("unit", flat=True))
    stated = living(Statement.objects.filter(unit__in=kept, subject="members", coverage="own"))
    for row in stated.select_related("unit"):
        living_then = memberships_on([row.unit_id], row.span.last_day).count()
        assert living_then == row.value, (row.unit.code, row.span)
    now = memberships_on(kept, DAYS[0])
    moved = Membership.objects.values("person").annotate(times=Count("pk")).filter(times__gt=1).count()
    leavings = Counter(Membership.objects.exclude(leaving="").values_list("leaving", flat=True))
    told(members_now=now.count(), persons=Person.objects.count(), moved=moved, left=dict(leavings), unions=len(kept))
    assert 1_900 <= now.count() <= 2_500 and len(kept) >= 36
    assert now.values("person").distinct().count() == now.count(), "nobody is a member twice at a time"
    assert moved >= 30 and set(leavings) == set(catalogue.terms("catalogue/leavings.toml", "leaving"))


def test_admissions_in_the_ledger_are_those_of_the_register(province: float) -> None:
    joined = Counter(Membership.objects.values_list("unit", "starts_on"))
    told_of = living(entries().filter(kind="member_admission", coverage="act", unit__in=[unit for unit, _ in joined]))
    checked = 0
    for row in told_of.filter(code__contains=".dv.").prefetch_related("counts"):
        [count] = row.counts.all()
        assert joined[row.unit_id, row.starts_on] >= (count.value or 0), row.code
        checked += 1
    assert checked >= 100


def test_invented_people_are_called_so(province: float) -> None:
    people = Person.objects.filter(code__startswith="hc.")
    assert people.count() > 2_000 and not people.filter(fictional=False).exists()
    assert all(each.shown.endswith("(hư cấu)") for each in people[:5])
    assert not Person.objects.filter(fictional=True, posts__unit__fictional=False).exists()
    assert not Person.objects.filter(fictional=True, memberships__unit__fictional=False).exists()
    assert not UnitName.objects.filter(unit__fictional=True).exclude(name__contains="(hư cấu)").exists()


def _material(unit: Unit, today: date) -> Material:
    return gather(unit, [Span(None, None)], today)


def _lines(today: date) -> list[TargetLine]:
    found = []
    for unit in Unit.objects.filter(code__startswith="hc-", targets__isnull=False).distinct():
        found += lines_of(list(Target.objects.filter(unit=unit)), _material(unit, today), today)
    return found


def test_targets_of_every_shape_stand_in_every_state_for_years(province: float, told: Told) -> None:
    counts = (Measure.COUNT, Measure.MONEY, Measure.SHARE, Measure.PER_UNIT, Measure.STOCK)
    every = set(product(set(Aim) - {Aim.GRADE}, Basis, [*counts, Measure.RATIO, Measure.STATED, Measure.GRADED]))
    every |= set(product(set(Aim) - {Aim.GRADE}, Basis, [Measure.TARGETS])) | set(
        product([Aim.GRADE], Basis, [Measure.GRADE])
    )
    for today in DAYS:
        lines = _lines(today)
        shapes = {(line.spec.aim, Basis(line.target.basis), line.definition.measure) for line in lines}
        assert not every - shapes
        states = Counter(line.judgement.state for line in lines)
        reasons = {line.judgement.reason for line in lines if line.judgement.state is State.NOT_MEASURABLE}
        told(**{f"states_on_{today:%Y_%m_%d}": {str(state): count for state, count in states.items()}})
        assert set(states) == set(State), today
        assert reasons >= {Reason.NO_RECORD, Reason.ONLY_ABOUT, Reason.NOT_BEGUN, Reason.YEAR_UNKNOWN}, today
        # most can be measured: a demonstration of targets that nobody can judge would show nothing
        assert states[State.NOT_MEASURABLE] < len(lines) // 4


def test_a_log_in_for_each_kind_of_person(province: float) -> None:
    roles = {(login.role, login.below, login.unit is None) for login in LOGINS}
    assert len(roles) >= 4
    chair = next(login for login in LOGINS if login.username == "chu-tich")
    unit = Unit.objects.get(code=chair.unit)
    assert 30 <= memberships_on([unit.pk], DAYS[0]).count() <= 300
    assert living(Entry.objects.filter(unit=unit)).count() >= 100
