"""Django application."""

from django.apps import AppConfig


class ReformsConfig(AppConfig):
    name = "nhiemky.reforms"
    label = "reforms"

    def ready(self) -> None:
        from nhiemky.reforms import policies  # noqa: F401 - registers the policies
