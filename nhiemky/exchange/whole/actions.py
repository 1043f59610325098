"""The two acts of whole data: it is read, which those who are read of can see; and it is written, all of it or nothing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from nhiemky.exchange.faults import Fault, FaultyFile
from nhiemky.exchange.whole import archive
from nhiemky.exchange.whole.belonging import belonging_to, counts_by_unit
from nhiemky.exchange.whole.guards import look_at_merges, refuse_new_faults, stand_before
from nhiemky.exchange.whole.reading import Reader, rows_in
from nhiemky.exchange.whole.taking import Taker
from nhiemky.foundation import bulk, clock
from nhiemky.foundation.audit import write_event
from nhiemky.foundation.door import action
from nhiemky.foundation.models import User
from nhiemky.foundation.policies import may
from nhiemky.foundation.refusals import NotAllowed, Refusal
from nhiemky.foundation.resealing import closed_columns
from nhiemky.foundation.roles import Right
from nhiemky.members.name_index import learning_together
from nhiemky.units.models import Unit

Progress = Callable[[int], None]


@action("exchange.unit.export")
def note_export(*, by: User, unit: Unit | None, on: date) -> None:
    """Everything of the unit, secrets too, is about to be read by somebody who may; the trail says so, unit by unit."""
    if closed := list(closed_columns()):
        raise Refusal(
            _("Có mục được niêm phong bằng khóa khác (%(columns)s) nên chưa xuất được. Hãy chạy: nhiemky reseal")
            % {"columns": ", ".join(closed)}
        )
    found, today = belonging_to(unit, on), clock.today()
    # what stood below on that day may be somebody else's today
    for each in Unit.objects.filter(pk__in=found.inside):
        if not may(by, Right.ADMINISTER, each, today):
            raise NotAllowed(
                _("Dữ liệu có số CCCD của đoàn viên “%(unit)s”, là đơn vị bạn chưa được giao phụ trách. ")
                % {"unit": each.code}
                + _("Hãy nhờ người phụ trách của cả hai đơn vị xuất, hoặc chỉ xuất đơn vị của mình.")
            )
    data = {"on": on.isoformat(), "fields": ["all"]}
    read = counts_by_unit(found)
    top = unit.code if unit else ""
    for code, count in {top: read.get(top, 0), **read}.items():
        write_event(
            subject=f"unit:{code}" if code else "installation:1", unit=code, data={**data, "count": count, "of": top}
        )


@dataclass
class Taken:
    """What a load did: lines by kind that were written, and that were there; logins that stand for their namesakes."""

    written: Counter[str] = field(default_factory=Counter)
    unchanged: Counter[str] = field(default_factory=Counter)
    files: int = 0
    matched: list[str] = field(default_factory=list)
    made: list[str] = field(default_factory=list)


def load_whole(*, by: User, path: Path, progress: Progress = lambda _lines: None) -> Taken:
    """Write every row of the file that is not there yet; FaultyFile, and then nothing is written.

    The file is read twice, and held in memory never: first whether it is whole and well formed, while others work.
    """
    with archive.opened(path) as incoming:
        reader = Reader(incoming)
        reader.look_through()
        taken: Taken = _load(by=by, incoming=incoming, digest=reader.digest, progress=progress)
        return taken


@action("exchange.whole.load", calls=("foundation.user.name_author",))
def _load(*, by: User, incoming: archive.Incoming, digest: str, progress: Progress) -> Taken:
    taken = Taken(files=len(incoming.digests))
    taker, before = Taker(by, incoming, taken), stand_before()
    done = 0
    with bulk.roomy(), learning_together():
        for record, chunk in rows_in(incoming):
            taker.take(record, chunk)
            done += len(chunk)
            progress(done)
    look_at_merges(taker.merged)
    refuse_new_faults(before)
    counts: dict[str, Any] = {"written": dict(taken.written), "unchanged": sum(taken.unchanged.values())}
    write_event(subject=f"file:{digest[:16]}", data={**counts, "digest": digest, "accounts": len(taken.made)})
    return taken


__all__ = ["Fault", "FaultyFile", "Taken", "load_whole", "note_export"]
