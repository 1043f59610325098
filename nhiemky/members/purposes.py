"""What particulars are kept for, and why somebody may read what is masked, read from `data/catalogue/purposes.toml`."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from nhiemky.foundation import catalogue

PLACE = "catalogue/purposes.toml"


@dataclass(frozen=True)
class Purpose:
    """What is done with particulars; `by_law` needs no consent and has its ground in words."""

    code: str
    label: str
    text: str
    by_law: bool
    fields: tuple[str, ...] = ()


@cache
def purposes() -> dict[str, Purpose]:
    return {
        row["code"]: Purpose(row["code"], row["label"], row["text"], row["by_law"], tuple(row.get("fields", ())))
        for row in catalogue.rows(PLACE, "purpose")
    }


@cache
def reasons() -> dict[str, str]:
    """Why masked particulars are read: code -> words."""
    return {row["code"]: row["label"] for row in catalogue.rows(PLACE, "reason")}


@cache
def erasures() -> dict[str, str]:
    """Why a person is erased: code -> words."""
    return {row["code"]: row["label"] for row in catalogue.rows(PLACE, "erasure")}
