"""What people may want done, as data: every verb with what it asks for. Doors, pages and the command line read it here.

Whether somebody may do it, and what follows, is said in `answering.py` and the files that it names for each verb.
Source of the verbs: approvals.md §1.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final, Literal

from domain.texts import zh

LONGEST_TEXT: Final = 2000
"""Characters in words that somebody writes."""
LONGEST_NAME: Final = 500
"""Characters in what names a user, a step, an item, a day."""

SIGNATURE: Final = "signature"
PICTURE: Final = "signature_picture"
"""What an answer that is signed asks for: the own name, and (if wanted) a picture of the stroke or the stamp."""

Kind = Literal[
    "user", "users", "step", "item", "attachment", "comment", "choice", "text", "day", "number", "signature", "picture"
]


@dataclass(frozen=True, slots=True)
class Asked:
    """A field that an operation itself asks for (not the form of the step).

    `kind` says what it takes: a user or several of the roster, a step of the workflow by its path, an item or an
    attachment of the case by its id, a comment by the number of its entry in the history, one of `choices`, words, a day
    (ISO 8601), a whole number, the name of whoever acts, a picture by the id of a file that was sent for the case.
    """

    name: str
    title: str
    kind: Kind
    required: bool = True
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Operation:
    """A verb. `on` says what it is done to; `opinion` whether words are asked for (needed, may, none).

    `form` tells that the step's form goes with it, `weighty` that it cannot be undone, so that people are shown first
    what it would do.
    """

    verb: str
    on: Literal["item", "case"]
    title: str
    asks: tuple[Asked, ...] = ()
    opinion: Literal["needed", "may", "none"] = "may"
    form: bool = False
    weighty: bool = False

    @property
    def chooses(self) -> bool:
        """Whether something has to be chosen that decides what follows: a signature changes nothing of it."""
        return any(one.kind not in {"signature", "picture"} for one in self.asks)


_SIGNING: Final = (
    Asked(SIGNATURE, zh("签名"), "signature", required=False),
    Asked(PICTURE, zh("签名图片"), "picture", required=False),
)
"""Needed at a step that wants a signature, refused at any other (`machine.signing`)."""

TO_APPLICANT: Final = "start"
"""Where a return goes that goes to no step: to whoever applied."""
TO_ALL: Final = "everybody"
TO_OFFICERS: Final = "officers"
"""Who reads a comment: everybody who sees the case, or its officers and not the applicant."""
BALLOTS: Final = ("agree", "reject", "abstain")
"""What a secret ballot may say."""

GROUNDS: Final = ("instructed", "term", "safety", "emergency", "other")
"""Why a case is raised (加急): a closed list, so that it can be counted; what else is to be said is an opinion."""

# In the order of use, what cannot be undone last: the pages keep it.
_OPERATIONS: Final = (
    Operation("agree", "item", zh("同意"), asks=_SIGNING, form=True),
    Operation("reject", "item", zh("不同意"), asks=_SIGNING, form=True, weighty=True),
    Operation(
        "return",
        "item",
        zh("退回"),
        asks=(
            Asked("to", zh("退回到"), "step", required=False),
            Asked("way", zh("再次提交后"), "choice", required=False, choices=("step", "jump")),
        ),
        form=True,
    ),
    Operation("abstain", "item", zh("弃权"), asks=_SIGNING),
    Operation(
        "cast", "item", zh("投票"), asks=(Asked("choice", zh("您的选择"), "choice", choices=BALLOTS),), opinion="none"
    ),
    Operation("complete", "item", zh("完成"), form=True),
    Operation("take-back", "item", zh("取回")),
    Operation("transfer", "item", zh("转办"), asks=(Asked("to", zh("转给"), "user"),)),
    Operation("delegate", "item", zh("委派"), asks=(Asked("to", zh("委派给"), "user"),)),
    Operation("answer", "item", zh("答复委派"), opinion="needed"),
    Operation(
        "add-signers",
        "item",
        zh("加签"),
        asks=(
            Asked("users", zh("加签人"), "users"),
            Asked("where", zh("位置"), "choice", choices=("before", "after", "parallel")),
            Asked("mode", zh("加签人的办理方式"), "choice", required=False, choices=("all", "any", "sequence")),
        ),
    ),
    Operation("remove-signer", "item", zh("减签"), asks=(Asked("signer", zh("加签人"), "item"),)),
    Operation("claim", "item", zh("签收")),
    Operation("unclaim", "item", zh("退签")),
    Operation("open", "item", zh("打开"), opinion="none"),
    Operation("recuse", "item", zh("申请回避"), opinion="needed"),
    Operation("urge", "case", zh("催办")),
    Operation(
        "comment",
        "case",
        zh("评论"),
        asks=(
            Asked("visible", zh("谁能看到"), "choice", required=False, choices=(TO_ALL, TO_OFFICERS)),
            Asked("mentions", zh("提到的人"), "users", required=False),
        ),
        opinion="needed",
    ),
    Operation(
        "correct",
        "case",
        zh("更正评论"),
        asks=(
            Asked("comment", zh("评论"), "comment"),
            Asked("mentions", zh("提到的人"), "users", required=False),
        ),
        opinion="needed",
    ),
    Operation("retract", "case", zh("撤回评论"), asks=(Asked("comment", zh("评论"), "comment"),)),
    Operation("copy", "case", zh("抄送"), asks=(Asked("users", zh("抄送给"), "users"),)),
    Operation("read", "case", zh("已阅"), opinion="none"),
    Operation("uncopy", "case", zh("收回抄送"), asks=(Asked("user", zh("收回抄送人"), "user"),)),
    Operation(
        "detach", "case", zh("撤下附件"), asks=(Asked("attachment", zh("附件"), "attachment"),), opinion="needed"
    ),
    Operation(
        "set-urgency",
        "case",
        zh("调整缓急"),
        asks=(
            Asked("urgency", zh("缓急"), "choice", choices=("normal", "urgent", "most_urgent")),
            Asked("ground", zh("事由"), "choice", required=False, choices=GROUNDS),
        ),
        opinion="needed",
    ),
    Operation("resume", "case", zh("恢复办理")),
    Operation("suspend", "case", zh("挂起"), opinion="needed"),
    Operation("reopen", "case", zh("重新发起")),
    Operation("withdraw", "case", zh("撤回"), weighty=True),
    Operation("revoke", "case", zh("申请撤销"), opinion="needed", weighty=True),
    Operation("jump", "case", zh("跳转"), asks=(Asked("to", zh("跳转到"), "step"),), opinion="needed", weighty=True),
    Operation("terminate", "case", zh("终止"), opinion="needed", weighty=True),
    Operation("void", "case", zh("作废"), opinion="needed", weighty=True),
)

ON_ITEMS: Final[Mapping[str, Operation]] = MappingProxyType({one.verb: one for one in _OPERATIONS if one.on == "item"})
"""The operations on an item, by verb."""

ON_CASES: Final[Mapping[str, Operation]] = MappingProxyType({one.verb: one for one in _OPERATIONS if one.on == "case"})
"""The operations on a case, by verb."""


def fits(asked: Asked, value: object) -> bool:
    """Whether a value is of the kind that is asked for; who or what it names is looked up where it is used."""
    if value is None:
        return not asked.required
    match asked.kind:
        case "users":
            return isinstance(value, list) and bool(value) and all(_is_short(one) for one in value)
        case "choice":
            return value in asked.choices
        case "number" | "comment":
            return isinstance(value, int) and not isinstance(value, bool)
        case "text":
            return isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT
        case "user" | "step" | "item" | "attachment" | "day" | "signature" | "picture":
            return _is_short(value)


def _is_short(value: object) -> bool:
    return isinstance(value, str) and 0 < len(value) <= LONGEST_NAME
