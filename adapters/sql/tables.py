"""The tables (docs/architecture.md): what each row is for, its key and the indexes that its queries need.

`county` leads every key and index, so a database may hold many counties. Documents are JSON text in one canonical
spelling; personal values stand in `payload` alone, under the key of the person they are about.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Column, Index, MetaData, PrimaryKeyConstraint, Table, Text, text

from adapters.sql.columns import blobs, flags, integers, moments, numbers, optional, paths, texts

metadata = MetaData()

# Rows that change while they are hot: room on the page keeps updates off the indexes, and dead rows go early.
HOT = {"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.02, "autovacuum_analyze_scale_factor": 0.05}
# Rows that live for moments: a queue is vacuumed by what it threw away, whatever its size.
QUEUE = {"autovacuum_vacuum_scale_factor": 0.0, "autovacuum_vacuum_threshold": 2000}


def _table(
    name: str, key: str, *groups: Iterable[Column[Any]], storage: dict[str, float] | None = None, small: bool = False
) -> Table:
    columns = [column for group in groups for column in group]
    return Table(
        name,
        metadata,
        Column("county", Text, nullable=False),
        *columns,
        PrimaryKeyConstraint("county", *key.split()),
        postgresql_with=storage or {},
        # Narrow rows that are only found by their key need no second tree on SQLite.
        sqlite_with_rowid=not small,
    )


def _index(table: Table, name: str, columns: str, where: str | None = None, *, unique: bool = False) -> None:
    condition = None if where is None else text(where)
    Index(
        f"{table.name}_{name}",
        table.c.county,
        *(table.c[column] for column in columns.split()),
        unique=unique,
        postgresql_where=condition,
        sqlite_where=condition,
    )


# -- events ------------------------------------------------------------------------------------------------

# Never partitioned: (source, id) is what makes an event once and for ever the same one.
event_key = _table("event_key", "source id", texts("source", "id"), numbers("no"), texts("body_hash"), small=True)
_index(event_key, "no", "no", unique=True)

event = _table(
    "event",
    "no",
    numbers("no"),
    texts("type", "key", "plain", "attributes", "department", "lane"),
    optional(texts("person", "fingerprint", "payload_ref")),
    flags("sample"),
    moments("at"),
)
_index(event, "person", "person", "person IS NOT NULL")

payload = _table("payload", "ref", texts("ref", "person", "algorithm", "key_id"), blobs("ciphertext"))
_index(payload, "person", "person")

# A person's data key, wrapped by the office's; destroyed: nothing under it can be read any more.
person_key = _table(
    "person_key", "person", texts("person", "key_id"), optional(texts("wrapped")), optional(moments("destroyed_at"))
)

# Envelope and reason of an event that a door refused, for its sender: never the data.
refused = _table(
    "refused",
    "ref",
    texts("ref", "department"),
    optional(texts("source", "id", "type")),
    texts("code", "reason"),
    moments("at"),
)
_index(refused, "department", "department at")

inbox = _table(
    "inbox",
    "no",
    numbers("no"),
    texts("case", "lane"),
    integers("attempts"),
    moments("ready_at"),
    flags("starts"),
    optional(numbers("event")),
    optional(texts("timer", "signal")),
    storage=QUEUE,
)
_index(inbox, "case", "case no")
_index(inbox, "fresh", "lane no", "attempts = 0")
_index(inbox, "ready", "lane ready_at no")

# Which cases an event started or woke: the inbox forgets it once the event was handled.
routed = _table("routed", "event case", numbers("event"), texts("case"), small=True)

unmatched = _table("unmatched", "type key no", texts("type", "key"), numbers("no"), moments("at"), small=True)

subscription = _table(
    "subscription",
    "type key case path round",
    texts("type", "key", "case"),
    paths("path"),
    integers("round"),
    small=True,
)
_index(subscription, "case", "case path")

act = _table("act", "key", texts("key", "actor", "request_hash", "answer"), moments("at"))

# -- cases -------------------------------------------------------------------------------------------------

case_head = _table(
    "case_head",
    "id",
    texts("id", "workflow", "workflow_hash"),
    integers("language", "version", "seq"),
    texts("prev_hash", "root", "key"),
    optional(texts("person")),
    texts("state"),
    optional(texts("outcome")),
    texts("fields", "field_versions", "numbers", "lane", "department"),
    flags("sample"),
    moments("opened_at", "last_at"),
    optional(texts("quarantine", "parent_case", "parent_path")),
    integers("round"),
    texts("back", "urgency"),
    optional(moments("ended_at")),
    optional(texts("reopened_as")),
    texts("readers"),
    storage=HOT,
)
_index(case_head, "recent", "last_at id")
_index(case_head, "subject", "key")
_index(case_head, "person", "person", "person IS NOT NULL")
_index(case_head, "quarantine", "id", "quarantine IS NOT NULL")
_index(case_head, "called", "root", "parent_case IS NOT NULL")

# A tree of cases that stands still.
gate = _table("gate", "root", texts("root", "by", "reason"), moments("since"), small=True)

# The queues of shared resources: whoever stands first has it.
claim = _table("claim", "resource no", texts("resource"), numbers("no"), texts("case", "path"), small=True)
_index(claim, "place", "resource case path", unique=True)

activation = _table(
    "activation",
    "case path round",
    texts("case"),
    paths("path"),
    integers("round"),
    optional(texts("parent")),
    texts("state"),
    moments("entered_at"),
    integers("n", "agree", "against", "abstain", "resume"),
    texts("fields"),
    storage=HOT,
)

work_item = _table(
    "work_item",
    "id",
    texts("id", "case"),
    paths("path"),
    integers("round", "seat"),
    texts("kind", "state"),
    integers("version"),
    moments("opened_at"),
    optional(moments("yellow_at", "due_at")),
    texts("due_rule"),
    optional(moments("paused_at")),
    texts("roster"),
    optional(texts("form")),
    texts("pick"),
    optional(texts("closed_by")),
    optional(moments("closed_at")),
    optional(texts("content", "parent", "link")),
    optional(integers("asked", "weight")),
    optional(texts("claimed_by")),
    optional(moments("read_at")),
    optional(integers("superseded")),
    optional(texts("read_by")),
    storage=HOT,
)
_index(work_item, "case", "case path")
_index(work_item, "decided", "closed_by closed_at id", "closed_by IS NOT NULL")
_index(work_item, "narrowable", "opened_at id", "state = 'open' AND pick = 'least_loaded'")

holder = _table(
    "holder", "item who", texts("item", "case", "who", "capacity"), optional(moments("due_at", "closed_at"))
)
# Not partial: a planner without statistics takes "closed_at IS NULL" for a handful of rows and reads them all.
_index(holder, "inbox", "who closed_at due_at")
_index(holder, "case", "case")

case_access = _table("case_access", "case who why", texts("case", "who", "why"), small=True)
_index(case_access, "who", "who case")

timer = _table(
    "timer",
    "id",
    texts("id", "case"),
    paths("path"),
    integers("round"),
    texts("kind"),
    integers("rung"),
    moments("due_at"),
)
_index(timer, "due", "due_at id")
_index(timer, "case", "case path")

plan = _table(
    "plan",
    "id",
    texts("id", "case", "type", "key"),
    optional(texts("person")),
    texts("plain"),
    moments("due_at"),
    integers("months", "occurrence"),
    flags("repeats"),
    texts("name"),
    optional(texts("starts")),
    texts("unit"),
    optional(integers("month", "day")),
    optional(moments("anchor")),
    optional(integers("base", "times")),
    optional(moments("until")),
    optional(texts("ends_on", "moves_on", "moves_to")),
    flags("sample"),
)
_index(plan, "due", "due_at id")
_index(plan, "case", "case name")
_index(plan, "hearing", "key", "ends_on IS NOT NULL OR moves_on IS NOT NULL")

# Where every case under way stands and when its most urgent item is due: written from the feed, and anew at any time.
board = _table(
    "board",
    "case",
    texts("case", "workflow", "state", "department"),
    optional(moments("yellow_at", "due_at")),
    flags("is_paused", "asks"),
    storage=HOT,
)
board_at = _table("board_at", "name", texts("name"), numbers("no"), small=True)

# Numbers that are given in order and without a gap: who asks for one, and every one that was ever given.
serial_asked = _table(
    "serial_asked", "no", numbers("no"), texts("id", "case", "path", "series"), integers("year", "digits"), small=True
)
_index(serial_asked, "id", "id", unique=True)
# What somebody has written for an item and not sent: the words are in the payload.
draft = _table("draft", "item user", texts("item", "user", "case", "person", "ref"), moments("at"), small=True)
_index(draft, "case", "case")

# The bytes of a file lie in the blob store, its name and hash in `payload`; whoever looks for what to collect finds it here.
attachment = _table(
    "attachment",
    "id",
    texts("id", "key", "case", "person", "ref", "media_type"),
    numbers("size"),
    texts("by"),
    moments("at"),
    optional(moments("stored_at", "linked_at")),
    optional(numbers("seq")),
    optional(texts("item", "withdrawn_by")),
    optional(moments("withdrawn_at", "dropped_at", "collect_at")),
)
_index(attachment, "key", "key", unique=True)
_index(attachment, "case", "case")
_index(attachment, "person", "person")
_index(attachment, "due", "collect_at id", "collect_at IS NOT NULL")

serial = _table(
    "serial",
    "series year number",
    texts("series"),
    integers("year", "number"),
    texts("text", "case", "path", "asked"),
    moments("at"),
)
_index(serial, "asked_once", "asked", unique=True)

# Ballots of secret votes: no voter, no time, no order. The id is random, and SQLite keeps no row number beside it.
ballot = _table("ballot", "id", texts("id", "case"), paths("path"), integers("round"), texts("choice"), small=True)
_index(ballot, "case", "case path round")

# What was made urgent, by month: a department may raise so many of its cases itself, and no more.
raised = _table(
    "raised",
    "month department case counts",
    texts("month", "department", "case"),
    flags("counts"),
    texts("ground"),
    flags("most"),
    moments("at"),
    optional(moments("lowered_at")),
    small=True,
)
_index(raised, "case", "case")

# One event or signal that concerns many cases: how far it has come, and the inbox rows that it posted.
fanout = _table(
    "fanout",
    "id",
    texts("id", "signal", "selection", "state", "by", "reason"),
    moments("started_at"),
    optional(moments("ended_at")),
    texts("cursor"),
    optional(integers("total")),
    integers("posted"),
    optional(texts("undone_by", "undone_reason")),
    integers("taken_back", "countered", "kept"),
)
_index(fanout, "going", "started_at id", "state IN ('going', 'undoing')")
_index(fanout, "recent", "started_at id")
fanned = _table("fanned", "fanout case", texts("fanout", "case"), numbers("no"), small=True)

register_row = _table(
    "register_row", "register key", texts("register", "key"), optional(texts("fingerprint")), texts("fields")
)
_index(register_row, "fingerprint", "register fingerprint key", "fingerprint IS NOT NULL")

# -- history, seals, ways out ------------------------------------------------------------------------------

history = _table(
    "history",
    "case seq",
    texts("case"),
    integers("seq"),
    moments("at"),
    texts("body"),
    optional(texts("commitment", "payload_ref")),
    texts("prev_hash", "hash"),
)

unsealed = _table(
    "unsealed", "at case seq", moments("at"), texts("case"), integers("seq"), texts("hash"), storage=QUEUE, small=True
)

feed = _table("feed", "no", numbers("no"), texts("case"), integers("seq"), small=True)
_index(feed, "entry", "case seq", unique=True)

checkpoint = _table(
    "checkpoint", "no", numbers("no", "first", "last"), texts("root", "prev_hash", "hash"), moments("at")
)

# `due_at` is when the effect may be taken (again); a lease moves it ahead, the fence tells late results apart.
effect = _table(
    "effect",
    "key",
    texts("key", "case", "gateway", "body"),
    integers("attempts", "fence"),
    moments("due_at"),
    optional(moments("sent_at")),
    optional(texts("error")),
    storage=HOT,
)
_index(effect, "due", "due_at key", "sent_at IS NULL")

notice = _table("notice", "key who", texts("key", "who", "case", "body"), moments("at"))
_index(notice, "inbox", "who at key")
_index(notice, "case", "case at")

# -- the office --------------------------------------------------------------------------------------------

definition = _table("definition", "hash", texts("hash", "name"), integers("revision"), texts("body"), moments("at"))
_index(definition, "name", "name revision", unique=True)

presentation = _table(
    "presentation", "name revision", texts("name"), integers("revision"), texts("body"), moments("at")
)

roster_version = _table("roster_version", "revision", integers("revision"), texts("version", "body"), moments("at"))
calendar_version = _table("calendar_version", "revision", integers("revision"), texts("version", "body"), moments("at"))
numbers_version = _table("numbers_version", "revision", integers("revision"), texts("version", "body"), moments("at"))
for _version in (roster_version, calendar_version, numbers_version):
    _index(_version, "version", "version", unique=True)

account = _table("account", "user", texts("user"), moments("created_at"), optional(moments("disabled_at")))

api_key = _table(
    "api_key",
    "hash",
    texts("hash", "name"),
    optional(texts("department", "user")),
    texts("scopes", "types"),
    moments("issued_at"),
    optional(moments("revoked_at")),
)
_index(api_key, "name", "name", unique=True)

# A sign-in is a link that works once; a session is what it opens. Only hashes of their tokens are kept.
sign_in = _table("sign_in", "hash", texts("hash", "user"), moments("expires_at"), optional(moments("used_at")))
web_session = _table(
    "web_session",
    "hash",
    texts("hash", "user"),
    moments("created_at", "seen_at", "expires_at"),
    optional(moments("revoked_at")),
)
_index(web_session, "user", "user")

# Counters that never give a number twice: numbers of rows on SQLite, serials everywhere.
series = _table("series", "name", texts("name"), numbers("value"), small=True)

lane = _table("lane", "lane", texts("lane"), optional(moments("raised_at")))

# Who read the personal values of whom (domain.md §4.2: readable by the person).
read_log = _table(
    "read_log",
    "no",
    numbers("no"),
    texts("person", "case", "user"),
    optional(texts("department", "post")),
    texts("purpose"),
    moments("at"),
)
_index(read_log, "person", "person at")

setting = _table("setting", "name", texts("name", "value"), small=True)
