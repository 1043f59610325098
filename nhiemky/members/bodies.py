"""The bodies of a unit, who sits in them and why a post ends, read from `data/catalogue/bodies.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from nhiemky.foundation import catalogue

PLACE = "catalogue/bodies.toml"


@dataclass(frozen=True)
class Body:
    """A body: the roles in it, and whether who works there may be a member of another unit."""

    code: str
    label: str
    roles: tuple[str, ...]
    outside: bool = False


@cache
def bodies() -> dict[str, Body]:
    return {
        row["code"]: Body(row["code"], row["label"], tuple(row["roles"]), row.get("outside", False))
        for row in catalogue.rows(PLACE, "body")
    }


def labels(name: str) -> dict[str, str]:
    """Code -> words of the `role`, `mandate` or `ending` rows, in order."""
    return {code: term.label for code, term in catalogue.terms(PLACE, name).items()}
