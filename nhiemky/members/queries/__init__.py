"""Reads of persons, memberships, posts and transfers."""

from nhiemky.members.queries.lives import Life, alike, dues_of_members, groups_under, life_of, members_on, unit_keeping
from nhiemky.members.queries.persons import cluster_of, home_of, memberships_known, memberships_on
from nhiemky.members.queries.posts import PostCard, posts_in, posts_of
from nhiemky.members.queries.transfers import (
    closed_at,
    group_on,
    named_exactly,
    open_transfer,
    paid_until,
    posts_left,
    receives_members,
    running_at,
    to_answer,
    transfer_coded,
    waiting_at,
)

__all__ = [
    "Life",
    "PostCard",
    "alike",
    "closed_at",
    "cluster_of",
    "dues_of_members",
    "group_on",
    "groups_under",
    "home_of",
    "life_of",
    "members_on",
    "memberships_known",
    "memberships_on",
    "named_exactly",
    "open_transfer",
    "paid_until",
    "posts_in",
    "posts_left",
    "posts_of",
    "receives_members",
    "running_at",
    "to_answer",
    "transfer_coded",
    "unit_keeping",
    "waiting_at",
]
