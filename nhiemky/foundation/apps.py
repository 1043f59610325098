"""Django application."""

from typing import Any

from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate


class FoundationConfig(AppConfig):
    name = "nhiemky.foundation"
    label = "foundation"

    def ready(self) -> None:
        from nhiemky.foundation.append_only import append_only, make_triggers

        append_only("foundation_auditevent")
        post_migrate.connect(make_triggers, sender=self, dispatch_uid="append_only")
        checks.register(_rulesets_are_sound)


def _rulesets_are_sound(**given: Any) -> list[checks.CheckMessage]:
    """A faulty edition of the charter is told before anything starts: file, key and sentence."""
    from nhiemky.foundation.rulesets import Faulty, rulesets

    try:
        rulesets()
    except Faulty as faulty:
        return [checks.Error(str(faulty), hint="docs/rulesets.md", id="nhiemky.rulesets")]
    return []
