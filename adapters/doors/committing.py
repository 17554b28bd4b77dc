"""The door's group commit: callers that arrive together share one transaction, and each is answered after it.

One thread commits. Whoever arrives alone is committed at once; whoever arrives while others are being committed
waits for the next round. Departments take turns, so one that sends thousands does not hold up the others.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Final

import structlog

from workflows.moves.accepting import Accepted, Submission
from workflows.ports import StoreUnavailable

ROWS: Final = 500
"""Rows of a round; a submission that is all or nothing and has more goes by itself, whole."""
LINGER: Final = 0.005
"""Seconds that a round waits for as many callers as the last one had."""
WAITING: Final = 5000
"""Rows that one sender may have waiting before it is told to come back."""

Answers = tuple[Accepted, ...]
Accept = Callable[[Sequence[Submission]], list[Answers]]

log = structlog.get_logger()


class TooManyWaiting(Exception):  # noqa: N818  # an answer for the sender, not a mistake in the program
    """The sender already has as much waiting as it may; `retry_after` is in seconds."""

    def __init__(self, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(f"too many events of this sender are waiting: come back in {retry_after} s")


@dataclass(slots=True)
class _Caller:
    submission: Submission
    answer: Future[Answers] = field(default_factory=Future)

    @property
    def rows(self) -> int:
        return len(self.submission.events)


class Committer:
    """Runs `accept` for everybody who waits, in one thread, between `start` and `stop`."""

    def __init__(self, accept: Accept, seen: Callable[[int], None] | None = None, rows: int = ROWS) -> None:
        """`seen` is told the number of rows of each commit, for the figures; `rows` are those of a round at most."""
        self._accept = accept
        self._seen = seen
        self._most = rows
        self._waiting: dict[str, deque[_Caller]] = {}
        self._rows: dict[str, int] = {}
        self._changed = threading.Condition()
        self._stopping = False
        self._last_callers = 1
        self._thread = threading.Thread(target=self._run, name="committer", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Commit what waits and end."""
        with self._changed:
            self._stopping = True
            self._changed.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    def put(self, sender: str, submission: Submission) -> Future[Answers]:
        """Queue a submission; the future is done after its commit.

        Raises:
            TooManyWaiting: when the sender's queue is full.
            StoreUnavailable: when the door is closing.
        """
        [answer] = self._queue(sender, [submission])
        return answer

    def put_in_rounds(self, sender: str, submission: Submission) -> list[Future[Answers]]:
        """Queue a submission whose events stand for themselves, in pieces that each fit a round, in their order.

        Raises: as `put`, and then nothing of it is queued.
        """
        events, size = submission.events, self._most
        pieces = [replace(submission, events=events[first : first + size]) for first in range(0, len(events), size)]
        return self._queue(sender, pieces)

    def _queue(self, sender: str, submissions: Sequence[Submission]) -> list[Future[Answers]]:
        callers = [_Caller(submission) for submission in submissions]
        rows = sum(caller.rows for caller in callers)
        with self._changed:
            if self._stopping:
                raise StoreUnavailable("the door is closing: send again to the process that takes over")
            waiting = self._rows.get(sender, 0)
            if waiting and waiting + rows > WAITING:
                raise TooManyWaiting(retry_after=1 + waiting // WAITING)
            self._rows[sender] = waiting + rows
            self._waiting.setdefault(sender, deque()).extend(callers)
            self._changed.notify_all()
        return [caller.answer for caller in callers]

    def _run(self) -> None:
        while (callers := self._next_round()) is not None:
            # A caller that went away before its round is not committed; after this point it cannot leave.
            present = [caller for caller in callers if caller.answer.set_running_or_notify_cancel()]
            if present:
                self._commit(present)

    def _next_round(self) -> list[_Caller] | None:
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._stopping)
            if not self._waiting:
                return None
            if self._last_callers > 1:
                self._changed.wait_for(self._round_is_full, timeout=LINGER)
            callers = self._take_turns()
            self._last_callers = len(callers)
            return callers

    def _round_is_full(self) -> bool:
        callers = sum(len(queue) for queue in self._waiting.values())
        return self._stopping or callers >= self._last_callers or sum(self._rows.values()) >= self._most

    def _take_turns(self) -> list[_Caller]:
        taken: list[_Caller] = []
        rows = 0
        while self._waiting:
            sender = next(iter(self._waiting))
            queue = self._waiting.pop(sender)
            if taken and rows + queue[0].rows > self._most:
                self._waiting[sender] = queue
                break
            caller = queue.popleft()
            taken.append(caller)
            rows += caller.rows
            self._rows[sender] -= caller.rows
            if queue:
                self._waiting[sender] = queue
            else:
                del self._rows[sender]
        return taken

    def _commit(self, callers: list[_Caller]) -> None:
        try:
            answers = self._accept([caller.submission for caller in callers])
        except Exception as error:  # noqa: BLE001  # the edge of the process: whatever went wrong, the callers must hear it
            self._commit_failed(callers, error)
            return
        if self._seen is not None:
            self._seen(sum(caller.rows for caller in callers))
        for caller, answer in zip(callers, answers, strict=True):
            caller.answer.set_result(answer)

    def _commit_failed(self, callers: list[_Caller], error: Exception) -> None:
        if len(callers) > 1 and not isinstance(error, StoreUnavailable):
            # One of them may be what the others must not suffer for: each by itself.
            for caller in callers:
                self._commit([caller])
            return
        log.warning("events_not_committed", error=type(error).__name__, rows=sum(caller.rows for caller in callers))
        for caller in callers:
            caller.answer.set_exception(error)
