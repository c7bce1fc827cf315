"""The ports of the application in memory: for tests, for the policy lab, and as the plainest example of each.

They behave as the real ones do (``tests/contracts`` runs on both) and keep nothing when the process ends.
"""

from liandong.adapters.memory.absences import MemoryAbsences
from liandong.adapters.memory.clock import SetClock
from liandong.adapters.memory.database import Job, MemoryDatabase, Sent
from liandong.adapters.memory.ids import CountedIds
from liandong.adapters.memory.triage import WordTriage
from liandong.adapters.memory.unit_of_work import MemoryUnitOfWork, MemoryWork
from liandong.adapters.memory.wire import MemoryWire

__all__ = ["CountedIds", "Job", "MemoryAbsences", "MemoryDatabase", "MemoryUnitOfWork", "MemoryWire", "MemoryWork", "Sent", "SetClock", "WordTriage"]
