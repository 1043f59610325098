"""Django application."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    name = "nhiemky.members"
    label = "members"

    def ready(self) -> None:
        from nhiemky.members import policies  # noqa: F401 - registers the policies
