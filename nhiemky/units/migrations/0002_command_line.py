"""Whoever may run commands on the server administers the installation."""

from datetime import date

from django.db import migrations


def begin(apps, editor):
    user = apps.get_model("foundation", "User").objects.get(username="dong-lenh")
    apps.get_model("units", "Grant").objects.create(
        user=user, role="administrator", below=True, starts_on=date(2000, 1, 1)
    )


class Migration(migrations.Migration):
    dependencies = [("units", "0001_initial"), ("foundation", "0002_trail")]
    operations = [migrations.RunPython(begin, migrations.RunPython.noop)]
