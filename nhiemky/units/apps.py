"""Django application."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "nhiemky.units"
    label = "units"

    def ready(self) -> None:
        from nhiemky.units import policies  # noqa: F401 - registers the policies and the reach over the tree
