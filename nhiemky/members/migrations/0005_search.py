"""What searching and listing persons asks of the database."""

from django.db import migrations, models


def make(apps, editor):
    from nhiemky.members import name_index

    name_index.make(editor.connection.alias)


class Migration(migrations.Migration):
    dependencies = [("members", "0004_imports")]
    operations = [
        migrations.AddIndex(
            model_name="membership",
            index=models.Index(fields=["unit", "ends_before"], name="membership_unit_ends"),
        ),
        migrations.RunPython(make, migrations.RunPython.noop),
    ]
