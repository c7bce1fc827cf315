"""The danger rules, a family a module; ``ALL`` is what triage applies, the graver family first."""

from __future__ import annotations

from liandong.domain.triage.danger_rules.accidents import RULES as ACCIDENTS
from liandong.domain.triage.danger_rules.collapse import RULES as COLLAPSE
from liandong.domain.triage.danger_rules.fire import RULES as FIRE
from liandong.domain.triage.danger_rules.flood import RULES as FLOOD
from liandong.domain.triage.danger_rules.helpless import RULES as HELPLESS
from liandong.domain.triage.danger_rules.medical import RULES as MEDICAL
from liandong.domain.triage.danger_rules.missing import RULES as MISSING
from liandong.domain.triage.danger_rules.rule import DangerRule, expand
from liandong.domain.triage.danger_rules.seizure import RULES as SEIZURE
from liandong.domain.triage.danger_rules.self_harm import RULES as SELF_HARM
from liandong.domain.triage.danger_rules.threats import RULES as THREATS
from liandong.domain.triage.danger_rules.violence import RULES as VIOLENCE

__all__ = ["ALL", "DangerRule", "expand"]

ALL: tuple[DangerRule, ...] = (
    *SELF_HARM,
    *VIOLENCE,
    *SEIZURE,
    *FIRE,
    *COLLAPSE,
    *MEDICAL,
    *HELPLESS,
    *MISSING,
    *FLOOD,
    *ACCIDENTS,
    *THREATS,
)
