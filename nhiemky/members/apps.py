"""Django application."""

from django.apps import AppConfig
from django.db.models.signals import post_migrate


class MembersConfig(AppConfig):
    name = "nhiemky.members"
    label = "members"

    def ready(self) -> None:
        from nhiemky.members import name_index, policies  # noqa: F401 - registers the policies

        post_migrate.connect(name_index.after_migrating, dispatch_uid="name_index")
