"""The end of the empty chain, and the account of the command line."""

from django.contrib.auth.hashers import make_password
from django.db import migrations


def begin(apps, editor):
    apps.get_model("foundation", "AuditHead").objects.create(pk=1, number=0, digest="0" * 64)
    apps.get_model("foundation", "User").objects.create(
        username="dong-lenh", display_name="Dòng lệnh", password=make_password(None)
    )


def undo(apps, editor):
    apps.get_model("foundation", "AuditHead").objects.all().delete()
    apps.get_model("foundation", "User").objects.filter(username="dong-lenh").delete()


class Migration(migrations.Migration):
    dependencies = [("foundation", "0001_initial")]
    operations = [migrations.RunPython(begin, undo)]
