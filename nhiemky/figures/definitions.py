"""Indicators as data, read from `data/indicators`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue
from nhiemky.ledger import kinds
from nhiemky.rules.indicators import Definition, Measure

COUNTING = (Measure.COUNT, Measure.SHARE, Measure.PER_UNIT, Measure.TARGETS)


@cache
def definitions() -> dict[str, Definition]:
    """Code -> definition, in the order in which reports show them.

    The money of a kind that has a line of its own for money is not shown beside its counts as well. What no line of
    the files asks for has a line made for it, so that nothing that may be recorded is missing from a report.
    """
    rows = list(catalogue.rows("indicators", "indicator"))
    own_line = {
        kind for row in rows if row["measure"] == Measure.MONEY and not row.get("where") for kind in row["kinds"]
    }
    written = {
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
    return written | {each.code: each for each in _rest(written, own_line)}


def _rest(written: dict[str, Definition], own_line: set[str]) -> Iterator[Definition]:
    """For each count word of a kind that is asked for only with some dimensions: the line of all other entries."""
    for kind in kinds.kinds().values():
        for word in kind.words:
            asked = [
                each.where
                for each in written.values()
                if each.measure in COUNTING and kind.code in each.kinds and each.word == word
            ]
            if () not in asked:
                yield Definition(
                    code=f"other_{kind.code}_{word}",
                    label=_("%(kind)s: việc khác") % {"kind": kind.label} if asked else kind.label,
                    field=kind.field,
                    measure=Measure.COUNT,
                    kinds=(kind.code,),
                    word=word,
                    elsewhere=tuple(asked),
                    money_kinds=(kind.code,) if kind.money != "none" and kind.code not in own_line else (),
                )
