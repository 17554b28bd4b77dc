"""How many cases a batch may take: as many as keep within the time that others wait for it."""

from __future__ import annotations

FEWEST = 4


class Pace:
    """Shrinks at once when a bulk unit took longer than its share, grows slowly while it does not.

    Args:
        seconds: how long a bulk unit may keep others waiting.
        most: the largest batch.
    """

    def __init__(self, seconds: float, most: int) -> None:
        self._seconds = seconds
        self._most = most
        self.batch = most

    def note(self, took: float) -> None:
        """A bulk unit kept others waiting for so many seconds."""
        if took > self._seconds:
            self.batch = max(FEWEST, int(self.batch * max(0.5, self._seconds / took)))
        elif took < self._seconds / 2:
            self.batch = min(self._most, self.batch + max(1, self.batch // 8))
