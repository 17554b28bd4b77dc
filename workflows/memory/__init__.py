"""The store in memory, with real snapshot semantics: units that may be open at the same time, and conflicts."""

from workflows.memory.library import MemoryLibrary
from workflows.memory.reads import MemoryReads
from workflows.memory.store import Isolation, RowExistsError
from workflows.memory.unit import MemoryUnit
from workflows.memory.units import MemoryUnits

__all__ = ["Isolation", "MemoryLibrary", "MemoryReads", "MemoryUnit", "MemoryUnits", "RowExistsError"]
