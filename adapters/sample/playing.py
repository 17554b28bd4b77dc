"""How sample people act when the sample county plays a year: choices that derive from what is asked, never drawn.

They are patient or slow, mostly agree, sometimes refuse or return, and leave some things until somebody escalates.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from domain.organisation import is_valid
from domain.roster import Roster, liaison_officers, users_with_role

MOST_DAYS: Final = 6
"""Calendar days after which most have acted."""
LATE_DAYS: Final = 25
"""Days after which the slow ones act: behind every ladder."""

FAR: Final = timedelta(days=60)
"""What is due so much later is done around its day, as a visit is; everything else when somebody gets round to it."""

OFFICER, ROLE = "officer", "contact_officer"
"""The field of a form that names a post, and the role that such a post carries."""

_SLOW, _REFUSES, _RETURNS = 12, 8, 5


@dataclass(frozen=True, slots=True)
class Choice:
    """What a sample person does with an item: as whom, which verb, and the body of the request."""

    user: str
    verb: str
    body: Mapping[str, Any]


def is_due(item: Mapping[str, Any], now: datetime) -> bool:
    """Whether whoever holds the item gets round to it by now."""
    patience = LATE_DAYS if _drawn(item["id"], "slow", _SLOW) == 0 else _drawn(item["id"], "patience", MOST_DAYS + 1)
    return now >= _begun(item) + timedelta(days=patience)


def _begun(item: Mapping[str, Any]) -> datetime:
    """From when on somebody thinks of it: when it was given, or shortly before a day that is far off."""
    opened = datetime.fromisoformat(item["opened_at"])
    due = datetime.fromisoformat(item["due_at"]) if item["due_at"] else opened
    return max(opened, due - timedelta(days=MOST_DAYS)) if due - opened >= FAR else opened


def choose(item: Mapping[str, Any], roster: Roster, day: date, reasons: Sequence[str]) -> Choice | None:
    """What is done with an item; None where nobody of the roster holds it.

    Args:
        item: the item as the API shows it, with holders, verbs and form.
        roster: who is there on `day`.
        reasons: the closed list of the step, for a refusal.
    """
    user = _who(item, roster, day)
    verbs = item["verbs"]
    if user is None or not verbs:
        return None
    verb = _verb(str(item["id"]), verbs)
    form = _filled(item, roster, day) if verb in {"agree", "complete"} else {}
    body: dict[str, Any] = {"version": item["version"], "form": form}
    if verb in {"reject", "return"}:
        body["opinion"] = "样例意见"
    if verb == "reject" and reasons:
        body["reason"] = reasons[_drawn(item["id"], "reason", len(reasons))]
    return Choice(user, verb, body)


def _who(item: Mapping[str, Any], roster: Roster, day: date) -> str | None:
    users = [user for holder in item["holders"] for user in _users(str(holder["who"]), roster, day)]
    return users[_drawn(item["id"], "who", len(users))] if users else None


def _users(principal: str, roster: Roster, day: date) -> tuple[str, ...]:
    kind, _, rest = principal.partition(":")
    match kind:
        case "user":
            return (rest,)
        case "role":
            name, _, scope = rest.partition(":")
            return users_with_role(roster, name, scope or None, day)
        case "department":
            return liaison_officers(roster, rest, day)
        case _:
            return ()


def _verb(item: str, verbs: Sequence[str]) -> str:
    if "complete" in verbs:
        return "complete"
    drawn = _drawn(item, "verb", 100)
    if drawn < _REFUSES and "reject" in verbs:
        return "reject"
    return "return" if drawn < _REFUSES + _RETURNS and "return" in verbs else "agree"


def _filled(item: Mapping[str, Any], roster: Roster, day: date) -> dict[str, Any]:
    fields = (item["form"] or {}).get("fields", ())
    filled = {one["name"]: _value(str(item["id"]), one, day) for one in fields if one["required"]}
    return filled | {name: _officer(str(item["id"]), roster, day) for name in filled.keys() & {OFFICER}}


def _officer(item: str, roster: Roster, day: date) -> str:
    """A post that has a contact officer."""
    scopes = {grant.scope for post in roster.posts if is_valid(post, day) for grant in post.roles if grant.role == ROLE}
    posts = sorted(scope for scope in scopes if scope is not None)
    return posts[_drawn(item, OFFICER, len(posts))]


def _value(item: str, field: Mapping[str, Any], day: date) -> Any:
    match field["type"]:
        case "boolean":
            return True
        case "integer":
            return 4
        case "date":
            return day.isoformat()
        case "choice":
            return field["choices"][_drawn(item, field["name"], len(field["choices"]))]
        case "several":
            return [field["choices"][0]]
        case _:
            return "样例"


def _drawn(item: str, what: str, n: int) -> int:
    """A number below `n` that belongs to the item: the same in every run."""
    return int.from_bytes(hashlib.sha256(f"{item}/{what}".encode()).digest()[:4], "big") % n
