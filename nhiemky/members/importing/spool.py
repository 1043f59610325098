"""The rows of a sheet as they were looked over, on disk: a large list would not fit in the memory beside the register."""

from __future__ import annotations

import base64
import marshal
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from nhiemky.foundation.refusals import Refusal
from nhiemky.foundation.sealing import seal, unseal
from nhiemky.members.importing.drafts import gone

PURPOSE = "sheet"
# seconds for another who reads or decides
WAIT = 5


class State(IntEnum):
    """How a cell or a row stands; of a row the gravest of its cells."""

    BLANK = 0
    SAME = 1
    NEW = 2
    CHANGED = 3
    WARNING = 4
    ERROR = 5


class Decision(StrEnum):
    """What is to happen to a row that may be about somebody who is known already."""

    NONE = ""
    SAME = "same"  # the same person: what is known of them is amended
    NEW = "new"  # somebody else
    OUT = "out"  # left out


@dataclass
class Looked:
    """A row as it was looked over. `cells`: text, state and sentence by column of the mapping."""

    number: int
    cells: list[tuple[str, int, str]]
    state: State = State.NEW
    # sentences about the row as a whole
    told: list[str] = field(default_factory=list)
    # cannot be written whatever is decided
    blocked: bool = False
    # somebody must decide
    is_open: bool = False
    # ways out that are offered
    offers: list[str] = field(default_factory=list)
    decision: str = ""
    # the row of the sheet that is about the same person, and the person of the register
    twin: int = 0
    person: int = 0
    # of what was known of the person when the row was looked over
    known: str = ""
    # columns of Person, and what else is to be written
    values: dict[str, Any] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)


class Spool:
    """The rows of one draft."""

    def __init__(self, path: Path, *, new: bool = False) -> None:
        if new:
            path.unlink(missing_ok=True)
            path.touch(mode=0o600)
        elif not path.exists():
            raise gone()
        # written by one and read by another thread, one after the other
        self.base = sqlite3.connect(path, WAIT, isolation_level=None, check_same_thread=False)
        # it can always be made anew from the file
        self.base.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF; PRAGMA temp_store=MEMORY;")
        if new:
            self.base.execute(
                "CREATE TABLE row (number INTEGER PRIMARY KEY, state INTEGER, blocked INTEGER, open INTEGER, "
                "person INTEGER, twin INTEGER, decision TEXT, body BLOB)"
            )

    def close(self) -> None:
        self.base.close()

    def add(self, rows: Iterable[Looked]) -> None:
        self.base.execute("BEGIN")
        self.base.executemany(
            "INSERT INTO row VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    row.number, int(row.state), row.blocked, row.is_open, row.person, row.twin, str(row.decision),
                    _packed(row),
                )
                for row in rows
            ),
        )  # fmt: skip
        self.base.execute("COMMIT")

    def finish(self) -> None:
        """What is asked for page by page gets its indexes."""
        self.base.execute("CREATE INDEX row_state ON row (state, number)")
        self.base.execute("CREATE INDEX row_open ON row (open, number) WHERE open")

    def rows(self, where: str = "1", given: tuple = (), *, after: int = 0, most: int = -1) -> Iterator[Looked]:
        """Rows in the order of the sheet."""
        found = self.base.execute(
            f"SELECT number, state, blocked, open, person, twin, decision, body FROM row "  # noqa: S608 - our own words
            f"WHERE number > ? AND {where} ORDER BY number LIMIT ?",
            (after, *given, most),
        )
        for number, state, blocked, is_open, person, twin, decision, body in found:
            cells, told, offers, known, values, facts = _unpacked(body)
            yield Looked(
                number, cells, State(state), told, bool(blocked), bool(is_open), offers,
                decision, twin, person, known, values, facts,
            )  # fmt: skip

    def row(self, number: int) -> Looked | None:
        return next(self.rows("number = ?", (number,), after=number - 1, most=1), None)

    def count(self, where: str = "1", given: tuple = ()) -> int:
        return int(self.base.execute(f"SELECT count(*) FROM row WHERE {where}", given).fetchone()[0])  # noqa: S608

    def counts(self) -> dict[str, int]:
        """How many rows there are of each state, and how many wait for a decision."""
        found = {state.name.lower(): 0 for state in State if state}
        for state, times in self.base.execute("SELECT state, count(*) FROM row GROUP BY state"):
            found[State(state).name.lower()] = times
        found["open"] = self.count("open AND decision = ''")
        found["open_all"] = self.count("open")
        # wrong in a cell that may be left out
        found["soft"] = self.count("state = 5 AND NOT blocked")
        return found

    def forecast(self, without_faulty_cells: bool) -> dict[str, int]:
        """How many rows would be new, amended or left alone, left out, faulty, if it were written now."""
        faulty = "blocked" if without_faulty_cells else "state = 5"
        waiting, out = "open AND decision = ''", "decision = 'out'"
        amends = "person AND decision = 'same'"
        found = dict.fromkeys(("new", "amended", "same", "out", "faulty", "waiting"), 0)
        case = (
            f"CASE WHEN {faulty} THEN 'faulty' WHEN {waiting} THEN 'waiting' WHEN {out} THEN 'out' WHEN {amends} AND state = 1 THEN 'same' "
            f"WHEN {amends} THEN 'amended' ELSE 'new' END"
        )
        for name, times in self.base.execute(f"SELECT {case}, count(*) FROM row GROUP BY 1"):  # noqa: S608 - our own words
            found[name] = times
        return found

    def page(self, where: str, start: int, most: int) -> list[Looked]:
        """Some of the rows, by their place among those of the filter."""
        numbers = [
            number
            for (number,) in self.base.execute(
                f"SELECT number FROM row WHERE {where} ORDER BY number LIMIT ? OFFSET ?",  # noqa: S608 - our own words
                (most, start),
            )
        ]
        if not numbers:
            return []
        return list(self.rows(f"{where} AND number <= {numbers[-1]}", after=numbers[0] - 1))

    def offered(self) -> dict[str, int]:
        """How many rows that wait may be decided in each way."""
        found: dict[str, int] = {}
        for row in self.rows("open AND decision = ''"):
            for each in row.offers:
                found[str(each)] = found.get(str(each), 0) + 1
        return found

    def decide(self, decision: Decision, number: int | None = None) -> int:
        """Decide for one row, or for every row that is offered this way; gives how many were."""
        wanted = [
            row.number
            for row in self.rows("open AND (decision = '' OR number = ?) AND (? IS NULL OR number = ?)", (number,) * 3)
            if decision in row.offers
        ]
        try:
            self.base.execute("BEGIN")
            self.base.executemany(
                "UPDATE row SET decision = ? WHERE number = ?", [(str(decision), each) for each in wanted]
            )
            self.base.execute("COMMIT")
        except sqlite3.OperationalError:
            raise Refusal(
                _("Danh sách này đang được ghi vào sổ nên không chọn lại được nữa. Hãy tải lại trang.")
            ) from None
        return len(wanted)


def _packed(row: Looked) -> bytes | str:
    cells = [(text, int(state), sentence) for text, state, sentence in row.cells]
    # plain data by the interpreter's own format, which runs nothing when it is read: four times as quick as JSON
    body = marshal.dumps((cells, row.told, [str(each) for each in row.offers], row.known, row.values, row.facts))
    return seal(base64.b64encode(body).decode(), PURPOSE) if settings.ENCRYPTS else body


def _unpacked(body: bytes | str) -> tuple:
    packed = body if isinstance(body, bytes) else base64.b64decode(unseal(body, PURPOSE))
    return marshal.loads(packed)  # noqa: S302 - a file of our own, and data only


def open_spool(path: Path) -> closing[Spool]:
    return closing(Spool(path))
