"""How often somebody may try a one-time password: wrong tries of the last minutes, by where they came from.

Kept in the memory of this process: a password has more than 75 random bits, so the limit only spares the database and
makes a guesser visible.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from datetime import datetime, timedelta
from typing import Final

MOST: Final = 10
WITHIN: Final = timedelta(minutes=5)
_PLACES: Final = 10_000


class Attempts:
    """Wrong tries.

    Args:
        most: how many are borne within `within` before the next one has to wait.
        within: how long a wrong try counts.
    """

    def __init__(self, most: int = MOST, within: timedelta = WITHIN) -> None:
        self._most = most
        self._within = within
        self._lock = threading.Lock()
        self._failed: OrderedDict[str, list[datetime]] = OrderedDict()

    def wait(self, place: str, now: datetime) -> timedelta:
        """How long somebody at `place` has to wait before the next try; zero when it may come now."""
        with self._lock:
            recent = self._recent(place, now)
        return timedelta() if len(recent) < self._most else recent[-self._most] + self._within - now

    def failed(self, place: str, now: datetime) -> None:
        """Note a wrong try."""
        with self._lock:
            self._failed[place] = [*self._recent(place, now), now]
            self._failed.move_to_end(place)
            while len(self._failed) > _PLACES:
                self._failed.popitem(last=False)

    def _recent(self, place: str, now: datetime) -> list[datetime]:
        return [at for at in self._failed.get(place, ()) if at > now - self._within]
