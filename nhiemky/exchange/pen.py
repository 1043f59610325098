"""Who writes the objects of an exchange file, and how what a line points at is found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.exchange.reading import Item
from nhiemky.figures.models import Target
from nhiemky.foundation.models import Source, User
from nhiemky.foundation.refusals import Refusal
from nhiemky.ledger.models import Entry, Statement
from nhiemky.members.models import Child, Dues, Grouping, Membership, Person, Post, Standing
from nhiemky.rules.timeline import Span


class DependsOnFault(Exception):
    """The object points at one whose line is at fault; that fault says enough."""


# what is written row by row, and may therefore wait for others; the tree and its terms are few and read themselves
MANY: dict[str, Any] = {
    "entry": Entry, "statement": Statement, "person": Person, "membership": Membership, "post": Post,
    "grouping": Grouping, "standing": Standing, "child": Child, "dues": Dues, "target": Target,
}  # fmt: skip


@dataclass
class Pen:
    """Who writes, on which day, and which objects of the file could not be written."""

    by: User
    today: date
    fictional: bool
    failed: set[tuple[str, str]] = field(default_factory=set)
    # the rows that were written or found, by the kind of object and code
    known: dict[tuple[str, str], Any] = field(default_factory=dict)
    # identities in use, so that a second row of the same one is refused by a sentence
    taken: set[tuple[str, str]] = field(default_factory=set)

    def look_for(self, items: Iterable[Item]) -> None:
        """Which of these identities are taken already, by rows that no file gave."""
        for name, model in MANY.items():
            codes = [item.id for item in items if item.table == name]
            for start in range(0, len(codes), 10_000):
                there = model.objects.filter(code__in=codes[start : start + 10_000])
                self.taken |= {(name, code) for code in there.values_list("code", flat=True)}

    def find(self, model: type, kind: str, code: str) -> Any:
        """The row an object points at, from this file or from before."""
        if (kind, code) in self.known:
            return self.known[kind, code]
        found = model.objects.filter(code=code).first()  # type: ignore[attr-defined]
        if found is not None:
            self.known[kind, code] = found
        else:
            if (kind, code) in self.failed:
                raise DependsOnFault
            raise Refusal(
                _("Không tìm thấy “%(code)s” (%(kind)s). Hãy khai báo trước, ở dòng trên.")
                % {"code": code, "kind": kind}
            )
        return found

    def maybe(self, model: type, kind: str, code: str | None) -> Any:
        return self.find(model, kind, code) if code else None

    def cited(self, given: dict[str, Any]) -> dict[str, Any]:
        """Source and the places in it."""
        return {"source": self.maybe(Source, "source", given.get("source")), "places": given.get("places", [])}


def span_of(text: str) -> Span:
    try:
        return Span.parse(text)
    except ValueError:
        raise Refusal(
            _("Ngày “%(given)s” không có thật, hoặc ngày cuối trước ngày đầu. Hãy kiểm tra ngày, tháng, năm.")
            % {"given": text}
        ) from None


def kept(given: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: given[name] for name in names if name in given}
