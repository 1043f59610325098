"""What was issued stays as it was issued."""

from django.db import migrations

from nhiemky.foundation.append_only import append_only


class Migration(migrations.Migration):
    dependencies = [("documents", "0001_initial")]
    operations = [append_only("documents_issueddocument", "documents_issuedfile")]
