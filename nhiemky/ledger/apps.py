"""Django application."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "nhiemky.ledger"
    label = "ledger"

    def ready(self) -> None:
        from nhiemky.foundation.append_only import append_only
        from nhiemky.ledger import policies  # noqa: F401 - registers the policies

        append_only("ledger_entry", "ledger_entrycount", "ledger_entrymoney", "ledger_statement", "ledger_evidence")
