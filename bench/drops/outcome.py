"""Counts what became of the lines and of the visitors."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class DropOutcome:
    """All that the visitors of one product said and saw. Times are in seconds."""

    said: list[str] = field(default_factory=list)
    heard: list[str] = field(default_factory=list)
    """Every line that a visitor was shown, as often as it was."""
    absences: list[float] = field(default_factory=list)
    """From each cut until the visitor was connected again."""
    missing: int = 0
    """Visitors who were not back at the end."""
    faults: list[str] = field(default_factory=list)
    server_cpu: float = 0.0

    @property
    def once(self) -> int:
        counts = Counter(self.heard)
        return sum(counts[line] == 1 for line in self.said)

    @property
    def lost(self) -> int:
        return len(set(self.said) - set(self.heard))

    @property
    def repeated(self) -> int:
        """Lines that were shown more than once."""
        return sum(count > 1 for count in Counter(self.heard).values())

    @property
    def cuts(self) -> int:
        return len(self.absences) + self.missing

    def wrongs(self) -> list[str]:
        """Return what must not happen to us, as sentences: a product without delivery cannot promise it."""
        counted = {
            "lines lost": self.lost,
            "lines that came more than once": self.repeated,
            "lines that nobody said": len(set(self.heard) - set(self.said)),
            "visitors who were not back at the end": self.missing,
        }
        return self.faults + [f"{what}: {count}" for what, count in counted.items() if count]


DropOutcomes = dict[str, dict[str, DropOutcome]]
"""Outcomes by plan name and by product name."""
