"""Rows of the ledger are never changed and never deleted."""

from django.db import migrations

from nhiemky.foundation.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [append_only("ledger_entry", "ledger_entrycount", "ledger_entrymoney", "ledger_statement")]
