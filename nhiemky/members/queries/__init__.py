"""Reads of persons, memberships and posts."""

from nhiemky.members.queries.mandates import findings_of, members_counted, rules_of, situation_of, term_on
from nhiemky.members.queries.persons import cluster_of, home_of, memberships_known, memberships_on
from nhiemky.members.queries.posts import (
    PostCard,
    history_of,
    post_coded,
    posts_held_by,
    posts_in,
    posts_known,
    posts_of,
    posts_on,
)

__all__ = [
    "PostCard",
    "cluster_of",
    "findings_of",
    "history_of",
    "home_of",
    "members_counted",
    "memberships_known",
    "memberships_on",
    "post_coded",
    "posts_held_by",
    "posts_in",
    "posts_known",
    "posts_of",
    "posts_on",
    "rules_of",
    "situation_of",
    "term_on",
]
