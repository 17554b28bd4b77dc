"""The history of a case in plain words: what happened, who did it in which capacity, and what followed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from adapters.explaining import Saying, verb_title
from adapters.signatures import signature_line
from adapters.texts import _, file_size, moment, ngettext
from adapters.titles import event_title
from adapters.web.followed import followed
from domain.attachments import kind_of
from domain.texts import zh
from workflows.language.people import INITIATOR
from workflows.language.words import Escalate, HandOver
from workflows.machine.case import LADDER, SYSTEM, Case
from workflows.machine.climbing import NOT_JUMPED, PUT_OFF
from workflows.machine.comment import Comment, comments_in
from workflows.machine.deeming import DEEMED_AS
from workflows.machine.nodes import index
from workflows.machine.stimuli import Sign
from workflows.machine.turn import step_path
from workflows.reads import HistoryView, said_in

CAPACITIES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "proxy": zh("代办"),
        "escalated": zh("升级办理"),
        "admin": zh("办公室调整"),
        "owner": "",
        "candidate": "",
        "own": "",
    }
)

ANNOUNCED: Final[Mapping[str, str]] = MappingProxyType(
    {"announced": zh("联席会议办公室通知：%(text)s"), "retracted": zh("联席会议办公室撤销通知：%(text)s")}
)

_OF_A_LADDER: Final = f"rule:{LADDER}:"
"""How an authority begins that is a rung: PATH:RUNG follows (`climbing.rule_of_rung`)."""

RECEIVED: Final = "received"
SENT: Final = "sent"


@dataclass(frozen=True, slots=True)
class Version:
    """Words that were corrected later, and when they were said."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True)
class Moment:
    """One entry of the timeline: `follows` is what it led to, `files` what went with it, `words` the opinion as it is shown.

    The words of a comment are its latest ones: `corrected_at` says since when, `earlier` are those before. `taken_back` is
    the sentence that stands where words were. A correction and a retraction are `about` the comment of another entry.
    """

    seq: int
    at: datetime
    kind: str
    what: str
    who: str
    reason: str
    follows: tuple[str, ...]
    hash: str
    sealed: bool
    round: int = 1
    files: tuple[str, ...] = ()
    words: str = ""
    signature: str = ""
    corrected_at: datetime | None = None
    earlier: tuple[Version, ...] = ()
    taken_back: str = ""
    about: Comment | None = None

    @property
    def is_correction(self) -> bool:
        """Whether its words are those of a comment, which shows them itself."""
        return self.about is not None and self.seq in self.about.versions


@dataclass(frozen=True, slots=True)
class Related:
    """An event that came for the case, or that it sent."""

    direction: str
    title: str
    source: str
    id: str
    at: datetime


def timeline(
    history: tuple[HistoryView, ...], head: Case, said: Saying, spoken: Mapping[str, Any] | None = None
) -> tuple[Moment, ...]:
    """Every entry of the case of `head` in words, the newest first.

    `spoken` are opinions under a person's key, by `said_in`, once somebody asked for them.
    """
    words = {one.seq: _words(one, spoken or {}) for one in history}
    at = {one.seq: one.at for one in history}
    comments = comments_of(history)
    moments = (replace(_moment(one, head, said), about=_about(one, comments)) for one in reversed(history))
    return tuple(_with_words(one, comments.get(one.seq), words, at) for one in moments)


def _about(entry: HistoryView, comments: Mapping[int, Comment]) -> Comment | None:
    return comments.get(entry.body.get("delta", {}).get("comment", 0))


def comments_of(history: Iterable[HistoryView]) -> dict[int, Comment]:
    """The comments of a case, by the entry of each."""
    return comments_in(entry.body for entry in history)


def replaced_files(history: Iterable[HistoryView]) -> frozenset[int]:
    """The entries whose files were replaced by those of a later version of the same comment."""
    entries = tuple(history)
    with_files = {one.seq for one in entries if one.body.get("delta", {}).get("attachments")}
    versions = ([seq for seq in one.versions if seq in with_files] for one in comments_of(entries).values())
    return frozenset(seq for each in versions for seq in each[:-1])


def _words(entry: HistoryView, spoken: Mapping[str, Any]) -> str:
    return str(entry.body.get("delta", {}).get("opinion") or spoken.get(said_in(entry.seq), ""))


def _with_words(one: Moment, comment: Comment | None, words: Mapping[int, str], at: Mapping[int, datetime]) -> Moment:
    """With what was said; a comment with its latest words, and what it said before."""
    *before, last = (one.seq,) if comment is None else comment.versions
    if not before:
        return replace(one, words=words[last])
    earlier = tuple(Version(at[seq], words[seq]) for seq in before if words[seq])
    return replace(one, words=words[last], corrected_at=at[last], earlier=earlier)


def _moment(entry: HistoryView, head: Case, said: Saying) -> Moment:
    body = entry.body
    kind, _colon, name = str(body["what"]).partition(":")
    reason = body.get("reason")
    return Moment(
        seq=entry.seq,
        at=entry.at,
        kind=kind,
        what=_what(kind, name, body, said),
        who=who_did(body, head, said),
        reason=said.names.titles.reason(str(reason), said.names.language) if reason else "",
        follows=tuple(followed(body.get("delta", {}), said)),
        hash=entry.hash,
        sealed=entry.feed_no is not None,
        round=int(body.get("round") or 1),
        files=tuple(_files(body.get("delta", {}))),
        signature=signature_line(entry, head, said),
        taken_back=_taken_back(body.get("delta", {}), said),
    )


def _taken_back(delta: Mapping[str, Any], said: Saying) -> str:
    """What is said in the place of a comment that was taken back."""
    if "retracted" not in delta:
        return ""
    by, at = delta["retracted"]
    who, when = said.names.principal(str(by)), moment(datetime.fromisoformat(at), said.now)
    return _("内容已由%(who)s于%(at)s撤回", who=who, at=when)


def _what(kind: str, name: str, body: Mapping[str, Any], said: Saying) -> str:
    step = said.step(str(body["path"])) if body.get("path") else ""
    match kind:
        case "event":
            return _("收到事件“%(event)s”", event=event_title(name, said.names.titles, said.names.language))
        case "act" if step:
            return _("“%(step)s”：%(verb)s", step=step, verb=verb_title(name))
        case "act":
            return verb_title(name)
        case "timer" if name == "silence":
            return _("“%(step)s”逾期未答复，按规定继续", step=step)
        case "timer":
            return _rung(body, step, said)
        case "signal" if name == "roster":
            return _("人员名册有变化，重新确定办理人")
        case "signal" if name == "numbered":
            return _("取得编号")
        case "signal" if name in ANNOUNCED:
            return _(ANNOUNCED[name], text=body["delta"]["text"])
        case "signal" if name == Sign.CALENDAR:
            return _("新的工作日历公布，重新计算时限")
        case _:
            return str(body["what"])


def _rung(body: Mapping[str, Any], step: str, said: Saying) -> str:
    """A rung of the ladder: what it did, or that it only waits on."""
    delta = body.get("delta", {})
    if PUT_OFF in delta:
        return _("“%(step)s”的时限已变动，逾期处理顺延", step=step)
    if DEEMED_AS in delta:
        answer, n = delta[DEEMED_AS]
        return _deemed(str(answer), int(n), step)
    if "rewind" in delta:
        return _("“%(step)s”逾期未办，系统自动转到“%(to)s”", step=step, to=said.step(str(delta["rewind"]["to"])))
    if NOT_JUMPED in delta:
        return _("“%(step)s”逾期未办，但不能自动转到别的环节，已提醒办公室", step=step)
    rung = _rung_of(body, said)
    if isinstance(rung, HandOver) and any(one["state"] == "transferred" for one in delta.get("items", ())):
        return _handed_over(rung, step, said)
    if isinstance(rung, Escalate):
        return _("“%(step)s”逾期，升级至%(role)s", step=step, role=said.role(rung.to.name))
    return _("提醒办理“%(step)s”", step=step)


def _handed_over(rung: HandOver, step: str, said: Saying) -> str:
    who = _("上级") if rung.to is None else said.role(rung.to.name)
    if rung.at < 0:
        return _("“%(step)s”临近到期未办，系统自动移交%(who)s", step=step, who=who)
    return _("“%(step)s”逾期未办，系统自动移交%(who)s", step=step, who=who)


def _deemed(answer: str, n: int, step: str) -> str:
    if answer == "agree":
        return ngettext(
            "“%(step)s”逾期未答复，%(n)s席按规则视为同意",
            "“%(step)s”逾期未答复，%(n)s席按规则视为同意",
            n,
            step=step,
        )
    return ngettext(
        "“%(step)s”逾期未答复，%(n)s席按规则视为不同意",
        "“%(step)s”逾期未答复，%(n)s席按规则视为不同意",
        n,
        step=step,
    )


def _rung_of(body: Mapping[str, Any], said: Saying) -> object:
    node = index(said.definition).get(step_path(str(body.get("path"))))
    rungs = getattr(node.step, "overdue", ()) if node is not None else ()
    number = body.get("delta", {}).get("rung", 0)
    return rungs[number] if number < len(rungs) else None


def who_did(body: Mapping[str, Any], head: Case, said: Saying) -> str:
    """Who did it: the post held at that time, and the capacity where it is not the ordinary one."""
    if body["actor"] == SYSTEM:
        if str(body["what"]).startswith("event:"):
            return _submitted(body, head, said)
        return _system(str(body.get("authority")))
    post = next((one for one in said.names.roster.posts if one.code == body.get("post")), None)
    name = said.names.principal(str(body["actor"]))
    if post is not None:
        name = post.title_en if said.names.language == "en" else post.title_zh
    principal = body.get("principal")
    if principal not in (None, body["actor"]):
        return _("%(who)s 代 %(principal)s", who=name, principal=said.names.principal(str(principal)))
    capacity = CAPACITIES.get(str(body.get("authority")), "")
    return _("%(who)s（%(capacity)s）", who=name, capacity=_(capacity)) if capacity else name


def _submitted(body: Mapping[str, Any], head: Case, said: Saying) -> str:
    """The officer who submitted what started the case, and for whom (代提交); empty for a department's system."""
    submitter = body.get("delta", {}).get("fields", {}).get(INITIATOR)
    if submitter is None:
        return ""
    who = said.names.user(str(submitter))
    if head.person is None:
        return who
    return _("%(who)s 代 %(principal)s", who=who, principal=said.names.principal(f"person:{head.person}"))


def _system(authority: str) -> str:
    """The system, with the rung of the ladder by whose rule it acted ("rule:ladder:PATH:RUNG")."""
    if not authority.startswith(_OF_A_LADDER):
        return _("系统按规则")
    return _("系统按逾期规则第%(n)s级", n=int(authority.rpartition(":")[2]) + 1)


def _files(delta: Mapping[str, Any]) -> Iterator[str]:
    """Type and size of the files that went with an entry: what they are called is personal, and not in it."""
    for _id, media_type, size in delta.get("attachments", ()):
        yield f"{kind_of(str(media_type))} {file_size(int(size))}"


def related(history: tuple[HistoryView, ...], said: Saying) -> tuple[Related, ...]:
    """The events that came for the case and those that it sent, oldest first."""
    found: list[Related] = []
    for entry in history:
        kind, _colon, type_ = str(entry.body["what"]).partition(":")
        delta = entry.body.get("delta", {})
        if kind == "event" and "event" in delta:
            found.append(_related(RECEIVED, type_, str(delta["event"][0]), str(delta["event"][1]), entry.at, said))
        found += [_related(SENT, str(name), "", str(id_), entry.at, said) for id_, name in delta.get("emitted", ())]
    return tuple(found)


def _related(direction: str, type_: str, source: str, id_: str, at: datetime, said: Saying) -> Related:
    title = event_title(type_, said.names.titles, said.names.language)
    return Related(direction, title, source, id_, at)
