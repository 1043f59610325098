"""Django application."""

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    name = "nhiemky.reports"
    label = "reports"

    def ready(self) -> None:
        from nhiemky.reports import policies  # noqa: F401 - registers the policies
