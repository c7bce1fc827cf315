"""Figures of the whole: ``python -m tests.bench [intake] [handover] [triage] [startup]`` prints JSON lines. Nothing here passes or fails."""
