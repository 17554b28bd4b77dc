"""What the moves need from the outside: rows, a unit (one transaction), blobs, gateways, a vault, a library."""

from workflows.ports.blobs import Blobs, Files
from workflows.ports.outcomes import BlobsUnavailable, CommitUnknown, Conflict, StoreUnavailable
from workflows.ports.outside import Engine, Gateway, Library, Published, Units, Vault
from workflows.ports.rows import (
    ActRow,
    Changes,
    DueEffect,
    Gate,
    HistoryRow,
    InboxRow,
    Keyed,
    NewEvent,
    RegisterRow,
    StoredEvent,
)
from workflows.ports.unit import Unit

__all__ = [
    "ActRow",
    "Blobs",
    "BlobsUnavailable",
    "Changes",
    "CommitUnknown",
    "Conflict",
    "DueEffect",
    "Engine",
    "Files",
    "Gate",
    "Gateway",
    "HistoryRow",
    "InboxRow",
    "Keyed",
    "Library",
    "NewEvent",
    "Published",
    "RegisterRow",
    "StoreUnavailable",
    "StoredEvent",
    "Unit",
    "Units",
    "Vault",
]
