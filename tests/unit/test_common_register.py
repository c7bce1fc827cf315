"""A model of the common register judges in the codes of any city's list (one unified register, 004)."""

from __future__ import annotations

from pathlib import Path

import pytest

from liandong.adapters.classifier.corpus import read_corpus
from liandong.adapters.classifier.shipped import default_scorer
from liandong.adapters.packs import load_pack
from liandong.domain.catalogue.items import Catalogue, Kind, Side
from liandong.domain.triage import Triage
from liandong.domain.triage.register import Register

CORPUS = Path(__file__).resolve().parents[2] / "corpus"


@pytest.fixture(scope="module")
def jining() -> Catalogue:
    return load_pack("jining").catalogue


@pytest.fixture(scope="module")
def judge(jining: Catalogue) -> Triage:
    return Triage(jining, default_scorer())


def test_a_list_of_the_common_register_is_left_as_it_is() -> None:
    assert Register(load_pack("xiangcheng").catalogue).same


def test_every_common_class_has_a_class_of_the_list(jining: Catalogue) -> None:
    register = Register(jining)
    for code in (*(f"H{number}" for number in range(1, 9)), *(f"P{number}" for number in range(1, 9))):
        found = jining.item(register.local_class(code))
        assert found is not None and not found.parent, code
        assert (found.side is Side.HOTLINE) == code.startswith("H"), code


def test_shares_of_the_model_are_neither_lost_nor_made(jining: Catalogue) -> None:
    register = Register(jining)
    made = register.local_items({"H2": 0.5, "H8": 0.3, "P5": 0.15, "none": 0.05}, {"咨询": 0.7, "投诉举报": 0.3})
    assert sum(made.values()) == pytest.approx(1.0) and made["none"] == 0.05
    assert {code for code in made if code != "none"} <= {each.code for each in jining.classes}


def test_questions_and_suggestions_go_to_the_lines_that_are_for_them_whatever_they_are_about(jining: Catalogue) -> None:
    register = Register(jining)
    asked = register.local_items({"H7": 1.0}, {"咨询": 0.95, "求助": 0.05})
    told = register.local_items({"H7": 1.0}, {"求助": 0.95, "咨询": 0.05})
    proposed = register.local_items({"H2": 1.0}, {"意见建议": 0.95, "投诉举报": 0.05})
    assert max(asked, key=asked.__getitem__) == "Z1"
    assert max(told, key=told.__getitem__) == "Q1"
    assert max(proposed, key=proposed.__getitem__) == "Y1"


def test_signs_are_told_in_common_codes(jining: Catalogue) -> None:
    made = Register(jining).common_signs(
        {"finest:T1.07": 0.7, "points:T1": 1.0, "list:T1": 1.2, "list:B1": 0.4, "no-danger": 1.0, "door:court": 0.7}
    )
    assert made == {"finest:H2.07": 0.7, "points:H2": 1.0, "list:H2": 1.2, "list:P1": 0.4, "no-danger": 1.0, "door:court": 0.7}


@pytest.mark.parametrize(
    ("text", "side", "item", "kind"),
    [
        ("楼下烧烤摊的油烟天天往家里灌，没人管", Side.HOTLINE, "T1", Kind.COMPLAINT),
        ("请问新生儿医保怎么办理，需要什么材料", Side.HOTLINE, "Z1", Kind.ENQUIRY),
        ("我家停水两天了，麻烦派人来修一下水管", Side.HOTLINE, "Q1", Kind.HELP),
        ("建议在人民路加装一排路灯，晚上太黑", Side.HOTLINE, "Y1", Kind.SUGGESTION),
        ("有人撬我家的门锁，电视被偷走了", Side.POLICE, "B1", Kind.ALARM),
        ("河里有人落水了快来救人", Side.POLICE, "Q2", Kind.HELP),
    ],
)
def test_verdicts_of_jining_carry_the_codes_of_its_scope_table(judge: Triage, text: str, side: Side, item: str, kind: Kind) -> None:
    verdict = judge.verdict(text)
    assert (verdict.side, verdict.item, verdict.kind) == (side, item, kind)


def test_no_text_of_the_probes_breaks_a_list_with_codes_of_its_own(judge: Triage, jining: Catalogue) -> None:
    """Words that no cue of the list knew had no item at all, and the verdict failed."""
    codes = {each.code for each in jining.items}
    texts = [row.text for row in read_corpus(CORPUS, "held")]
    for verdict in [*judge.verdicts(texts), *Triage(jining).verdicts(texts)]:
        assert verdict.item in codes or verdict.side in (Side.NEITHER, Side.UNCLEAR)
        assert {reason.item for reason in verdict.reasons} <= {*codes, "", *(each.code for each in jining.doors)}
        found = jining.item(verdict.item)
        assert found is None or not found.kinds or verdict.kind in found.kinds
