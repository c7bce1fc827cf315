"""研判: whose matter a text is, how urgent, why, and what to ask next."""

from __future__ import annotations

from liandong.domain.triage.engine import Triage
from liandong.domain.triage.scores import BulkScorer, Scorer, Scores
from liandong.domain.triage.verdict import Mark, Reason, Source, Verdict

__all__ = ["BulkScorer", "Mark", "Reason", "Scorer", "Scores", "Source", "Triage", "Verdict"]
