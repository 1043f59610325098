"""Django application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class FoundationConfig(AppConfig):
    name = "nhiemky.foundation"
    label = "foundation"

    def ready(self) -> None:
        from nhiemky.foundation.append_only import append_only, make_triggers

        append_only("foundation_auditevent")
        post_migrate.connect(make_triggers, dispatch_uid="append_only")
