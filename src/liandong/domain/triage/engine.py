"""Triage: danger first, then the list and its rulings, then the classifier; every word explained.

Rules:
    1. Danger goes to police first whatever else the text is about (003 四（三）1; 004 四（一）, 四（二）1).
    2. A ruling of a consultation binds above the cues of the list (003 四（三）3).
    3. What plainly belongs to neither line is shown the right door (国办发〔2020〕53号).
    4. Below the floor of confidence the answer is *unclear* and the three-way call is proposed (004 四（一）).
    5. It is a pure function of catalogue, scorer and text: same words, same verdict.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date

from liandong.domain.appeals.particulars import Particulars, ask, missing_for, read_words
from liandong.domain.appeals.reading_words import Words
from liandong.domain.catalogue.items import Catalogue, Clause, Door, Item, Kind, Ruling, Side
from liandong.domain.triage.blending import (
    FLOOR,
    LONG,
    blend,
    calibrated,
    item_share,
    lead_of,
    model_share,
    rarely_nobody,
    shares,
    sure,
    sure_in_danger,
    with_lead,
)
from liandong.domain.triage.danger import Danger
from liandong.domain.triage.danger_matters import MATTERS
from liandong.domain.triage.evidence import Evidence
from liandong.domain.triage.gate import ASK_ANEW, LONGEST_VAGUE, question_on, unreadable
from liandong.domain.triage.kinds import KindRules
from liandong.domain.triage.reading import Reader, Reading
from liandong.domain.triage.register import Register, Translated
from liandong.domain.triage.scores import BulkScorer, Scorer, Scores
from liandong.domain.triage.verdict import Mark, Reason, Source, Verdict

__all__ = ["Triage"]

#: Texts read and judged at once: so many that what the classifier does once a batch is cheap beside them, so few that what was read of them is still near when they are judged.
_BATCH = 512
_MOST_REASONS = 6
_MOST_WORDS = 2
#: Classifier probability of danger from which it raises urgency by itself.
_MODEL_DANGER = 0.07
#: What police alone and joint must have of the classifier's side for that: a danger that is wholly the hotline's is none.
_POLICE_PART = 0.15
#: Where they have nearly all of it, so little of danger is enough: the matter goes to the same people in any case, only sooner (ADR 0045, its limit 0046).
_SURELY_POLICE, _DANGER_OF_POLICE = 0.9, 0.04
#: Below this probability that a matter is named, few words whose danger is not plain are asked about instead (of 14,350 dangers of authors left out two without a rule were below it, both above 90 % of danger).
_NAMED_AT_ALL = 0.25
_PLAIN_DANGER = 0.8
#: Below both of a pair, probability of danger and what police have of the side, common words of danger are asked about instead (of 5,506 dangers that such words raised in calls of authors left out two were: ADR 0045).
_SOUNDS_CALM = ((0.07, 0.15), (0.01, 1.01))
#: From this length on that holds for matters of the hotline only: a post from a disaster speaks of those who are cut off in the words of one that asks for nothing.
_LONG_FOR_NOBODY = 40
_ASK_DANGER = "请先问清：现在有没有人受伤、被困或有危险？"
#: In a text of this length, most often a letter, words of danger stand more often for what is told than for what happens.
_MODEL_DANGER_IN_LONG = 0.2
#: Who writes so many characters and asks for something in them has a matter, whatever else he tells: what the classifier gives nobody counts so much.
_AT_LENGTH, _RARELY_NOBODY = 60, 0.1
#: In danger the matter is joint from so much of what police alone have: part of what they have was given in case there is no danger (of authors left out two in
#: three joint dangers are heard so, one in eighty of police's own is taken for joint; 0.5 gave three in four and one in forty, on rows that hold more joint matters than a line).
_JOINT_BESIDE_POLICE = 0.8
#: Strength of a hotline class beside danger from which the matter is joint.
_JOINT_STRENGTH = 2.4
#: Second class of at least this share of the first is named.
_SECOND_SHARE = 0.45
#: Probability that a matter is named below which none is, where no line of the list names one.
_NO_MATTER = 0.5
#: A readable text without any cue is most likely a matter of government service.
_FALLBACK = "H8"
_FALLBACK_STRENGTH = 0.55
#: What a text without any cue turns out to be, roughly (the corpus, and 000: most of what reaches a line is service).
_PRIOR = {Side.HOTLINE.value: 0.55, Side.POLICE.value: 0.31, Side.NEITHER.value: 0.14}
_PRIOR_STRENGTH = 0.6
#: The list names few of the things that are no appeal: its silence on them says this little.
NEITHER_AT_LEAST = 0.05


_SIDES = {side.value: side for side in Side}
_POLICE, _JOINT, _NEITHER = Side.POLICE.value, Side.JOINT.value, Side.NEITHER.value
_KINDS = {kind.value: kind for kind in Kind}


def _strength(reading: Reading) -> float:
    """Return how much the rules and the list found."""
    return sum(reading.evidence.classes.values()) + 4.0 * len(reading.dangers)


def _trust(strength: float) -> float:
    return strength / (strength + _PRIOR_STRENGTH)


def _sobered(weights: dict[str, float], trust: float) -> dict[str, float]:
    """Return ``weights`` drawn to the prior when little was found."""
    return {name: trust * weights.get(name, 0.0) + (1 - trust) * _PRIOR.get(name, 0.0) for name in {*weights, *_PRIOR}}


class Triage:
    """Whose matter a text is, how urgent, why, what is missing, what to ask.

    Parameters:
        catalogue: one version of a city's list.
        scorer: a trained classifier, or None for the rules alone.
        on: the day in force, to leave out rulings that are not yet or no longer so; None takes all given.

    Raises:
        re.error: a ``re:`` cue of the catalogue cannot be compiled.

    Concurrency: read-only after construction; one instance serves all threads.
    """

    def __init__(self, catalogue: Catalogue, scorer: Scorer | None = None, *, on: date | None = None) -> None:
        self.catalogue = catalogue
        self._register = Register(catalogue)
        self.scorer = scorer if scorer is None or self._register.same else Translated(scorer, self._register)
        in_force = tuple(each for each in catalogue.rulings if on is None or (each.effective_from <= on and (each.effective_to is None or on <= each.effective_to)))
        self._items = {item.code: item for item in catalogue.items}
        #: line of the common register -> this city's code.
        self._lines = {item.common or item.code: item.code for item in catalogue.items if item.side in (Side.POLICE, Side.JOINT)}
        self._reader = Reader(catalogue, in_force)
        parents = {item.parent for item in catalogue.items}
        #: codes of the finest lines: the words of a class (报警, 咨询, 政策) say where to, those of a line say what.
        self._lines_alone = frozenset(item.code for item in catalogue.items if item.parent and item.code not in parents)
        #: code → side; and the codes whose matters police act on.
        self._side = {item.code: item.side.value for item in catalogue.items}
        self._police = frozenset(item.code for item in catalogue.items if item.side in (Side.POLICE, Side.JOINT))
        police = [item for item in catalogue.classes if item.side in (Side.POLICE, Side.JOINT)]
        self._first_police = police[0] if police else None

    def verdict(self, text: str) -> Verdict:
        """Return the verdict on ``text``; never raises for any string, and reads at most ``LIMIT`` characters."""
        words = Words.of(text)
        why_not = self._unreadable(words)
        if why_not:
            return self._unclear(words, why_not)
        reading = self._reader.read(words)
        return self._judge(reading, self._heard(self.scorer, reading) if self.scorer is not None else None)

    def verdicts(self, texts: Sequence[str]) -> list[Verdict]:
        """Return one verdict for each text, in order; faster than one by one where the scorer works in bulk."""
        if not isinstance(self.scorer, BulkScorer):
            return [self.verdict(text) for text in texts]
        made: list[Verdict] = []
        for start in range(0, len(texts), _BATCH):
            made.extend(self._batch(self.scorer, texts[start : start + _BATCH]))
        return made

    def _batch(self, scorer: BulkScorer, texts: Sequence[str]) -> Iterable[Verdict]:
        words = [Words.of(text) for text in texts]
        why_not = [self._unreadable(each) for each in words]
        readings = [self._reader.read(each) for each, why in zip(words, why_not, strict=True) if not why]
        leads = [(number, lead) for number, each in enumerate(readings) if (lead := self._lead(each)) is not None]
        asked = [*readings, *(lead for _, lead in leads)]
        scores = scorer.score_many([each.words.plain for each in asked], [each.signs() for each in asked])
        for (number, _), of_lead in zip(leads, scores[len(readings) :], strict=True):
            scores[number] = with_lead(scores[number], of_lead)
        scored = ((reading, self._weighed(reading, each)) for reading, each in zip(readings, scores, strict=False))
        return [self._unclear(each, why) if why else self._judge(*next(scored)) for each, why in zip(words, why_not, strict=True)]

    def _unreadable(self, words: Words) -> str:
        """Return why a text cannot be judged; words of danger are heard whatever else stands around them."""
        why = unreadable(words)
        return "" if why and self._reader.danger.found(words) else why

    def _heard(self, scorer: Scorer, reading: Reading) -> Scores:
        """Return what the classifier says of a text, and of the first sentence of a letter."""
        scores = scorer.score(reading.words.plain, reading.signs())
        lead = self._lead(reading)
        return self._weighed(reading, scores if lead is None else with_lead(scores, scorer.score(lead.words.plain, lead.signs())))

    @staticmethod
    def _weighed(reading: Reading, scores: Scores) -> Scores:
        """Return what the classifier says, nobody's matters less likely where a text of some length asks for something; a post with a hashtag may ask the world."""
        asks = reading.wants and len(reading.words.plain) >= _AT_LENGTH and "#" not in reading.words.said
        return rarely_nobody(scores, _RARELY_NOBODY) if asks else scores

    def _lead(self, reading: Reading) -> Reading | None:
        """Return the first sentence of a letter, read by itself; None where the text is none."""
        return self._reader.read(Words.of(lead_of(reading.words.plain))) if reading.letter else None

    def read(self, text: str) -> Reading:
        """Return what the rules and the list find in ``text``; a model is trained on it."""
        return self._reader.read(Words.of(text))

    def mark(self, text: str) -> list[Mark]:
        """Return the words that point somewhere, by position and without overlap, for marking on the screen."""
        words = Words.of(text)
        if unreadable(words):
            return []
        found = [(danger.start, danger.end, danger.rule.code, Source.DANGER) for danger in self._reader.danger.found(words)]
        evidence = self._reader.cues.weigh(words)
        found.extend((hit.start, hit.end, hit.item.code, Source.CUE) for hit in evidence.hits)
        found.extend((start, end, ruling.code, Source.RULING) for ruling, start, end in evidence.rulings)
        found.extend((start, end, door.code, Source.DOOR) for _, door, start, end in evidence.doors)
        marks: list[Mark] = []
        taken = 0
        rank = {Source.DANGER: 0, Source.RULING: 1, Source.CUE: 2, Source.DOOR: 3}
        for start, end, code, source in sorted(found, key=lambda each: (each[0], rank[each[3]], -each[1])):
            if start >= taken:
                marks.append(Mark(*words.span(start, end), code, source))
                taken = end
        return marks

    def _judge(self, reading: Reading, scores: Scores | None) -> Verdict:
        if scores is not None and self._only_sounds_so(reading, scores):
            return self._asked_first(reading, self._judge(replace(reading, dangers=[]), scores))
        urgent = bool(reading.dangers) or (scores is not None and self._hears_danger(reading, scores))
        if not urgent:
            ruled = self._by_ruling(reading)
            if ruled is not None:
                return ruled
            if scores is not None and self._names_nothing(reading, scores):
                return self._unclear(reading.words, "说了有事，还没有说是什么事")
        listed = self._listed(reading)
        items = self._item_shares(reading, listed, scores)
        sides = self._side_shares(reading, listed, scores)
        if urgent:
            return self._in_danger(reading, items, sides, scores)
        side = max(sides, key=sides.__getitem__)
        confidence = sure(sides[side], letter=reading.letter) if scores is not None else calibrated(sides[side])
        if confidence < FLOOR:
            return self._unclear(reading.words, "说得还不够清楚，建议三方通话问明后再定", items)
        return self._in_calm(reading, _SIDES[side], confidence, items, scores)

    @staticmethod
    def _only_sounds_so(reading: Reading, scores: Scores) -> bool:
        """Whether only common words speak of danger, in what the classifier hears as calm."""
        if not reading.dangers or not scores.side or scores.matter < _NO_MATTER or not all(danger.rule.common for danger in reading.dangers):
            return False
        if len(reading.words.plain) >= _LONG_FOR_NOBODY and max(scores.side, key=scores.side.__getitem__) == _NEITHER:
            return False
        police = scores.side.get(_POLICE, 0.0) + scores.side.get(_JOINT, 0.0)
        return any(scores.urgent < calm and police < part for calm, part in _SOUNDS_CALM)

    @staticmethod
    def _asked_first(reading: Reading, verdict: Verdict) -> Verdict:
        """Return a calm verdict with the words that sound like danger, and the question on them before any other."""
        danger = reading.dangers[0]
        start, end = reading.words.span(danger.start, danger.end)
        doubt = Reason(reading.words.said[start:end], "", Source.DANGER, None, start, end, f"{danger.rule.code} {danger.rule.name}：听来不像正在发生，先问清")
        return replace(verdict, reasons=(doubt, *verdict.reasons), ask=_ASK_DANGER)

    def _hears_danger(self, reading: Reading, scores: Scores) -> bool:
        """Whether the classifier raises danger by itself: something must be named, and where it gives the side at all, police must have a part in it."""
        police = scores.side.get(_POLICE, 0.0) + scores.side.get(_JOINT, 0.0)
        if len(reading.words.plain) >= LONG:
            least = _MODEL_DANGER_IN_LONG
        else:
            least = _DANGER_OF_POLICE if police >= _SURELY_POLICE and scores.matter >= _NO_MATTER else _MODEL_DANGER
        if scores.urgent < least:
            return False
        if scores.matter < _NAMED_AT_ALL and scores.urgent < _PLAIN_DANGER and self._names_nothing(reading, scores):
            return False
        return not scores.side or police >= _POLICE_PART

    def _names_nothing(self, reading: Reading, scores: Scores) -> bool:
        """Whether the words tell that there is something without telling what; what a line of the list or a door knows is something."""
        if scores.matter >= _NO_MATTER or len(reading.words.plain) > LONGEST_VAGUE or reading.evidence.doors:
            return False
        return not any(hit.item.code in self._lines_alone for hit in reading.evidence.hits)

    def _listed(self, reading: Reading) -> dict[str, float]:
        """Return the share of each class by the rules and the list alone."""
        weights = dict(reading.evidence.classes)
        for rank, danger in enumerate(reading.dangers[:3]):
            item = self._police_item(danger, reading.evidence)
            if item:
                weights[item] = weights.get(item, 0.0) + (4.0, 1.5, 1.0)[rank]
        fallback = self._register.local_class(_FALLBACK)
        if fallback:
            weights[fallback] = weights.get(fallback, 0.0) + _FALLBACK_STRENGTH
        return shares(weights)

    def _item_shares(self, reading: Reading, listed: dict[str, float], scores: Scores | None) -> dict[str, float]:
        if scores is None:
            return listed
        known = {code: p for code, p in scores.item.items() if code in self._side}
        whole = sum(known.values())
        if whole <= 0:
            return listed
        return blend(listed, {code: p / whole for code, p in known.items()}, item_share(letter=reading.letter, danger=bool(reading.dangers)))

    def _side_shares(self, reading: Reading, items: dict[str, float], scores: Scores | None) -> dict[str, float]:
        evidence = reading.evidence
        weights: dict[str, float] = {}
        for code, share in items.items():
            name = self._side[code]
            weights[name] = weights.get(name, 0.0) + share
        weights = _sobered(weights, _trust(_strength(reading)))
        best = max(items, key=items.__getitem__, default="")
        strongest = evidence.strongest.get(best)
        if strongest is not None and strongest.joint and strongest.side is Side.POLICE and strongest.parent:
            moved = 0.6 * weights.get(_POLICE, 0.0)
            weights[_POLICE] = weights.get(_POLICE, 0.0) - moved
            weights[_JOINT] = weights.get(_JOINT, 0.0) + moved
        neither = self._neither_weight(reading)
        if neither:
            weights = {side: share * (1 - neither) for side, share in weights.items()}
            weights[_NEITHER] = neither
        if scores is not None and scores.side:
            heard = _trust(_strength(reading))
            weights[_NEITHER] = max(weights.get(_NEITHER, 0.0), NEITHER_AT_LEAST)
            weights = blend(weights, scores.side, 1 - (1 - model_share(letter=reading.letter)) * heard)
        return weights if weights.keys() <= _SIDES.keys() else {name: share for name, share in weights.items() if name in _SIDES}

    @staticmethod
    def _neither_weight(reading: Reading) -> float:
        strength = max((weight for weight, *_ in reading.evidence.doors), default=0.0)
        others = max(reading.evidence.classes.values(), default=0.0)
        weight = 0.0
        if strength:
            weight = strength / (strength + 0.55 * others + 0.3)
        if reading.thanks and not reading.wants:
            weight = max(weight, 0.75 if others < 2.5 else 0.5)
        return weight

    def _police_item(self, danger: Danger, evidence: Evidence) -> str:
        """Return the police class of this city for a danger: the annex's own code, or the strongest police class."""
        own = self._register.local_class(danger.rule.item)
        if own:
            return own
        police = {code: weight for code, weight in evidence.classes.items() if code in self._police}
        if police:
            return max(police, key=police.__getitem__)
        return self._first_police.code if self._first_police else ""

    def _in_danger(self, reading: Reading, items: dict[str, float], sides: dict[str, float], scores: Scores | None) -> Verdict:
        dangers, evidence = reading.dangers, reading.evidence
        police = {code: share for code, share in items.items() if code in self._police}
        first = max(police, key=police.__getitem__) if police else (self._first_police.code if self._first_police else "")
        source, strength = max(
            ((code, weight) for code, weight in evidence.classes.items() if self._side[code] == "hotline"),
            key=lambda each: each[1],
            default=("", 0.0),
        )
        joint = self._joint_in_danger(dangers, strength, sides, scores)
        second = source if joint and strength > 0 else self._second(items, first)
        side = Side.JOINT if joint else Side.POLICE
        reasons = [self._danger_reason(reading.words, danger, evidence) for danger in dangers[:3]]
        if scores is not None and not dangers:
            reasons += self._scorer_reasons(reading.words, first, scores, f"分类模型判断有险情（{scores.urgent:.0%}）")
        reasons += self._cue_reasons(reading.words, evidence, (first, second))
        return self._close(
            reading, side, first, second, self._danger_confidence(dangers, side, sides, scores), reasons, urgent=True, scores=scores
        )

    def _joint_in_danger(self, dangers: list[Danger], strength: float, sides: dict[str, float], scores: Scores | None) -> bool:
        if scores is not None and scores.side:
            return scores.side.get(_JOINT, 0.0) > _JOINT_BESIDE_POLICE * scores.side.get(_POLICE, 0.0)
        return strength >= _JOINT_STRENGTH or (sides.get(_JOINT, 0.0) > 0.5 and any(danger.rule.source_side for danger in dangers))

    @staticmethod
    def _danger_confidence(dangers: list[Danger], side: Side, sides: Mapping[str, float], scores: Scores | None) -> float:
        """Return how sure it is that police act, alone or with the hotline to follow."""
        by_rules = (0.0, 0.78, 0.82)[min(len(dangers), 2)]
        if scores is None or not scores.side:
            return by_rules
        police, joint = sides.get(_POLICE, 0.0), sides.get(_JOINT, 0.0)
        mine = joint if side is Side.JOINT else police
        danger = max(by_rules, scores.urgent)
        return sure_in_danger(danger * mine / max(police + joint, 1e-6) + (1 - danger) * mine)

    def _in_calm(self, reading: Reading, side: Side, confidence: float, items: dict[str, float], scores: Scores | None) -> Verdict:
        if side is Side.NEITHER:
            door = self._door(reading.evidence)
            reasons = [self._door_reason(reading.words, *each) for each in sorted(reading.evidence.doors, key=lambda each: -each[0])[:3]]
            if not reasons:
                reasons = [Reason("", "", Source.TEXT, None, rule="没有提出需要办理的诉求")]
            return self._close(reading, side, "", "", confidence, reasons, door=door, scores=scores)
        fit = {code: share for code, share in items.items() if side is Side.JOINT or self._side[code] == side.value}
        fit = fit or items
        first = max(fit, key=fit.__getitem__)
        second = self._second(items, first)
        if side is Side.JOINT and not second:
            second = max((code for code in items if code != first), key=items.__getitem__, default="")
        reasons = self._cue_reasons(reading.words, reading.evidence, (first, second))
        if scores is not None:
            reasons += self._scorer_reasons(reading.words, first, scores, f"分类模型（{confidence:.0%}）")
        if not reasons:
            reasons = [Reason("", first, Source.TEXT, self._clause(first), rule="没有对应的关键词，按其他政务诉求办理")]
        return self._close(reading, side, first, second, confidence, reasons, scores=scores)

    @staticmethod
    def _second(items: dict[str, float], first: str) -> str:
        others = {code: share for code, share in items.items() if code != first}
        if not others or not first:
            return ""
        second = max(others, key=others.__getitem__)
        return second if others[second] >= _SECOND_SHARE * items.get(first, 1.0) else ""

    def _by_ruling(self, reading: Reading) -> Verdict | None:
        words, evidence = reading.words, reading.evidence
        if not evidence.rulings:
            return None
        ruling, start, end = max(evidence.rulings, key=lambda each: (each[0].effective_from, each[2] - each[1]))
        top = self._reader.cues.top(ruling.item)
        first, last = words.span(start, end)
        reasons = [
            Reason(
                words.said[first:last], ruling.item, Source.RULING, ruling.clause, first, last, f"会商裁定 {ruling.code}：{ruling.words}"
            )
        ]
        reasons += self._cue_reasons(words, evidence, (top,))
        return self._close(reading, ruling.side, top, self._second(shares(evidence.classes), top), 0.95, reasons, ruling=ruling)

    def _cue_reasons(self, words: Words, evidence: Evidence, tops: Iterable[str]) -> list[Reason]:
        wanted = [top for top in tops if top]
        made: list[Reason] = []
        seen: set[tuple[str, str]] = set()
        for hit in sorted(evidence.hits, key=lambda each: -each.weight):
            top = self._reader.cues.top(hit.item.code)
            start, end = words.span(hit.start, hit.end)
            said = words.said[start:end]
            if top in wanted and (said, hit.item.code) not in seen and len(made) < _MOST_REASONS:
                seen.add((said, hit.item.code))
                made.append(Reason(said, hit.item.code, Source.CUE, hit.item.clause, start, end))
        return made

    def _scorer_reasons(self, words: Words, first: str, scores: Scores, rule: str) -> list[Reason]:
        """Return what the classifier says of the item, with the words that spoke most for it."""
        spans = [words.span(start, end) for start, end in scores.words[:_MOST_WORDS]] or [(0, 0)]
        return [Reason(words.said[start:end], first, Source.CLASSIFIER, self._clause(first), start, end, rule) for start, end in spans]

    def _danger_reason(self, words: Words, danger: Danger, evidence: Evidence) -> Reason:
        start, end = words.span(danger.start, danger.end)
        item = self._lines.get(MATTERS.get(danger.rule.code, "")) or self._police_item(danger, evidence)
        return Reason(words.said[start:end], item, Source.DANGER, self._clause(item), start, end, f"{danger.rule.code} {danger.rule.name}")

    @staticmethod
    def _door_reason(words: Words, _weight: float, door: Door, start: int, end: int) -> Reason:
        first, last = words.span(start, end)
        return Reason(words.said[first:last], door.code, Source.DOOR, door.clause, first, last, door.name)

    @staticmethod
    def _door(evidence: Evidence) -> Door | None:
        return max(evidence.doors, key=lambda each: each[0])[1] if evidence.doors else None

    def _clause(self, code: str) -> Clause | None:
        item = self._items.get(code)
        return item.clause if item is not None else None

    def _close(
        self,
        reading: Reading,
        side: Side,
        first: str,
        second: str,
        confidence: float,
        reasons: list[Reason],
        *,
        urgent: bool = False,
        door: Door | None = None,
        ruling: Ruling | None = None,
        scores: Scores | None = None,
    ) -> Verdict:
        words = reading.words
        kind = self._kind(reading, first, urgent, scores)
        found = read_words(words)
        item = self._finest(reasons, first)
        missing = () if side is Side.NEITHER else missing_for(item, found, urgent=urgent, text=words.plain)
        question = ask(item, missing, urgent=urgent)
        return Verdict(side, kind, first, second, urgent, confidence, tuple(reasons), found, missing, question, door, ruling, cut=words.cut)

    def _kind(self, reading: Reading, item: str, urgent: bool, scores: Scores | None) -> Kind:
        made = KindRules.weigh(reading.wishes, self._register.common_class(item), urgent=urgent)
        if scores is not None and scores.kind:
            made = {name: share for name, share in blend(shares(made), scores.kind).items() if name in _KINDS}
        # A list that parts its lines by 类别 says what the words are by the line they fall under.
        kinds = self._register.kinds_of(item)
        if kinds:
            made = {kind.value: made.get(kind.value, 0.0) for kind in kinds}
        return _KINDS[max(made, key=made.__getitem__)]

    def _finest(self, reasons: Iterable[Reason], first: str) -> Item | None:
        for reason in reasons:
            if reason.source is Source.CUE and self._reader.cues.top(reason.item) == first:
                return self._items.get(reason.item)
        return self._items.get(first)

    def _unclear(self, words: Words, why: str, items: dict[str, float] | None = None) -> Verdict:
        found = read_words(words) if words.plain.strip() else Particulars()
        first = max(items, key=items.__getitem__, default="") if items else ""
        question = ASK_ANEW if items else question_on(words.plain[:LONGEST_VAGUE])
        reason = Reason("", first, Source.TEXT, self._clause(first), rule=why)
        return Verdict(
            Side.UNCLEAR, Kind.HELP, "", "", False, 0.0, (reason,), found, ("description", "place"), question, three_way=True, cut=words.cut
        )
