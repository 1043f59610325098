"""Reads the editions of the charter under `data/rulesets`. A new edition is a file there (docs/rulesets.md)."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

from django.conf import settings

from nhiemky.foundation import catalogue
from nhiemky.rules.rulesets import Certainty, Limits, Rule, RuleSet, Scope, Value, clashes
from nhiemky.rules.timeline import PartialDate, Span
from nhiemky.rules.vietnamese import fold

PLACE = "catalogue/rules.toml"
SOURCES = "catalogue/rule-sources.toml"
OF_FILE = {"code", "label", "short", "documents", "note", "validity", "based_on", "rule"}
OF_VALIDITY = {"from", "to", "certainty", "source", "note"}
OF_BASE = {"edition", "certainty", "note"}
OF_RULE = {
    "code", "levels", "kinds", "within", "members_from", "members_below", "value", "min", "max", "roles", "certainty",
    "source", "clause", "note",
}  # fmt: skip
OF_VALUE = {"range": {"min", "max"}, "roles": {"roles"}}


@dataclass(frozen=True)
class Term:
    """A rule that an edition may speak of: where it is read, its words, and the kind of its value."""

    code: str
    section: str
    label: str
    kind: str
    word: str = ""


class Faulty(ValueError):
    """A rule set cannot be read: which file, which key, and why, in a sentence."""

    def __init__(self, file: str, key: str, sentence: str) -> None:
        super().__init__(f"{file}: {key}: {sentence}")
        self.file, self.key, self.sentence = file, key, sentence


@cache
def terms() -> dict[str, Term]:
    """The rules that an edition may speak of, in the order in which they are read."""
    return {row["code"]: Term(**row) for row in catalogue.rows(PLACE, "rule")}


@cache
def sections() -> dict[str, str]:
    return {row["code"]: row["label"] for row in catalogue.rows(PLACE, "section")}


@cache
def sources() -> dict[str, dict[str, str]]:
    """Where values were read: code -> title, and where it stood."""
    return {row["code"]: row for row in catalogue.rows(SOURCES, "source")}


@cache
def rulesets() -> dict[str, RuleSet]:
    """Every edition by its code, the oldest first."""
    return read_folder(settings.DATA_DIR / "rulesets")


def ruleset_on(day: date) -> RuleSet | None:
    """The edition in force on that day; None before the first one that is known."""
    return next((each for each in rulesets().values() if each.valid.holds(day)), None)


def read_folder(folder: Path) -> dict[str, RuleSet]:
    """The editions of a folder; Faulty at the first fault."""
    given = {file.stem: _parsed(file) for file in sorted(folder.glob("*.toml"))}
    made: dict[str, RuleSet] = {}
    while waiting := [name for name in given if name not in made]:
        ready = [name for name in waiting if _base_of(given[name]) in {"", *made}]
        if not ready:
            base = _base_of(given[waiting[0]])
            raise Faulty(f"{waiting[0]}.toml", "based_on.edition", f"“{base}” is no other edition of this folder.")
        made |= {name: _read(f"{name}.toml", given[name], made) for name in ready}
    ordered = sorted(made.values(), key=lambda each: each.valid.starts_on or date.min)
    for earlier, later in pairwise(ordered):
        if earlier.valid.overlaps(later.valid):
            raise Faulty(
                f"{later.code}.toml", "validity.from", f"begins while {earlier.code} is in force: end that one first."
            )
    return {each.code: each for each in ordered}


def _parsed(file: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise Faulty(file.name, "-", f"is not TOML: {error}.") from None


def _base_of(given: Mapping[str, Any]) -> str:
    base = given.get("based_on", {})
    return str(base.get("edition", "")) if isinstance(base, dict) else ""


def _read(file: str, given: Mapping[str, Any], known: Mapping[str, RuleSet]) -> RuleSet:
    page = _Page(file, "", given, OF_FILE)
    code = page.text("code")
    if f"{code}.toml" != file:
        page.fault("code", f"is “{code}”, yet the file is called {file}: give both the same name.")
    validity = page.table("validity", OF_VALIDITY)
    based_on = page.table("based_on", OF_BASE) if "based_on" in given else None
    rules = tuple(_rule(page, at, row, code) for at, row in enumerate(page.tables("rule"), start=1))
    for one, other in clashes(rules):
        at = rules.index(other) + 1
        page.fault(
            f"rule {at} ({other.code})", f"speaks of the same units as rule {rules.index(one) + 1}: part their scopes."
        )
    return RuleSet(
        code=code,
        label=page.text("label"),
        short=page.text("short"),
        documents=page.texts("documents"),
        note=page.text("note", ""),
        valid=_validity(validity),
        dated=validity.certainty(),
        dated_note=validity.text("note", ""),
        dated_source=validity.sources(),
        rules=rules,
        base=known[based_on.text("edition")] if based_on else None,
        base_certainty=based_on.certainty() if based_on else Certainty.VERIFIED,
        base_note=based_on.text("note", "") if based_on else "",
    )


def _validity(page: _Page) -> Span:
    start, end = page.day("from"), page.day("to", required=False)
    assert start is not None
    try:
        return Span.between(PartialDate.parse(start.isoformat()), PartialDate.parse(end.isoformat()) if end else None)
    except ValueError:
        page.fault("to", "comes before `from`.")
        raise


def _rule(page: _Page, at: int, row: Mapping[str, Any], edition: str) -> Rule:
    one = _Page(page.file, f"rule {at}", row, OF_RULE)
    code = one.text("code")
    one.where = f"rule {at} ({code})"
    if code not in terms():
        one.fault("code", f"“{code}” is no rule of data/{PLACE}: add it there, or mend the name.")
    certainty = one.certainty()
    if certainty in (Certainty.VERIFIED, Certainty.NEWS, Certainty.FORM, Certainty.SECONDARY) and not row.get("source"):
        one.fault("source", f"is missing: what is “{certainty}” says where it was read.")
    return Rule(
        code=code,
        value=_value(one, terms()[code].kind, certainty),
        certainty=certainty,
        scope=_scope(one),
        source=one.sources(),
        clause=one.text("clause", ""),
        note=one.text("note", ""),
        edition=edition,
        places=one.texts("within"),
    )


def _scope(page: _Page) -> Scope:
    levels = {row["level"] for row in catalogue.rows("catalogue/unit-kinds.toml", "unit_kind")}
    low, high = page.whole("members_from", required=False), page.whole("members_below", required=False)
    if low is not None and high is not None and high <= low:
        page.fault("members_below", f"is {high}, which leaves nobody from {low} up.")
    return Scope(
        levels=page.known("levels", levels),
        kinds=page.known("kinds", catalogue.terms("catalogue/unit-kinds.toml", "unit_kind")),
        within=frozenset(fold(name) for name in page.texts("within")),
        members_from=low,
        members_below=high,
    )


def _value(page: _Page, kind: str, certainty: Certainty) -> Value:
    keys = OF_VALUE.get(kind, {"value"})
    given = {"value", "min", "max", "roles"} & page.given.keys()
    if certainty is Certainty.OPEN:
        for key in sorted(given):
            page.fault(key, "stands beside “open”: what nobody knows has no value.")
        return None
    for key in sorted(given - keys):
        page.fault(key, f"does not belong to a rule of the kind “{kind}”, which has {' and '.join(sorted(keys))}.")
    if not given:
        page.fault(sorted(keys)[0], "is missing: say the value, or that it is open.")
    return _KINDS[kind](page)


def _limits(page: _Page) -> Limits:
    least, most = page.whole("min", required=False), page.whole("max", required=False)
    if least is not None and most is not None and most < least:
        page.fault("max", f"is {most}, less than min {least}.")
    return Limits(least, most)


def _share(page: _Page) -> Fraction:
    text = page.text("value")
    try:
        share = Fraction(text)
    except (ValueError, ZeroDivisionError):
        share = Fraction(0)
    if not 0 < share <= 1 or "." in text:
        page.fault("value", f"“{text}” is no share: write it as 1/3 or 5/100, more than nought and at most one.")
    return share


def _date(page: _Page) -> PartialDate:
    text = page.text("value")
    try:
        return PartialDate.parse(text)
    except ValueError:
        page.fault("value", f"“{text}” is no date: write 2025-10-31, 2025-10 or 2025.")
        raise


def _roles(page: _Page) -> tuple[str, ...]:
    page.known("roles", catalogue.terms("catalogue/bodies.toml", "role"))
    return page.texts("roles")


_KINDS: dict[str, Any] = {
    "whole": lambda page: page.whole("value"),
    "share": _share,
    "range": _limits,
    "yes_no": lambda page: page.yes_no("value"),
    "text": lambda page: page.text("value"),
    "date": _date,
    "roles": _roles,
}


class _Page:
    """A table of a file, read key by key; a fault names the file, the key and what is wrong."""

    def __init__(self, file: str, where: str, given: Mapping[str, Any], keys: set[str]) -> None:
        self.file, self.where, self.given = file, where, given
        for key in given:
            if key not in keys:
                self.fault(key, f"is no key here; there are {', '.join(sorted(keys))}.")

    def fault(self, key: str, sentence: str) -> None:
        raise Faulty(self.file, f"{self.where}.{key}" if self.where else key, sentence)

    def text(self, key: str, default: str | None = None) -> str:
        value = self.given.get(key, default)
        if not isinstance(value, str) or (default is None and not value.strip()):
            self.fault(key, "is missing." if value is None else "has to be text in quotes, not empty.")
        return str(value)

    def texts(self, key: str) -> tuple[str, ...]:
        value = self.given.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, str) and each.strip() for each in value):
            self.fault(key, 'has to be a list of texts, as ["one", "two"].')
        return tuple(value)

    def whole(self, key: str, *, required: bool = True) -> int | None:
        value = self.given.get(key)
        if value is None and not required:
            return None
        if type(value) is not int or value < 0:
            self.fault(key, "has to be a whole number, nought or more.")
        return value

    def yes_no(self, key: str) -> bool:
        value = self.given.get(key)
        if not isinstance(value, bool):
            self.fault(key, "has to be true or false.")
        return bool(value)

    def day(self, key: str, *, required: bool = True) -> date | None:
        value = self.given.get(key)
        if value is None and not required:
            return None
        if type(value) is not date:
            self.fault(key, "has to be a day without quotes, as 2025-07-01.")
        return value

    def certainty(self) -> Certainty:
        text = self.text("certainty")
        if text not in set(Certainty):
            self.fault("certainty", f"“{text}” is none of {', '.join(Certainty)}.")
        return Certainty(text)

    def sources(self) -> tuple[str, ...]:
        self.known("source", sources())
        return self.texts("source")

    def known(self, key: str, among: Any) -> frozenset[str]:
        given = self.texts(key)
        for each in given:
            if each not in among:
                self.fault(key, f"“{each}” is not known; there are {', '.join(sorted(among))}.")
        return frozenset(given)

    def table(self, key: str, keys: set[str]) -> _Page:
        value = self.given.get(key)
        if not isinstance(value, dict):
            self.fault(key, f"is missing: write [{key}].")
        return _Page(self.file, key, self.given[key], keys)

    def tables(self, key: str) -> Iterator[Mapping[str, Any]]:
        value = self.given.get(key, [])
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            self.fault(key, f"has to be written as [[{key}]].")
        yield from value
