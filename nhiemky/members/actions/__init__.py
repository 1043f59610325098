"""Writes of persons, memberships, standings and posts."""

from nhiemky.members.actions.imports import apply_import, joining_choices, remember_columns
from nhiemky.members.actions.memberships import (
    annul_membership,
    begin_register,
    correct_membership,
    join_unit,
    leave_unit,
)
from nhiemky.members.actions.persons import add_child, amend_person, enter_person, remove_child
from nhiemky.members.actions.posts import fill_post
from nhiemky.members.actions.standings import end_standing, record_dues, record_standing, set_group

__all__ = [
    "add_child",
    "amend_person",
    "annul_membership",
    "apply_import",
    "begin_register",
    "correct_membership",
    "end_standing",
    "enter_person",
    "fill_post",
    "join_unit",
    "joining_choices",
    "leave_unit",
    "record_dues",
    "record_standing",
    "remember_columns",
    "remove_child",
    "set_group",
]
