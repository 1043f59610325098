"""Loading an exchange file: all of it or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils.translation import gettext as _

from nhiemky.exchange.models import Loaded
from nhiemky.exchange.reading import Fault, Item, Parsed, read
from nhiemky.exchange.writing import DependsOnFault, Pen
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.refusals import Refusal

WRITES = (
    "foundation.source.record",
    "units.unit.found",
    "units.placement.place",
    "units.term.open",
    "units.period.name",
    "members.person.enter",
    "members.post.fill",
    "ledger.entry.record",
    "ledger.entry.correct",
    "ledger.entry.cancel",
    "ledger.statement.record",
    "ledger.statement.correct",
    "figures.target.adopt",
)


@dataclass(frozen=True)
class Outcome:
    """How many objects were written, and how many were there already."""

    written: int
    unchanged: int


class FaultyFile(Refusal):
    """The file was refused whole; `faults` says why, by line."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = sorted(faults, key=lambda fault: fault.line)
        super().__init__(*self.faults)


@action("exchange.file.load", calls=WRITES)
def _load(*, by: User, parsed: Parsed, digest: str, today: date) -> Outcome:
    faults = list(parsed.faults)
    known = _known(parsed.items)
    pen = Pen(by, today, parsed.fictional)
    written = 0
    for item in parsed.items:
        before = known.get((item.type, item.id))
        if before == item.digest:
            continue
        wrong = [_changed(item)] if before else _write(pen, item)
        faults += [Fault(item.line, sentence) for sentence in wrong]
        written += not wrong
    if faults:
        raise FaultyFile(faults)
    write_event(subject=f"file:{digest[:16]}", data={"written": written, "digest": digest})
    return Outcome(written, len(parsed.items) - written)


def load_file(*, by: User, contents: bytes, today: date) -> Outcome:
    """Write every object of the file that is not there yet; FaultyFile with all faults, and then nothing is written.

    The file is read before the action opens: reading a large one takes longer than anybody may wait to write.
    """
    parsed = read(contents)
    outcome: Outcome = _load(by=by, parsed=parsed, digest=hashlib.sha256(contents).hexdigest(), today=today)
    return outcome


def _write(pen: Pen, item: Item) -> list[str]:
    try:
        with transaction.atomic():
            pen.write(item)
            Loaded.objects.create(type=item.type, identity=item.id, digest=item.digest)
    except DependsOnFault:
        pen.failed.add((item.type, item.id))
        return []
    except Refusal as refusal:
        pen.failed.add((item.type, item.id))
        return list(refusal.sentences)
    return []


def _changed(item: Item) -> str:
    return _(
        "“%(id)s” đã được nạp với nội dung khác. Không sửa bản ghi cũ: hãy thêm một bản ghi sửa (corrects) với mã mới."
    ) % {"id": item.id}


def _known(items: Sequence[Item]) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    ids = [item.id for item in items]
    for start in range(0, len(ids), 500):
        rows = Loaded.objects.filter(identity__in=ids[start : start + 500])
        found |= {(row.type, row.identity): row.digest for row in rows}
    return found
