"""Django application."""

from django.apps import AppConfig


class ExchangeConfig(AppConfig):
    name = "nhiemky.exchange"
    label = "exchange"

    def ready(self) -> None:
        from nhiemky.exchange import policies  # noqa: F401 - registers the policies
