"""Answers that came before the proposal they answer: the partner's gateway may hear of it first."""

from services.contract.gateway_messages import Accept
from services.contract.ids import MatchId

CAPACITY = 8
"""How many are kept while one ticket waits."""


class EarlyAnswers:
    """Belongs to one ticket that waits. None stands for a refusal."""

    __slots__ = ("_answers",)

    def __init__(self) -> None:
        self._answers: dict[MatchId, Accept | None] = {}

    def __contains__(self, match: MatchId) -> bool:
        return match in self._answers

    def __getitem__(self, match: MatchId) -> Accept | None:
        return self._answers[match]

    def add(self, match: MatchId, answer: Accept | None) -> None:
        """The latest answer counts; one too many is forgotten."""
        if match in self._answers or len(self._answers) < CAPACITY:
            self._answers[match] = answer
