"""What followed from an entry of the history, in plain words: each line is one thing that the machine kept about it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, Final

from adapters.counted import recounted_lines
from adapters.explaining import Saying, verb_title
from adapters.raised import GROUNDS
from adapters.texts import _, ngettext
from adapters.titles import event_title, rule_title
from domain.texts import zh
from workflows.machine.casework import JUMPED
from workflows.machine.operations import TO_OFFICERS

_WHERE: Final[Mapping[str, str]] = MappingProxyType(
    {"before": zh("前加签：%(who)s"), "after": zh("后加签：%(who)s"), "parallel": zh("并加签：%(who)s")}
)
_URGENCY: Final[Mapping[str, str]] = MappingProxyType(
    {"normal": zh("平"), "urgent": zh("加急"), "most_urgent": zh("特急")}
)
_AFTER_THE_END: Final[Mapping[str, str]] = MappingProxyType(
    {"revoking": zh("申请撤销，由另一办件决定"), "revoked": zh("已撤销"), "void": zh("已作废")}
)
_RESULTS: Final[Mapping[str, str]] = MappingProxyType(
    {"passed": zh("票决通过"), "failed": zh("票决未通过"), "tied": zh("票数相等"), "no_quorum": zh("票决人数不足")}
)


def followed(delta: Mapping[str, Any], said: Saying) -> Iterator[str]:
    """What an entry led to: where the case went, who was asked, what was cancelled, what went out, how it ended."""
    yield from recounted_lines(delta, said)
    yield from _done_to_people(delta, said)
    yield from _done_to_the_case(delta, said)
    yield from _of_items(delta, said)
    yield from _gone_out(delta, said)
    yield from _ended(delta, said)


def _done_to_people(delta: Mapping[str, Any], said: Saying) -> Iterator[str]:
    if "to" in delta:
        yield _("交给%(who)s", who=said.names.user(str(delta["to"])))
    if "added" in delta:
        where, *users = delta["added"]
        yield _(_WHERE[where], who=_users(users, said))
    if "copied" in delta:
        yield _("抄送%(who)s", who=_users(delta["copied"], said))
    if "urged_readers" in delta:
        yield _("催阅%(who)s", who=_users(delta["urged_readers"], said))
    if "mentioned" in delta:
        yield _("提到%(who)s", who=_users(delta["mentioned"], said))
    if delta.get("visible") == TO_OFFICERS:
        yield _("仅办理人员可见")
    for path in dict.fromkeys(delta.get("urged", ())):
        yield _("催办“%(step)s”", step=said.step(str(path)))
    if "again" in delta:
        yield _("内容有变，请已同意的人重新确认")


def _users(users: list[str], said: Saying) -> str:
    return said.names.all(tuple(f"user:{one}" for one in users))


def _done_to_the_case(delta: Mapping[str, Any], said: Saying) -> Iterator[str]:
    back = delta.get("rewind")
    if back is not None:
        to = said.step(str(back["to"]))
        yield _("转到“%(step)s”", step=to) if back["why"] == JUMPED else _("回到“%(step)s”", step=to)
        if back["way"] == "jump":
            yield _("办完后直接回到“%(step)s”", step=said.step(str(back["from"])))
    if "urgency" in delta:
        before, after = (_(_URGENCY[one]) for one in delta["urgency"])
        yield _("缓急由%(before)s改为%(after)s", before=before, after=after)
    if "ground" in delta:
        ground = GROUNDS[delta["ground"]]
        yield _("事由：%(ground)s", ground=_(ground))
    if "urgency_refused" in delta:
        wanted, quota = delta["urgency_refused"]
        yield _("本单位本月的%(quota)s件加急已用完，由%(wanted)s改按平件受理", quota=quota, wanted=_(_URGENCY[wanted]))
    if "proposed" in delta:
        yield _("“%(verb)s”须由另一人确认", verb=verb_title(str(delta["proposed"][0])))
    if "vote" in delta:
        result, n, agree, against, abstain = delta["vote"]
        yield _(
            "%(result)s：共%(n)s席，同意%(agree)s、不同意%(against)s、弃权%(abstain)s",
            result=_(_RESULTS[result]),
            n=n,
            agree=agree,
            against=against,
            abstain=abstain,
        )


def _of_items(delta: Mapping[str, Any], said: Saying) -> Iterator[str]:
    items = delta.get("items", ())
    # One that somebody has looked at was asked before, in its first version too.
    opened = [one for one in items if one["state"] == "open" and one["version"] == 1 and "read_at" not in one]
    for path in dict.fromkeys(str(one["path"]) for one in opened):
        yield _("转入“%(step)s”", step=said.step(path))
    for one in (one for one in items if _is_ruled(one)):
        rule = rule_title(str(one["closed_by"]).removeprefix("rule:"))
        yield _("“%(step)s”：%(rule)s", step=said.step(str(one["path"])), rule=rule)
    superseded = Counter(str(one["path"]) for one in items if one.get("superseded") is not None)
    cancelled = Counter(str(one["path"]) for one in items if one["state"] == "cancelled" and not one.get("superseded"))
    for path, n in superseded.items():
        yield ngettext("“%(step)s”的%(n)s项意见不再有效", "“%(step)s”的%(n)s项意见不再有效", n, step=said.step(path))
    for path, n in cancelled.items():
        yield ngettext("“%(step)s”的%(n)s项待办取消", "“%(step)s”的%(n)s项待办取消", n, step=said.step(path))


def _is_ruled(item: Mapping[str, Any]) -> bool:
    """Whether a rule answered in somebody's place; what the ladder did is the entry itself."""
    by = str(item.get("closed_by", ""))
    return by.startswith("rule:") and not by.startswith("rule:ladder:")


def _gone_out(delta: Mapping[str, Any], said: Saying) -> Iterator[str]:
    titles, language = said.names.titles, said.names.language
    for _id, type_ in delta.get("emitted", ()):
        yield _("发出事件“%(event)s”", event=event_title(str(type_), titles, language))
    for _case, workflow in delta.get("children", ()):
        yield _("启动办件“%(workflow)s”", workflow=titles.workflow(str(workflow), language))
    if delta.get("erases") or delta.get("forgets"):
        yield _("已删除个人信息")


def _ended(delta: Mapping[str, Any], said: Saying) -> Iterator[str]:
    state = delta.get("state")
    if not state or state[0] == "running":
        return
    if state[0] in _AFTER_THE_END:
        yield _(_AFTER_THE_END[state[0]])
        return
    yield _("办结：%(outcome)s", outcome=said.names.titles.outcome(str(state[1] or ""), said.names.language))
