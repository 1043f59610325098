"""Persons, what is dated about them, transfers between units, and posts."""

from nhiemky.members.models.imports import HeadingMap, SheetImport
from nhiemky.members.models.memberships import Dues, Grouping, Membership, RegisterBegun, Standing
from nhiemky.members.models.persons import Child, Consent, Person, PersonChange, PersonMerge
from nhiemky.members.models.posts import BodySize, Post, TermRules
from nhiemky.members.models.transfers import OPEN, Transfer, TransferState

__all__ = [
    "OPEN",
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
    "TermRules",
    "Transfer",
    "TransferState",
]
