"""Indicators as data, read from `data/indicators`."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from django.utils.translation import gettext as _

from nhiemky.foundation import catalogue
from nhiemky.ledger import kinds
from nhiemky.rules.indicators import Definition, Measure

COUNTING = (Measure.COUNT, Measure.SHARE, Measure.PER_UNIT, Measure.TARGETS)
OCCASION = "luot"


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
            register=row.get("register", False),
            own=row.get("own", False),
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
                if each.measure in COUNTING and not each.register and kind.code in each.kinds and each.word == word
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


@cache
def openable() -> dict[str, Definition]:
    """All that may be asked for: the lines of reports, and totals of a field of work, which charts show.

    A total is no line of a report: its money stands in the lines it adds up.
    """
    return definitions() | {each.code: each for each in _totals()}


def spent_in(field: str) -> str:
    """The code of the money spent on a field of work."""
    return f"{field}_spent"


def occasions_in(field: str) -> str:
    """The code of the occasions ("lượt") of a field of work."""
    return f"{field}_occasions"


def _totals() -> Iterator[Definition]:
    for field in kinds.fields().values():
        every = [kind for kind in kinds.kinds().values() if kind.field == field.code]
        spent = tuple(kind.code for kind in every if kind.money == "spent")
        parts = tuple(each.code for each in definitions().values() if _holds_money(each, spent))
        if parts:
            yield Definition(
                code=spent_in(field.code),
                label=_("%(field)s: tổng số tiền đã chi") % {"field": field.label},
                field=field.code,
                measure=Measure.MONEY,
                kinds=spent,
                parts=parts,
            )
        if counted := tuple(kind.code for kind in every if OCCASION in kind.words):
            yield Definition(
                code=occasions_in(field.code),
                label=_("%(field)s: tổng số lượt") % {"field": field.label},
                field=field.code,
                measure=Measure.COUNT,
                kinds=counted,
                word=OCCASION,
            )


def _holds_money(line: Definition, spent: tuple[str, ...]) -> bool:
    """Whether a line of a report shows money spent that no other line shows."""
    whole = line.measure is Measure.MONEY and not line.where
    return bool(set(line.kinds if whole else line.money_kinds) & set(spent))
