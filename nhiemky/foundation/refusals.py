"""What the system says when it does not do what was asked."""

from __future__ import annotations

from collections.abc import Iterable


class Refusal(Exception):
    """What is refused, why, and what to do about it: whole sentences in Vietnamese, one for each fault."""

    def __init__(self, *sentences: object) -> None:
        self.sentences = tuple(str(sentence) for sentence in sentences)
        super().__init__(" ".join(self.sentences))

    @classmethod
    def of(cls, sentences: Iterable[object]) -> Refusal:
        return cls(*sentences)


class NotAllowed(Refusal):
    """The person has not the right for this act at this unit."""
