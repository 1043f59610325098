"""Writes of persons, memberships, standings and posts."""

from nhiemky.members.actions.memberships import (
    annul_membership,
    begin_register,
    correct_membership,
    join_unit,
    leave_unit,
)
from nhiemky.members.actions.persons import add_child, amend_person, enter_person, remove_child
from nhiemky.members.actions.posts import fill_post
from nhiemky.members.actions.privacy import (
    erase_person,
    give_consent,
    reveal_person,
    take_list,
    tell_person,
    withdraw_consent,
)
from nhiemky.members.actions.standings import end_standing, record_dues, record_standing, set_group

__all__ = [
    "add_child",
    "amend_person",
    "annul_membership",
    "begin_register",
    "correct_membership",
    "end_standing",
    "enter_person",
    "erase_person",
    "fill_post",
    "give_consent",
    "join_unit",
    "leave_unit",
    "record_dues",
    "record_standing",
    "remove_child",
    "reveal_person",
    "set_group",
    "take_list",
    "tell_person",
    "withdraw_consent",
]
