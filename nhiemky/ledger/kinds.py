"""The catalogue of activity kinds and of what a unit may state, read from `data/catalogue`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from nhiemky.foundation import catalogue
from nhiemky.foundation.catalogue import Term


@dataclass(frozen=True)
class Kind:
    """A kind of activity: which count words, money and dimensions an entry of it may carry, and who records it."""

    code: str
    label: str
    field: str
    words: tuple[str, ...]
    out_of: tuple[str, ...]
    money: str
    beneficiaries: tuple[str, ...]
    levels: tuple[str, ...]
    dimensions: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """Something a unit states of itself: `type` is stock, money, percent or grade."""

    code: str
    label: str
    type: str
    word: str
    field: str


@dataclass(frozen=True)
class First:
    """What is shown first to units of some levels: figures for targets, subjects, how a document is numbered."""

    levels: tuple[str, ...]
    indicators: tuple[str, ...]
    subjects: tuple[str, ...]
    number_like: str


@cache
def kinds() -> dict[str, Kind]:
    return {
        row["code"]: Kind(
            code=row["code"],
            label=row["label"],
            field=row["field"],
            words=tuple(row.get("words", ())),
            out_of=tuple(row.get("out_of", ())),
            money=row.get("money", "none"),
            beneficiaries=tuple(row.get("beneficiaries", ())),
            levels=tuple(row.get("levels", ())),
            dimensions=tuple(row.get("dimensions", ())),
        )
        for row in catalogue.rows("catalogue/activities", "kind")
    }


@cache
def subjects() -> dict[str, Subject]:
    return {
        row["code"]: Subject(row["code"], row["label"], row["type"], row.get("word", ""), row.get("field", ""))
        for row in catalogue.rows("catalogue/subjects.toml", "subject")
    }


@cache
def _firsts() -> tuple[First, ...]:
    return tuple(
        First(tuple(row["levels"]), tuple(row["indicators"]), tuple(row["subjects"]), row["number_like"])
        for row in catalogue.rows("catalogue/first.toml", "first")
    )


def first_for(level: str) -> First:
    """What stands first for a unit of that level; of an unknown level what stands first in the file."""
    return next((each for each in _firsts() if level in each.levels), _firsts()[0])


@cache
def dimension_values() -> dict[str, dict[str, str]]:
    """dimension -> code of a value -> its words."""
    return {
        row["code"]: {value["code"]: value["label"] for value in row.get("value", ())}
        for row in catalogue.rows("catalogue/dimensions.toml", "dimension")
    }


@cache
def dimension_labels() -> dict[str, str]:
    return {row["code"]: row["label"] for row in catalogue.rows("catalogue/dimensions.toml", "dimension")}


def words() -> dict[str, Term]:
    return catalogue.terms("catalogue/count-words.toml", "word")


def funds() -> dict[str, Term]:
    return catalogue.terms("catalogue/funds.toml", "fund")


def grades() -> dict[str, Term]:
    return catalogue.terms("catalogue/grades.toml", "grade")


def beneficiaries() -> dict[str, Term]:
    return catalogue.terms("catalogue/beneficiaries.toml", "beneficiary")


def fields() -> dict[str, Term]:
    return catalogue.terms("catalogue/fields.toml", "field")
