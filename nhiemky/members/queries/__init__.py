"""Reads of persons, memberships and posts."""

from nhiemky.members.queries.lives import (
    Life,
    alike,
    dues_of_members,
    groups_under,
    life_of,
    members_on,
    unit_keeping,
)
from nhiemky.members.queries.persons import cluster_of, home_of, memberships_known, memberships_on
from nhiemky.members.queries.posts import PostCard, posts_in, posts_of

__all__ = [
    "Life",
    "PostCard",
    "alike",
    "cluster_of",
    "dues_of_members",
    "groups_under",
    "home_of",
    "life_of",
    "members_on",
    "memberships_known",
    "memberships_on",
    "posts_in",
    "posts_of",
    "unit_keeping",
]
