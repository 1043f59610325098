"""Loading an exchange file: all of it or nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from django.db import transaction
from django.utils.translation import gettext as _

from nhiemky.exchange.faults import Fault, FaultyFile
from nhiemky.exchange.models import Loaded
from nhiemky.exchange.pen import MANY, DependsOnFault, Pen
from nhiemky.exchange.reading import Item, Parsed, read
from nhiemky.exchange.writing import write
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.batch import batch, keep, opened, write_if_long
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
    "members.membership.join",
    "members.membership.leave",
    "members.group.set",
    "members.standing.record",
    "members.child.add",
    "members.dues.record",
    "members.transfer.ask",
    "members.register.begin",
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


@action("exchange.file.load", calls=WRITES)
def _load(*, by: User, parsed: Parsed, digest: str, today: date) -> Outcome:
    faults = list(parsed.faults)
    known = _known(parsed.items)
    new = [item for item in parsed.items if known.get((item.type, item.id)) != item.digest]
    pen = Pen(by, today, parsed.fictional)
    pen.look_for([item for item in new if (item.type, item.id) not in known])
    written = 0
    # rows of a kind that comes in thousands wait for each other; the tree is written object by object
    for many, run in groupby(new, key=lambda item: item.table in MANY):
        with batch() if many else nullcontext():
            for item in run:
                wrong = [_changed(item)] if (item.type, item.id) in known else _write(pen, item)
                faults += [Fault(item.line, sentence) for sentence in wrong]
                written += not wrong
                write_if_long()
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
        # an object refused half way leaves nothing; in a batch nothing was written yet, and the action forgets it
        with transaction.atomic() if opened() is None else nullcontext():
            write(pen, item)
            keep(Loaded(type=item.type, identity=item.id, digest=item.digest))
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
