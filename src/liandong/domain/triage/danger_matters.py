"""Which line of the list a danger is, so that whom to alert follows from the words that raised it.

Codes are those of the common register (相政办〔2023〕55号 附件2); a city whose list has its own codes names the common one beside each.
"""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["MATTERS"]

#: danger rule -> line of the common register.
MATTERS: Mapping[str, str] = {
    "D-gas": "P6.04",
    "D-poison": "P4.03",
    "D-fire": "P4.05",
    "D-explosion": "P4.04",
    "D-collapse": "P4.09",
    "D-crash": "P3.01",
    "D-crowd": "P4.08",
    "D-electric": "P6.02",
    "D-flood": "P6.07",
    "D-missing": "P5.01",
    "D-suicide": "P5.04",
    "D-trapped": "P5.05",
    "D-dying": "P5.05",
    "D-silent-home": "P5.05",
    "D-help-cry": "P5.05",
    "D-work-accident": "P4.01",
    "D-extreme": "P8.02",
    "D-threat-now": "P8.02",
    "D-obstruct": "P8.05",
    "D-blade": "P1.01",
    "D-fight": "P1.02",
}
