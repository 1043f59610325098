"""Writes of persons, memberships, standings, posts and transfers."""

from nhiemky.members.actions.admitting import Newcomer, admit_members
from nhiemky.members.actions.dues import record_dues, record_dues_of_unit
from nhiemky.members.actions.imports import apply_import, joining_choices, remember_columns
from nhiemky.members.actions.memberships import (
    annul_membership,
    begin_register,
    correct_membership,
    join_unit,
    leave_unit,
)
from nhiemky.members.actions.merging import merge_persons, unmerge_persons
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
from nhiemky.members.actions.privacy import (
    erase_person,
    give_consent,
    reveal_person,
    take_list,
    tell_person,
    withdraw_consent,
)
from nhiemky.members.actions.standings import end_standing, record_standing, set_group
from nhiemky.members.actions.transfers import (
    accept_transfer,
    ask_transfer,
    look_for_member,
    refuse_transfer,
    request_transfer,
    withdraw_transfer,
)

__all__ = [
    "Newcomer",
    "accept_transfer",
    "add_child",
    "admit_members",
    "amend_person",
    "annul_membership",
    "annul_post",
    "apply_import",
    "ask_transfer",
    "begin_register",
    "choose_rules",
    "correct_membership",
    "correct_post",
    "end_post",
    "end_standing",
    "enter_person",
    "erase_person",
    "fill_post",
    "fill_post_with_new",
    "fix_body_size",
    "give_consent",
    "join_unit",
    "joining_choices",
    "leave_unit",
    "look_for_member",
    "merge_persons",
    "record_dues",
    "record_dues_of_unit",
    "record_standing",
    "refuse_transfer",
    "remember_columns",
    "remove_child",
    "request_transfer",
    "reveal_person",
    "set_group",
    "take_list",
    "tell_person",
    "unmerge_persons",
    "withdraw_consent",
    "withdraw_transfer",
]
