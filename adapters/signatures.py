"""What is said of a signature: who signed and when, and whether what was signed has been written again since."""

from __future__ import annotations

from typing import Any

from adapters.explaining import Saying
from adapters.texts import _, full_moment
from workflows.machine.case import Case
from workflows.machine.signing import Signature, holds, signature_in, written_since
from workflows.reads import HistoryView


def signature_line(entry: HistoryView, head: Case, said: Saying) -> str:
    """A signature in words, with its name and moment also where no opinion was given; empty where an entry has none."""
    found = signature_in(entry.body)
    if found is None:
        return ""
    line = _("签名：%(name)s，%(at)s", name=found.name, at=full_moment(found.at))
    return _("%(line)s（%(since)s）", line=line, since=_since(found, entry, head, said))


def signature_view(entry: HistoryView, head: Case) -> dict[str, Any] | None:
    """The same for programs: `holds` is false where the entry is not what was signed, `written_since` names fields."""
    found = signature_in(entry.body)
    if found is None:
        return None
    since = list(written_since(found, head.field_versions))
    return {
        "name": found.name,
        "at": found.at,
        "picture": found.picture,
        "holds": _holds(found, entry, head),
        "written_since": since,
    }


def _holds(found: Signature, entry: HistoryView, head: Case) -> bool:
    return holds(found, head.id, str(entry.body.get("item")))


def _since(found: Signature, entry: HistoryView, head: Case, said: Saying) -> str:
    if not _holds(found, entry, head):
        return _("与签署时不符，请告诉管理员")
    titles = said.names.titles
    named = [name for name in written_since(found, head.field_versions) if name in titles.fields]
    if not named:
        return _("签名后内容未改")
    fields = _("、").join(titles.label(name, said.names.language) for name in named)
    return _("签名后重新填写过：%(fields)s", fields=fields)
