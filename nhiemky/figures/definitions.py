"""Indicators as data, read from `data/indicators`."""

from __future__ import annotations

from functools import cache

from nhiemky.foundation import catalogue
from nhiemky.rules.indicators import Definition, Measure


@cache
def definitions() -> dict[str, Definition]:
    """Code -> definition, in the order in which reports show them."""
    return {
        row["code"]: Definition(
            code=row["code"],
            label=row["label"],
            field=row["field"],
            measure=Measure(row["measure"]),
            kinds=tuple(row.get("kinds", ())),
            word=row.get("word", ""),
            where=tuple(sorted(row.get("where", {}).items())),
            money=row.get("money", False),
            subject=row.get("subject", ""),
            denominator=row.get("denominator", ""),
            block=row.get("block", ""),
            grade=row.get("grade", ""),
            source=row.get("source", ""),
        )
        for row in catalogue.rows("indicators", "indicator")
    }
