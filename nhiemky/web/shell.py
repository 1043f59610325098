"""What every page's frame shows."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _

from nhiemky.foundation import clock
from nhiemky.foundation.roles import Right, Role
from nhiemky.units.models import Grant
from nhiemky.units.queries import grants_of


def shell(request: HttpRequest) -> dict[str, Any]:
    """The person and their places for the frame; nothing for a stranger."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return {}
    today = clock.today()
    grants = grants_of(user, Right.READ, today)
    roles = dict.fromkeys(role_name(grant) for grant in sorted(grants, key=lambda grant: grant.unit_id is None))
    return {
        "shell": {
            "person": str(user),
            "role": ", ".join(roles),
            # drafts on this device belong to one person
            "key": user.pk,
            "records": any(Right.RECORD in Role(grant.role).rights for grant in grants),
            "register": register_of(grants),
            "administers": any(
                grant.unit_id is None and Right.ADMINISTER in Role(grant.role).rights for grant in grants
            ),
        }
    }


def register_of(grants: list[Grant]) -> str:
    """Where the register opens: at the one union somebody works for, or at the search of all that they see."""
    units = list({grant.unit for grant in grants})
    if len(units) == 1 and units[0] is not None and not any(grant.below for grant in grants):
        return reverse("web.members.list", args=[units[0].code])
    return reverse("web.members.search")


def role_name(grant: Grant) -> str:
    """'Phụ trách' of a unit; of the whole installation 'Quản trị'."""
    if grant.unit_id is None and grant.role == Role.ADMINISTRATOR:
        return _("Quản trị")
    return Role(grant.role).label.partition(":")[0]
