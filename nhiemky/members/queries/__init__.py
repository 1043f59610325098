"""Reads of persons, memberships and posts."""

from nhiemky.members.queries.persons import cluster_of, home_of, memberships_known, memberships_on, unit_keeping
from nhiemky.members.queries.posts import PostCard, posts_in, posts_of

__all__ = [
    "PostCard",
    "cluster_of",
    "home_of",
    "memberships_known",
    "memberships_on",
    "posts_in",
    "posts_of",
    "unit_keeping",
]
