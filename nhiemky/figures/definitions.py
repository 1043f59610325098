"""Indicators as data, read from `data/indicators`."""

from __future__ import annotations

from functools import cache

from nhiemky.foundation import catalogue
from nhiemky.rules.indicators import Definition, Measure


@cache
def definitions() -> dict[str, Definition]:
    """Code -> definition, in the order in which reports show them.

    The money of a kind that has a line of its own for money is not shown beside its counts as well.
    """
    rows = list(catalogue.rows("indicators", "indicator"))
    own_line = {
        kind for row in rows if row["measure"] == Measure.MONEY and not row.get("where") for kind in row["kinds"]
    }
    return {
        row["code"]: Definition(
            code=row["code"],
            label=row["label"],
            field=row["field"],
            measure=Measure(row["measure"]),
            kinds=tuple(row.get("kinds", ())),
            word=row.get("word", ""),
            where=tuple(sorted(row.get("where", {}).items())),
            money_kinds=tuple(kind for kind in row.get("kinds", ()) if row.get("money") and kind not in own_line),
            subject=row.get("subject", ""),
            denominator=row.get("denominator", ""),
            block=row.get("block", ""),
            grade=row.get("grade", ""),
            source=row.get("source", ""),
        )
        for row in rows
    }
