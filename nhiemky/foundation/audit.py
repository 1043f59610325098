"""The audit trail: one event for each action, chained by hashes, never changed. Holds keys, not people's data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from nhiemky.foundation import batch, clock
from nhiemky.foundation.door import current
from nhiemky.foundation.models import AuditEvent, AuditHead

NOTHING = "0" * 64


def write_event(*, subject: str, unit: str = "", data: Mapping[str, Any] | None = None) -> AuditEvent:
    """Write the event of the action that is open, in its transaction."""
    door = current.get()
    if door is None:
        raise RuntimeError("an audit event is written inside an action")
    waiting = batch.opened()
    head = waiting.locked_head() if waiting else AuditHead.objects.select_for_update().get(pk=1)
    event = AuditEvent(
        number=head.number + 1,
        at=clock.now(),
        actor=door.by,
        action=door.name,
        subject=subject,
        unit=unit,
        data=dict(data or {}),
        previous=head.digest,
    )
    event.digest = digest_of(event)
    batch.keep(event)
    head.number, head.digest = event.number, event.digest
    if waiting is None:
        head.save(update_fields=["number", "digest"])
    door.events += 1
    return event


def digest_of(event: AuditEvent) -> str:
    """SHA-256 over the event and the digest before it."""
    parts = [
        event.number,
        _instant(event.at),
        event.actor_id,
        event.action,
        event.subject,
        event.unit,
        event.data,
        event.previous,
    ]
    written = json.dumps(parts, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()


def _instant(at: datetime) -> str:
    return f"{at.timestamp():.6f}"


def version() -> str:
    """Which data there is: changes with every action, and never comes back. What is kept in memory is kept by it."""
    return AuditHead.objects.values_list("digest", flat=True).get(pk=1)


def begun_at() -> datetime | None:
    """When the first thing was done in this installation; None while nothing was."""
    return AuditEvent.objects.filter(number=1).values_list("at", flat=True).first()


def broken_links() -> Iterator[int]:
    """Numbers of the events that do not follow from the one before, or whose contents were changed."""
    number, previous = 0, NOTHING
    for event in AuditEvent.objects.order_by("number").iterator():
        number += 1
        if event.number != number or event.previous != previous or event.digest != digest_of(event):
            yield event.number
            number = event.number
        previous = event.digest
    head = AuditHead.objects.get(pk=1)
    if (head.number, head.digest) != (number, previous):
        yield head.number
