"""What members of the register are counted by, read from `data/catalogue/member-features.toml`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from nhiemky.foundation import catalogue


@dataclass(frozen=True)
class Feature:
    """Something members are counted by; `standing` when it is to have one, `ages` are bands, both ends inside."""

    code: str
    label: str
    values: Mapping[str, str]
    standing: str = ""
    ages: Mapping[str, tuple[int, int]] = field(default_factory=dict)


@cache
def features() -> dict[str, Feature]:
    return {row["code"]: _feature(row) for row in catalogue.rows("catalogue/member-features.toml", "feature")}


def _feature(row: dict[str, Any]) -> Feature:
    values = row["value"]
    return Feature(
        row["code"],
        row["label"],
        {value["code"]: value["label"] for value in values},
        row.get("standing", ""),
        {value["code"]: (value["from"], value["to"]) for value in values if "from" in value},
    )


@cache
def bands() -> Mapping[str, tuple[int, int]]:
    """Age band -> its first and last age."""
    return features()["age"].ages


@cache
def of_block(block: str) -> dict[str, str]:
    """What the block of a unit says of its members: the half in which figures speak of it, and its sector."""
    for row in catalogue.rows("catalogue/blocks.toml", "block"):
        if row["code"] == block:
            found = {"block": row.get("group", ""), "sector": row.get("sector", "")}
            return {name: value for name, value in found.items() if value}
    return {}
