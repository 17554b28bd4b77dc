"""Says in a problem why a case must not begin with an event: the step is named, so that whoever submits can act."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final

from adapters.doors.problems import Fault, Problem
from adapters.texts import _, current_language
from adapters.titles import titles_of
from domain.texts import zh
from workflows.machine.choosing import Wrong
from workflows.moves.foreseeing import Obstacle, obstacle
from workflows.ports import Engine, NewEvent
from workflows.presentation import step_title

_SAID: Final[Mapping[Wrong, str]] = MappingProxyType(
    {
        Wrong.MISSING: zh("“%(step)s”由发起人选择办理人，请选择%(least)s至%(most)s人"),
        Wrong.FEW: zh("“%(step)s”至少选择%(least)s人"),
        Wrong.MANY: zh("“%(step)s”最多选择%(most)s人"),
        Wrong.TWICE: zh("“%(step)s”同一人选择了两次，请删除一个"),
        Wrong.GONE: zh("“%(step)s”选择的人不在名册上或已离任，请重新选择"),
        Wrong.OUTSIDE: zh("“%(step)s”选择了规定范围以外的人，请重新选择"),
        Wrong.RECUSED: zh("“%(step)s”选择了须回避的人，请重新选择"),
    }
)


def obstacles_of(engine: Engine, now: Callable[[], datetime]) -> Callable[[NewEvent], Problem | None]:
    """What a door asks before it takes an event."""

    def find(event: NewEvent) -> Problem | None:
        found = obstacle(engine, event, now)
        return None if found is None else _problem(engine, found)

    return find


def _problem(engine: Engine, found: Obstacle) -> Problem:
    _digest, definition = engine.library.named(found.workflow)
    language = current_language()
    titles = titles_of(found.workflow, engine.library.roster())
    step = step_title(titles, definition, found.path, "en" if language == "en" else "zh")
    if found.choice is None or found.asks is None:
        detail = _("“%(step)s”目前没有可以办理的人，不能提交：请联系联席会议办公室", step=step)
        return Problem(422, "nobody-found", detail, (Fault("/type", detail),))
    values = {"step": step, "least": found.asks.at_least, "most": found.asks.at_most}
    detail = _(_SAID[found.choice], **values)
    return Problem(422, "bad-choice", detail, (Fault(f"/data/{found.asks.field}", detail),))
