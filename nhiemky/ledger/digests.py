"""What an event of the trail says of a row: a digest of everything in it, so that a changed row is found."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable

from nhiemky.ledger.models import Entry, EntryCount, EntryMoney, Evidence, Row, Statement


def digest_of_entry(
    entry: Entry,
    counts: Iterable[EntryCount],
    money: Iterable[EntryMoney],
    people: int = 0,
    linked: Iterable[str] = (),
) -> str:
    """SHA-256 over an entry with its numbers, how many people it names, and the codes of those of the register.

    Names may be erased, their number not. Codes name nobody by themselves; their order says nothing.
    """
    numbers = sorted([each.word, each.value, each.comparator, each.out_of, each.text] for each in counts)
    paid = sorted([each.fund, str(each.value), each.comparator, each.text] for each in money)
    parts = [*_common(entry), entry.kind, entry.details, entry.beneficiaries, entry.partners, numbers, paid]
    codes = sorted(linked)
    return _digest([*parts, *([people] if people else []), *([codes] if codes else [])])


def digest_of_evidence(row: Evidence) -> str:
    """SHA-256 over a file's row: the entry it belongs to and the digest of its contents among it."""
    return _digest([row.code, row.entry.code, row.digest, row.name, row.media_type, row.size])


def digest_of_statement(row: Statement) -> str:
    """SHA-256 over a statement."""
    percent = "" if row.percent is None else f"{row.percent:.3f}"
    return _digest([*_common(row), row.subject, row.value, percent, row.grade, row.comparator])


def _common(row: Row) -> list[object]:
    replaces = row.replaces.code if row.replaces else ""
    source = row.source.code if row.source else ""
    return [
        row.code, row.unit.code, row.span.isoformat(), row.coverage, row.note, source, row.places,
        replaces, row.cancels, row.reason,
    ]  # fmt: skip


def _digest(parts: list[object]) -> str:
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False, sort_keys=True).encode()).hexdigest()
