"""A large plan is applied without anybody waiting for the page."""

from __future__ import annotations

from django_tasks import TaskContext, task

from nhiemky.foundation import background, bulk, clock
from nhiemky.foundation.refusals import Refusal
from nhiemky.reforms.actions import apply_reorganisation
from nhiemky.reforms.models import Reorganisation

# rows up to which a person waits for the page
AT_ONCE = 300


@task(takes_context=True)
def apply_in_background(context: TaskContext, code: str, seen: str) -> None:
    """Apply the draft as it was seen; a Refusal is told where the draft is shown, and nothing was written."""
    job = str(context.task_result.id)
    background.tell(job, 0)
    say = background.teller(job)
    event = Reorganisation.objects.select_related("unit", "applied_by").get(code=code)
    assert event.applied_by is not None
    try:
        with bulk.roomy():
            apply_reorganisation(
                by=event.applied_by, event=event, today=clock.today(), seen=seen, tell=lambda part: say(part * 10)
            )
    except Refusal as refusal:
        background.tell(job, 0, " ".join(refusal.sentences))
        raise
