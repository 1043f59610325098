"""The editions under data/rulesets: what they say, and how a faulty file is refused."""

from __future__ import annotations

from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from pytest_django.fixtures import Settings

from nhiemky.foundation.rulesets import Faulty, read_folder, ruleset_on, rulesets, sections, sources, terms
from nhiemky.rules.mandates import Problem, Seat, Situation, findings, most
from nhiemky.rules.rulesets import Certainty, Limits, Place
from nhiemky.rules.timeline import Span

CDCS = Place("grassroots", "grassroots", members=120)
GOOD = """code = "A"
label = "Bản A"
short = "A"
documents = ["Điều lệ A"]

[validity]
from = 2020-01-01
certainty = "verified"
source = ["S1"]

[[rule]]
code = "bch_size"
levels = ["grassroots"]
min = 3
max = 15
certainty = "verified"
source = ["S7"]

[[rule]]
code = "added_share"
value = "2/3"
certainty = "memory"
"""


def test_editions_follow_each_other_without_a_gap() -> None:
    editions = list(rulesets().values())
    assert [each.code for each in editions] == ["CDVN-XI", "CDVN-XII", "CDVN-XIII", "CDVN-XIII-2025"]
    for earlier, later in pairwise(editions):
        assert earlier.valid.ends_before == later.valid.starts_on


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (date(2013, 7, 29), None),
        (date(2013, 7, 30), "CDVN-XI"),
        (date(2020, 2, 2), "CDVN-XI"),
        (date(2020, 2, 3), "CDVN-XII"),
        (date(2024, 12, 25), "CDVN-XIII"),
        (date(2025, 7, 1), "CDVN-XIII-2025"),
        (date(2030, 1, 1), "CDVN-XIII-2025"),
    ],
)
def test_the_edition_of_a_day(day: date, code: str | None) -> None:
    found = ruleset_on(day)
    assert (found.code if found else None) == code


@pytest.mark.parametrize(
    ("edition", "rule", "place", "value"),
    [
        ("CDVN-XII", "bch_size", CDCS, Limits(3, 15)),
        ("CDVN-XII", "bch_size", Place("grassroots", "grassroots", members=2999), Limits(3, 15)),
        ("CDVN-XII", "bch_size", Place("grassroots", "grassroots", members=3000), Limits(3, 19)),
        ("CDVN-XII", "bch_size", Place("section", "below", members=9), Limits(3, 7)),
        ("CDVN-XII", "bch_size", Place("district", "upper", members=9), Limits(None, 27)),
        ("CDVN-XII", "bch_size", Place("province", "province", members=99_999), Limits(None, 35)),
        ("CDVN-XII", "bch_size", Place("province", "province", members=100_000), Limits(None, 49)),
        ("CDVN-XII", "bch_size", Place("province", "province", frozenset({"ldld thanh pho ha noi"}), 1), Limits(None, 55)),
        ("CDVN-XII", "delegates_max", Place("ward", "upper", members=80_000), 200),
        ("CDVN-XII", "delegates_max", Place("ward", "upper", members=80_001), 300),
        ("CDVN-XII", "delegates_max", Place("province", "province", members=300_000), 400),
        ("CDVN-XII", "delegates_max", Place("province", "province", members=300_001), 500),
        ("CDVN-XII", "added_share", CDCS, Fraction(2, 3)),
        ("CDVN-XII", "added_share", Place("ward", "upper"), Fraction(1, 2)),
        ("CDVN-XI", "added_share", CDCS, Fraction(1, 2)),
        ("CDVN-XI", "bch_size", CDCS, None),
        ("CDVN-XII", "btv_share", CDCS, None),
        ("CDVN-XIII", "ubkt_max", CDCS, 7),
        ("CDVN-XIII-2025", "bch_size", CDCS, Limits(3, 25)),
        ("CDVN-XIII-2025", "bch_size", Place("grassroots", "grassroots"), Limits(3, 25)),
        ("CDVN-XIII-2025", "bch_size", Place("grassroots", "grassroots", frozenset({"tp ho chi minh"}), 49), Limits(3, 3)),
        ("CDVN-XIII-2025", "bch_size", Place("ward", "upper", frozenset({"tp ho chi minh"}), 2999), Limits(None, 13)),
        ("CDVN-XIII-2025", "bch_size", Place("province", "province", members=1), Limits(None, 45)),
        ("CDVN-XIII-2025", "btv_share", CDCS, Fraction(1, 3)),
        ("CDVN-XIII-2025", "term_years", CDCS, 5),
    ],
)  # fmt: skip
def test_what_an_edition_says(edition: str, rule: str, place: Place, value: object) -> None:
    found = rulesets()[edition].found(rule, place)
    assert (found.value if found else None) == value


def test_what_is_taken_over_is_less_sure_than_where_it_was_read() -> None:
    found = rulesets()["CDVN-XIII-2025"].found("women_min", CDCS)
    assert found is not None
    assert (found.edition, found.as_read, found.certainty) == ("CDVN-XII", Certainty.VERIFIED, Certainty.MEMORY)


def test_every_rule_is_told_in_some_edition_and_every_source_is_used() -> None:
    rules = [rule for each in rulesets().values() for rule in each.rules]
    assert {rule.code for rule in rules} == terms().keys()
    cited = {code for rule in rules for code in rule.source} | {c for r in rulesets().values() for c in r.dated_source}
    assert cited == sources().keys()
    assert {term.section for term in terms().values()} == sections().keys()


def committee(elected: int, added: int, fixed: int, place: Place) -> Situation:
    term = Span(date(2023, 5, 1), date(2028, 5, 1))
    seats = [Seat(n, "bch", "member", "elected", Span(term.starts_on, date(2024, 1, 1))) for n in range(elected)]
    seats += [
        Seat(100 + n, "bch", "member", "by_elected" if n % 2 else "appointed", Span(date(2024, 1, 1), None))
        for n in range(added)
    ]
    return Situation(place, date(2024, 6, 1), tuple(seats), term, {"bch": fixed})


@pytest.mark.parametrize(("place", "fixed", "cap"), [(CDCS, 11, 7), (Place("ward", "upper", members=900), 27, 13)])
def test_example_12_of_the_reference(place: Place, fixed: int, cap: int) -> None:
    """The BCH of a grassroots union fixed at 11 may add 7 over the term, one of an upper union fixed at 27 adds 13."""
    rules = rulesets()["CDVN-XII"]
    at_cap = findings(committee(fixed, cap, fixed, place), rules)
    above = findings(committee(fixed, cap + 1, fixed, place), rules)
    assert Problem.ADDED_ABOVE not in {finding.problem for finding in at_cap}
    [finding] = [each for each in above if each.problem is Problem.ADDED_ABOVE]
    assert (finding.count, finding.limit, finding.base) == (cap + 1, cap, fixed)
    assert finding.rule is not None and finding.rule.source == ("S3",) and "11.4" in finding.rule.clause
    share = rules.found("added_share", place)
    assert share is not None and isinstance(share.value, Fraction) and most(share.value, fixed) == cap


@pytest.mark.parametrize(("members", "missing"), [(29, False), (30, True), (None, False)])
def test_thirty_members_have_an_inspection_committee(members: int | None, missing: bool) -> None:
    at = committee(5, 0, 5, Place("grassroots", "grassroots", members=members))
    at = Situation(at.place, date(2023, 6, 1), at.seats, at.term, at.fixed)
    assert (Problem.INSPECTION_MISSING in {f.problem for f in findings(at, rulesets()["CDVN-XII"])}) is missing


@pytest.mark.parametrize(
    ("women", "day", "problem"),
    [
        (9, date(2023, 6, 1), Problem.WOMEN_NOBODY),
        (10, date(2023, 8, 1), Problem.WOMEN_DUE),
        (10, date(2023, 8, 2), Problem.WOMEN_MISSING),
    ],
)
def test_ten_women_have_a_committee_within_three_months(women: int, day: date, problem: Problem) -> None:
    at = committee(5, 0, 5, CDCS)
    at = Situation(at.place, day, at.seats, at.term, at.fixed, women=women, every_sex_known=True)
    assert problem in {finding.problem for finding in findings(at, rulesets()["CDVN-XII"])}


def faulty(folder: Path, text: str, name: str = "A.toml") -> Faulty:
    (folder / name).write_text(text, encoding="utf-8")
    with pytest.raises(Faulty) as caught:
        read_folder(folder)
    return caught.value


def test_a_good_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "A.toml").write_text(GOOD, encoding="utf-8")
    [edition] = read_folder(tmp_path).values()
    found = edition.found("bch_size", CDCS)
    assert found is not None and found.value == Limits(3, 15) and edition.valid == Span(date(2020, 1, 1), None)


def test_a_new_edition_is_a_file_and_takes_over_what_it_does_not_say(tmp_path: Path) -> None:
    (tmp_path / "A.toml").write_text(
        GOOD.replace("from = 2020-01-01", "from = 2020-01-01\nto = 2025-12-31"), encoding="utf-8"
    )
    new = """code = "B"
label = "Bản B"
short = "B"
documents = []
[validity]
from = 2026-01-01
certainty = "news"
source = ["S45"]
[based_on]
edition = "A"
certainty = "news"
[[rule]]
code = "added_share"
value = "1/2"
certainty = "memory"
"""
    (tmp_path / "B.toml").write_text(new, encoding="utf-8")
    edition = read_folder(tmp_path)["B"]
    size, share = edition.found("bch_size", CDCS), edition.found("added_share", CDCS)
    assert size is not None and (size.value, size.certainty, size.edition) == (Limits(3, 15), Certainty.NEWS, "A")
    assert share is not None and (share.value, share.edition) == (Fraction(1, 2), "B")


@pytest.mark.parametrize(
    ("old", "new", "key", "sentence"),
    [
        ('code = "A"', 'code = "B"', "code", "yet the file is called A.toml"),
        ('label = "Bản A"\n', "", "label", "is missing"),
        ('short = "A"', "short = 3", "short", "text in quotes"),
        ('documents = ["Điều lệ A"]', 'documents = "Điều lệ A"', "documents", "list of texts"),
        ('short = "A"', 'short = "A"\nmood = "calm"', "mood", "is no key here"),
        ("from = 2020-01-01", 'from = "2020-01-01"', "validity.from", "without quotes"),
        ("from = 2020-01-01", "from = 2020-01-01\nto = 2019-01-01", "validity.to", "before `from`"),
        ('certainty = "verified"\nsource = ["S1"]', 'certainty = "sure"\nsource = ["S1"]', "validity.certainty", "is none of"),
        ('source = ["S7"]', "", "rule 1 (bch_size).source", "says where it was read"),
        ('source = ["S7"]', 'source = ["S700"]', "rule 1 (bch_size).source", "is not known"),
        ('code = "bch_size"', 'code = "bch_sizes"', "rule 1 (bch_sizes).code", "is no rule of"),
        ("max = 15", "max = 2", "rule 1 (bch_size).max", "less than min 3"),
        ("max = 15", 'max = "15"', "rule 1 (bch_size).max", "whole number"),
        ("max = 15", "max = true", "rule 1 (bch_size).max", "whole number"),
        ("max = 15", "value = 15", "rule 1 (bch_size).value", "does not belong"),
        ("min = 3\nmax = 15\n", "", "rule 1 (bch_size).max", "is missing"),
        ('levels = ["grassroots"]', 'levels = ["cơ sở"]', "rule 1 (bch_size).levels", "is not known"),
        ('levels = ["grassroots"]', 'kinds = ["cdcs"]', "rule 1 (bch_size).kinds", "is not known"),
        ("min = 3", "members_from = 9\nmembers_below = 9\nmin = 3", "rule 1 (bch_size).members_below", "leaves nobody"),
        ('value = "2/3"', 'value = "3/2"', "rule 2 (added_share).value", "is no share"),
        ('value = "2/3"', 'value = "0.66"', "rule 2 (added_share).value", "is no share"),
        ('value = "2/3"', "value = 2", "rule 2 (added_share).value", "text in quotes"),
        ('certainty = "memory"', 'certainty = "open"', "rule 2 (added_share).value", "what nobody knows has no value"),
        ('[[rule]]\ncode = "added_share"', "[rules]\ncode = 1", "rules", "is no key here"),
        ("[validity]", '[based_on]\nedition = "Z"\ncertainty = "news"\n[validity]', "based_on.edition", "no other edition"),
        ('code = "A"', "code = ", "-", "is not TOML"),
    ],
)  # fmt: skip
def test_a_faulty_file_is_refused_with_file_key_and_sentence(
    tmp_path: Path, old: str, new: str, key: str, sentence: str
) -> None:
    assert old in GOOD
    fault = faulty(tmp_path, GOOD.replace(old, new, 1))
    assert (fault.file, fault.key) == ("A.toml", key) and sentence in fault.sentence


def test_two_rules_for_the_same_units_are_refused(tmp_path: Path) -> None:
    again = GOOD + '\n[[rule]]\ncode = "bch_size"\nlevels = ["grassroots"]\nmin = 1\ncertainty = "memory"\n'
    fault = faulty(tmp_path, again)
    assert fault.key == "rule 3 (bch_size)" and "the same units as rule 1" in fault.sentence


def test_two_editions_in_force_on_one_day_are_refused(tmp_path: Path) -> None:
    (tmp_path / "A.toml").write_text(GOOD, encoding="utf-8")
    fault = faulty(tmp_path, GOOD.replace('code = "A"', 'code = "B"').replace("2020-01-01", "2021-01-01"), "B.toml")
    assert (fault.file, fault.key) == ("B.toml", "validity.from") and "A is in force" in fault.sentence


def test_a_faulty_edition_is_told_before_anything_starts(tmp_path: Path, settings: Settings) -> None:
    (tmp_path / "rulesets").mkdir()
    (tmp_path / "rulesets" / "A.toml").write_text(GOOD.replace("max = 15", "max = 2"), encoding="utf-8")
    (tmp_path / "catalogue").symlink_to(settings.DATA_DIR / "catalogue")
    settings.DATA_DIR = tmp_path
    rulesets.cache_clear()
    try:
        with pytest.raises(SystemCheckError, match=r"A\.toml: rule 1 \(bch_size\)\.max: is 2, less than min 3"):
            call_command("check")
    finally:
        rulesets.cache_clear()
