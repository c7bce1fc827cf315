"""The trained classifier: any labelled file in, calibrated labels out, and the fast scorer that triage asks."""

from __future__ import annotations
