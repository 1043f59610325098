"""Django application."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "nhiemky.ledger"
    label = "ledger"

    def ready(self) -> None:
        from nhiemky.ledger import policies  # noqa: F401 - registers the policies
