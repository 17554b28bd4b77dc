"""How many cases a batch may take: as many as keep within the time that others wait for it."""

from __future__ import annotations


class Pace:
    """Shrinks at once when a bulk unit took longer than its share, grows slowly while it does not.

    Args:
        seconds: how long a bulk unit may keep others waiting.
        fewest: the smallest batch; below it a unit is mostly statements that cost the same for one case as for ten, so
            a smaller one keeps nobody waiting less and gets little done.
        most: the largest batch.
    """

    def __init__(self, seconds: float, fewest: int, most: int) -> None:
        self._seconds = seconds
        self._fewest = fewest
        self._most = most
        self.batch = most

    def note(self, took: float, cases: int) -> None:
        """A bulk unit of so many cases kept others waiting for so many seconds."""
        if took > self._seconds:
            self.batch = max(self._fewest, int(min(cases, self.batch) * max(0.5, self._seconds / took)))
        elif took < self._seconds / 2 and cases >= self.batch:
            self.batch = min(self._most, self.batch + max(1, self.batch // 8))
