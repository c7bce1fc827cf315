"""What the rules and the list find in one text, read once, and the signs of it that a trained model may weigh.

A model that sees which rules hold (``danger:D-fire``) and where the list points (``points:H2``) beside the bare words learns how far
to trust them, and carries what the rules know to words it never saw in training.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from liandong.domain.appeals.reading_phrases import Guarded
from liandong.domain.appeals.reading_words import Words
from liandong.domain.catalogue.items import Catalogue, Ruling
from liandong.domain.triage.context import is_letter
from liandong.domain.triage.danger import Danger, all_rules
from liandong.domain.triage.evidence import CueBook, Evidence
from liandong.domain.triage.kinds import KindRules

__all__ = ["Reader", "Reading"]

_NO_APPEAL = Guarded(
    r"打错(?:了)?(?:电话)?|拨错|按错|没(?:什么|啥)?事了?[，。]?(?:就是)?(?:谢谢|打扰|不用|随便|试)|不用了|祝(?:你|您|大家|福)|谢谢(?:你们|您|大家|啦|了)?[！。~]*$|辛苦(?:了|你们)|加油|致敬|点赞|感恩|平安|感动|祈福|愿(?:所有|天下|大家|你)|捐(?:款|赠|了)|转发(?:微博|扩散)?|(?:可以|能)?免费(?:充电|提供|入住|接送|发放)|你(?:是)?机器人|测试|喂+[，。]?(?:听得到吗|能听到吗)"
)
_WANTS = re.compile(
    r"请|希望|求|望|建议|投诉|举报|反映|咨询|怎么|能不能|可否|能否|为什么|什么时候|如何|吗|？|不退|不给|坏|堵|漏|吵|臭|没人管|解决|处理"
)

#: A strength above this says no more.
_MOST = 6.0
_UNIT = 3.0
#: A second class of at least this share of the first is a sign of its own.
_CLOSE = 0.5
_LENGTHS = (8, 24, 56, 120, 248)


@dataclass(frozen=True, slots=True)
class Reading:
    """What was found in one text.

    Parameters:
        words: the text made ready.
        dangers: the danger rules that hold, the gravest first.
        evidence: what the cues of the list say.
        wishes: strength by kind of the words that say what the caller wants.
        thanks: it sounds like a wish, thanks, a wrong number: something without an appeal.
        wants: it asks for something.
        letter: it is a written petition: long, and in the tone of one.
    """

    words: Words
    dangers: list[Danger] = field(default_factory=list)
    evidence: Evidence = field(default_factory=Evidence)
    wishes: dict[str, float] = field(default_factory=dict)
    thanks: bool = False
    wants: bool = False
    letter: bool = False

    def signs(self) -> dict[str, float]:
        """Return the signs of this text by name, each about 0 to 2."""
        made: dict[str, float] = {f"danger:{each.rule.code}": 1.0 for each in self.dangers}
        made["danger" if self.dangers else "no-danger"] = 1.0
        self._add_list(made)
        if self.evidence.doors:
            weight, door, *_ = max(self.evidence.doors, key=lambda each: each[0])
            made["door"] = min(weight, 4.0) / _UNIT
            made[f"door:{door.code}"] = 0.7
        for kind, strength in self.wishes.items():
            made[f"wish:{kind}"] = min(strength, 5.0) / _UNIT
        if self.thanks:
            made["thanks"] = 0.7
        if self.wants:
            made["wants"] = 0.7
        size = len(self.words.plain)
        made[f"length:{sum(size >= limit for limit in _LENGTHS)}"] = 0.5
        return made

    def _add_list(self, made: dict[str, float]) -> None:
        classes = self.evidence.classes
        if not classes:
            made["no-cue"] = 1.0
            return
        for code, strength in classes.items():
            made[f"list:{code}"] = min(strength, _MOST) / _UNIT
        first, *rest = sorted(classes, key=lambda code: (-classes[code], code))
        made[f"points:{first}"] = 1.0
        if rest and classes[rest[0]] > _CLOSE * classes[first]:
            made[f"then:{rest[0]}"] = 0.5
        made[f"finest:{self.evidence.strongest[first].code}"] = 0.7


class Reader:
    """Reads texts by the danger rules and one version of a city's list.

    Parameters:
        catalogue: the list.
        rulings: those in force.

    Raises:
        re.error: a cue cannot be compiled.
    """

    def __init__(self, catalogue: Catalogue, rulings: Iterable[Ruling] = ()) -> None:
        self.cues = CueBook(catalogue, rulings)
        self.danger = all_rules()
        self.kinds = KindRules()

    def read(self, words: Words) -> Reading:
        """Return what stands in ``words``."""
        plain = words.plain
        return Reading(
            words,
            self.danger.found(words),
            self.cues.weigh(words),
            self.kinds.heard(words),
            _NO_APPEAL.search(words) is not None,
            _WANTS.search(plain) is not None,
            is_letter(plain),
        )
