"""Writes of persons, memberships, standings and posts."""

from nhiemky.members.actions.memberships import (
    annul_membership,
    begin_register,
    correct_membership,
    join_unit,
    leave_unit,
)
from nhiemky.members.actions.merging import merge_persons, unmerge_persons
from nhiemky.members.actions.persons import add_child, amend_person, enter_person, remove_child
from nhiemky.members.actions.posts import fill_post
from nhiemky.members.actions.standings import end_standing, record_dues, record_standing, set_group

__all__ = [
    "add_child",
    "amend_person",
    "annul_membership",
    "begin_register",
    "correct_membership",
    "end_standing",
    "enter_person",
    "fill_post",
    "join_unit",
    "leave_unit",
    "merge_persons",
    "record_dues",
    "record_standing",
    "remove_child",
    "set_group",
    "unmerge_persons",
]
