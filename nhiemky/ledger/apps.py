"""Django application."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "nhiemky.ledger"
    label = "ledger"

    def ready(self) -> None:
        from nhiemky.foundation.append_only import append_only
        from nhiemky.ledger import kept, policies  # noqa: F401 - registers the policies
        from nhiemky.members.queries.privacy import register_kept

        append_only("ledger_entry", "ledger_entrycount", "ledger_entrymoney", "ledger_statement", "ledger_evidence")
        register_kept(kept.told, kept.forget)
