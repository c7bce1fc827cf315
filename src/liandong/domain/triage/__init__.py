"""研判: whose matter a text is, how urgent, why, and what to ask next."""

from __future__ import annotations

from liandong.domain.triage.engine import Triage
from liandong.domain.triage.reading import Reading
from liandong.domain.triage.scores import BulkScorer, Scorer, Scores, Signs
from liandong.domain.triage.verdict import Mark, Reason, Source, Verdict

__all__ = ["BulkScorer", "Mark", "Reading", "Reason", "Scorer", "Scores", "Signs", "Source", "Triage", "Verdict"]
