"""Answers to a proposal that come before the proposal, because the partner's gateway got it first."""

from services.contract.gateway_messages import Accept
from services.contract.ids import MatchId

CAPACITY = 8
"""The number of answers that are kept while a ticket waits."""


class EarlyAnswers:
    """The early answers to proposals for one ticket. None stands for a refusal."""

    __slots__ = ("_answers",)

    def __init__(self) -> None:
        self._answers: dict[MatchId, Accept | None] = {}

    def __contains__(self, match: MatchId) -> bool:
        return match in self._answers

    def get(self, match: MatchId) -> Accept | None:
        """Return the acceptance. None stands for no answer, too."""
        return self._answers.get(match)

    def add(self, match: MatchId, answer: Accept | None) -> None:
        """Keep the answer in place of an earlier one; drop it if `CAPACITY` matches have one."""
        if match in self._answers or len(self._answers) < CAPACITY:
            self._answers[match] = answer
