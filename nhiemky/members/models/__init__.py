"""Persons, what is dated about them, transfers between units, and posts."""

from nhiemky.members.models.imports import HeadingMap, SheetImport
from nhiemky.members.models.memberships import Dues, Grouping, Membership, RegisterBegun, Standing
from nhiemky.members.models.persons import Child, Consent, Person, PersonChange, PersonMerge
from nhiemky.members.models.posts import BodySize, Post
from nhiemky.members.models.transfers import Transfer, TransferState

__all__ = [
    "BodySize",
    "Child",
    "Consent",
    "Dues",
    "Grouping",
    "HeadingMap",
    "Membership",
    "Person",
    "PersonChange",
    "PersonMerge",
    "Post",
    "RegisterBegun",
    "SheetImport",
    "Standing",
    "Transfer",
    "TransferState",
]
