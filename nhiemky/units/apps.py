"""Django application."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    name = "nhiemky.units"
    label = "units"

    def ready(self) -> None:
        from nhiemky.foundation.policies import register_reach
        from nhiemky.units import policies  # noqa: F401 - registers the policies
        from nhiemky.units.queries import reaches

        register_reach(reaches)
