"""The tables of the first version.

Revision ID: 0001
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from alembic import op
from sqlalchemy import Column, PrimaryKeyConstraint, Text, text

from adapters.sql.columns import blobs, flags, integers, moments, numbers, optional, paths, texts

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

HOT = {"fillfactor": 70, "autovacuum_vacuum_scale_factor": 0.02, "autovacuum_analyze_scale_factor": 0.05}
QUEUE = {"autovacuum_vacuum_scale_factor": 0.0, "autovacuum_vacuum_threshold": 2000}


def upgrade() -> None:
    _events()
    _cases()
    _history()
    _office()
    _sequences()


def downgrade() -> None:
    raise NotImplementedError("the first version has nothing before it: restore a backup instead")


def _events() -> None:
    _table("event_key", "source id", texts("source", "id"), numbers("no"), texts("body_hash"), small=True)
    _index("event_key", "no", "no", unique=True)
    _table(
        "event",
        "no",
        numbers("no"),
        texts("type", "key", "plain", "attributes", "department", "lane"),
        optional(texts("person", "fingerprint", "payload_ref")),
        flags("sample"),
        moments("at"),
    )
    _index("event", "person", "person", "person IS NOT NULL")
    _table("payload", "ref", texts("ref", "person", "algorithm", "key_id"), blobs("ciphertext"))
    _index("payload", "person", "person")
    _table(
        "person_key", "person", texts("person", "key_id"), optional(texts("wrapped")), optional(moments("destroyed_at"))
    )
    _table(
        "refused",
        "ref",
        texts("ref", "department"),
        optional(texts("source", "id", "type")),
        texts("code", "reason"),
        moments("at"),
    )
    _index("refused", "department", "department at")
    _table(
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
    _index("inbox", "case", "case no")
    _index("inbox", "fresh", "lane no", "attempts = 0")
    _index("inbox", "ready", "lane ready_at no")
    _table("routed", "event case", numbers("event"), texts("case"), small=True)
    _table("unmatched", "type key no", texts("type", "key"), numbers("no"), moments("at"), small=True)
    _table(
        "subscription",
        "type key case path round",
        texts("type", "key", "case"),
        paths("path"),
        integers("round"),
        small=True,
    )
    _index("subscription", "case", "case path")
    _table("act", "key", texts("key", "actor", "request_hash", "answer"), moments("at"))


def _cases() -> None:
    _table(
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
        storage=HOT,
    )
    _index("case_head", "recent", "last_at id")
    _index("case_head", "subject", "key")
    _index("case_head", "person", "person", "person IS NOT NULL")
    _index("case_head", "quarantine", "id", "quarantine IS NOT NULL")
    _index("case_head", "called", "root", "parent_case IS NOT NULL")
    _table("gate", "root", texts("root", "by", "reason"), moments("since"), small=True)
    _table("claim", "resource no", texts("resource"), numbers("no"), texts("case", "path"), small=True)
    _index("claim", "place", "resource case path", unique=True)
    _table(
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
    _table(
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
        storage=HOT,
    )
    _index("work_item", "case", "case path")
    _index("work_item", "narrowable", "opened_at id", "state = 'open' AND pick = 'least_loaded'")
    _table("holder", "item who", texts("item", "case", "who", "capacity"), optional(moments("due_at", "closed_at")))
    _index("holder", "inbox", "who closed_at due_at")
    _index("holder", "case", "case")
    _table("case_access", "case who", texts("case", "who", "why"), small=True)
    _index("case_access", "who", "who case")
    _table(
        "timer",
        "id",
        texts("id", "case"),
        paths("path"),
        integers("round"),
        texts("kind"),
        integers("rung"),
        moments("due_at"),
    )
    _index("timer", "due", "due_at id")
    _index("timer", "case", "case path")
    _table(
        "plan",
        "id",
        texts("id", "case", "type", "key"),
        optional(texts("person")),
        texts("plain"),
        moments("due_at"),
        integers("months", "occurrence"),
        flags("repeats"),
    )
    _index("plan", "due", "due_at id")
    _table("register_row", "register key", texts("register", "key"), optional(texts("fingerprint")), texts("fields"))
    _index("register_row", "fingerprint", "register fingerprint key", "fingerprint IS NOT NULL")


def _history() -> None:
    _table(
        "history",
        "case seq",
        texts("case"),
        integers("seq"),
        moments("at"),
        texts("body"),
        optional(texts("commitment", "payload_ref")),
        texts("prev_hash", "hash"),
    )
    _table(
        "unsealed",
        "at case seq",
        moments("at"),
        texts("case"),
        integers("seq"),
        texts("hash"),
        storage=QUEUE,
        small=True,
    )
    _table("feed", "no", numbers("no"), texts("case"), integers("seq"), small=True)
    _index("feed", "entry", "case seq", unique=True)
    _table("checkpoint", "no", numbers("no", "first", "last"), texts("root", "prev_hash", "hash"), moments("at"))
    _table(
        "effect",
        "key",
        texts("key", "case", "gateway", "body"),
        integers("attempts", "fence"),
        moments("due_at"),
        optional(moments("sent_at")),
        optional(texts("error")),
        storage=HOT,
    )
    _index("effect", "due", "due_at key", "sent_at IS NULL")
    _table("notice", "key who", texts("key", "who", "case", "body"), moments("at"))
    _index("notice", "inbox", "who at key")


def _office() -> None:
    _table("definition", "hash", texts("hash", "name"), integers("revision"), texts("body"), moments("at"))
    _index("definition", "name", "name revision", unique=True)
    _table("presentation", "name revision", texts("name"), integers("revision"), texts("body"), moments("at"))
    _table("roster_version", "revision", integers("revision"), texts("version", "body"), moments("at"))
    _table("calendar_version", "revision", integers("revision"), texts("version", "body"), moments("at"))
    _table("numbers_version", "revision", integers("revision"), texts("version", "body"), moments("at"))
    for version in ("roster_version", "calendar_version", "numbers_version"):
        _index(version, "version", "version", unique=True)
    _table("account", "user", texts("user"), moments("created_at"), optional(moments("disabled_at")))
    _table(
        "api_key",
        "hash",
        texts("hash", "name"),
        optional(texts("department", "user")),
        texts("scopes", "types"),
        moments("issued_at"),
        optional(moments("revoked_at")),
    )
    _index("api_key", "name", "name", unique=True)
    _table("sign_in", "hash", texts("hash", "user"), moments("expires_at"), optional(moments("used_at")))
    _table(
        "web_session",
        "hash",
        texts("hash", "user"),
        moments("created_at", "seen_at", "expires_at"),
        optional(moments("revoked_at")),
    )
    _index("web_session", "user", "user")
    _table("series", "name", texts("name"), numbers("value"), small=True)
    _table("lane", "lane", texts("lane"), optional(moments("raised_at")))
    _table(
        "read_log",
        "no",
        numbers("no"),
        texts("person", "case", "user"),
        optional(texts("department", "post")),
        texts("purpose"),
        moments("at"),
    )
    _index("read_log", "person", "person at")
    _table("setting", "name", texts("name", "value"), small=True)


def _sequences() -> None:
    """Numbers of rows come from sequences on PostgreSQL and from `series` on SQLite, which has one writer."""
    if op.get_bind().dialect.name == "postgresql":
        for name in ("event_no", "inbox_no", "claim_no", "read_log_no"):
            op.execute(f"CREATE SEQUENCE {name}")


def _table(
    name: str, key: str, *groups: Iterable[Column[Any]], storage: dict[str, float] | None = None, small: bool = False
) -> None:
    op.create_table(
        name,
        Column("county", Text, nullable=False),
        *(column for group in groups for column in group),
        PrimaryKeyConstraint("county", *key.split()),
        postgresql_with=storage or {},
        sqlite_with_rowid=not small,
    )


def _index(table: str, name: str, columns: str, where: str | None = None, *, unique: bool = False) -> None:
    condition = None if where is None else text(where)
    op.create_index(
        f"{table}_{name}",
        table,
        ["county", *columns.split()],
        unique=unique,
        postgresql_where=condition,
        sqlite_where=condition,
    )
