"""Django application."""

from django.apps import AppConfig


class FiguresConfig(AppConfig):
    name = "nhiemky.figures"
    label = "figures"

    def ready(self) -> None:
        from nhiemky.figures import policies  # noqa: F401 - registers the policies
        from nhiemky.foundation.append_only import append_only

        append_only("figures_target")
