"""Writes of persons, memberships, standings and posts."""

from nhiemky.members.actions.memberships import (
    annul_membership,
    begin_register,
    correct_membership,
    join_unit,
    leave_unit,
)
from nhiemky.members.actions.persons import add_child, amend_person, enter_person, remove_child
from nhiemky.members.actions.posts import (
    annul_post,
    choose_rules,
    correct_post,
    end_post,
    fill_post,
    fill_post_with_new,
    fix_body_size,
)
from nhiemky.members.actions.standings import end_standing, record_dues, record_standing, set_group

__all__ = [
    "add_child",
    "amend_person",
    "annul_membership",
    "annul_post",
    "begin_register",
    "choose_rules",
    "correct_membership",
    "correct_post",
    "end_post",
    "end_standing",
    "enter_person",
    "fill_post",
    "fill_post_with_new",
    "fix_body_size",
    "join_unit",
    "leave_unit",
    "record_dues",
    "record_standing",
    "remove_child",
    "set_group",
]
