"""Journals of facts: what happened, sealed, and the engine that decides what may happen."""

from liandong.domain.journal.canonical import canonical
from liandong.domain.journal.chain import Break, Entry, at_from_text, at_text, entry_hash, seal, verify_chain
from liandong.domain.journal.facts import Actor, Command, Fact, Party, Role, StreamId, StreamKind, StreamState
from liandong.domain.journal.machine import ANYONE, PRIOR, SAME, Field, Machine, Row, clean_text

__all__ = [
    "ANYONE",
    "PRIOR",
    "SAME",
    "Actor",
    "Break",
    "Command",
    "Entry",
    "Fact",
    "Field",
    "Machine",
    "Party",
    "Role",
    "Row",
    "StreamId",
    "StreamKind",
    "StreamState",
    "at_from_text",
    "at_text",
    "canonical",
    "clean_text",
    "entry_hash",
    "seal",
    "verify_chain",
]
