"""The danger rules, a family a module; ``ALL`` is what triage applies, the graver family first."""

from __future__ import annotations

from liandong.domain.triage.danger_rules import accidents, fire, flood, helpless, self_harm, threats, violence
from liandong.domain.triage.danger_rules.rule import DangerRule, expand

__all__ = ["ALL", "DangerRule", "expand"]

ALL: tuple[DangerRule, ...] = (*self_harm.RULES, *violence.RULES, *fire.RULES, *helpless.RULES, *flood.RULES, *accidents.RULES, *threats.RULES)
