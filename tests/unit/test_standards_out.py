"""EIDO and UCRI2 documents against the published schemas, where the machine has them."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from liandong.adapters.standards.eido import eido_document
from liandong.adapters.standards.handover_told import Agency, HandoverTold, Step
from liandong.adapters.standards.ucri2 import MESSAGES, app_of, ucri2_message

AT = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)
RECORD: dict[str, Any] = {
    "text": "楼下烧烤摊的油烟整夜往窗里灌 <b>呛人</b>\x07",
    "citizen": "季女士",
    "phone": "13900000077",
    "confidential": True,
    "place": "采莲路88号",
    "longitude": "120.64",
    "latitude": "31.37",
    "division": "320507001",
    "item": "H2",
    "kind": "complaint",
    "demand": "请尽快查处",
    "channel": "phone",
}


def step(name: str, minutes: int, party: str = "S", words: str = "", **data: Any) -> Step:
    person, node = ("p1001", "police") if party == "S" else ("h2002", "hotline")
    return Step(name, f"事实 {name}", AT + timedelta(minutes=minutes), "call_taker", person, node, party, words, data)


OFFERED = step("HandoverOffered", 1)
ACCEPTED = step("HandoverAccepted", 3, "R", order_number="工202611220001")
ASKED = step("QuestionAsked", 4, "R", "摊主是否还在现场？")
OBJECTED = step("HandoverObjected", 5, "R", code="wrong_place", clause="XC-2", reason="不在本区")
REPORTED = step("HandoverReported", 60, "R", "已责令停业整改", result="已责令停业整改")
CONFIRMED = step("HandoverConfirmed", 70)
RETURNED = step("HandoverReturned", 20)
REOPENED = step("HandoverReopened", 80, "S", "油烟又来了")


def told(phase: str, *steps: Step, danger: bool = False, record: dict[str, Any] | None = None, side: str = "hotline", **data: Any) -> HandoverTold:
    other = {"hotline": "police", "police": "hotline"}[side]
    return HandoverTold(
        stream="019a9b3e-5f00-7000-8000-000000000001",
        number="联P202611220001",
        phase=phase,
        phase_title=phase,
        origin=Agency(other, other, "首接平台"),
        destination=Agency(side, side, "接收平台"),
        data={"cause": "scope", "reason": "市容管理", "danger": danger, "clause": "XC-1", "attachments": [{"digest": "sha256:" + "a" * 64, "name": "图.jpg", "media_type": "image/jpeg"}], **data},
        record=RECORD if record is None else record,
        item_title="市容管理",
        steps=steps,
        opened_at=AT,
        updated_at=AT,
    )


HANDOVERS = {
    "offered": told("offered", OFFERED),
    "asked": told("accepted", OFFERED, ACCEPTED, ASKED),
    "objected": told("objected", OFFERED, ACCEPTED, OBJECTED),
    "returned": told("returned", OFFERED, OBJECTED, RETURNED),
    "confirmed": told("confirmed", OFFERED, ACCEPTED, REPORTED, CONFIRMED),
    "reopened": told("accepted", OFFERED, ACCEPTED, REPORTED, CONFIRMED, REOPENED),
    "danger": told("accepted", OFFERED, ACCEPTED, danger=True, side="police"),
    "bare": told("drafted", record={}, attachments=None),
    "hostile": told("offered", OFFERED, record={"text": ["x"], "place": {}, "phone": 1, "latitude": "nan", "longitude": "1e999", "item": True}, attachments="no"),
}


def folder(name: str) -> Path:
    found = Path(os.environ.get("LIANDONG_DATA", "../shared/data")) / "standards" / name
    if not found.is_dir():
        pytest.skip(f"no schemas at {found}: set LIANDONG_DATA to the folder that has them")
    return found


def faults(schema: dict[str, Any], document: Any, validator: type = jsonschema_rs.Draft202012Validator) -> list[str]:
    return [f"{list(each.instance_path)}: {each.message}" for each in validator(schema, validate_formats=True).iter_errors(document)]


def eido_schema() -> dict[str, Any]:
    """The schema of the document as JSON Schema: components of NIEM, which are published elsewhere, must not occur."""
    openapi = yaml.safe_load((folder("eido") / "openapi.yaml").read_text(encoding="utf-8"))
    schemas = openapi["components"]["schemas"]

    def usable(node: Any) -> Any:
        if isinstance(node, list):
            return [usable(each) for each in node]
        if not isinstance(node, dict):
            return node
        if isinstance(node.get("$ref"), str):
            return False if "NIEM" in node["$ref"] else {"$ref": node["$ref"]}
        # One number of the published file is written with a comma behind it.
        return {name: int(value.rstrip(",")) if name == "minItems" and isinstance(value, str) else usable(value) for name, value in node.items()}

    return {"$ref": "#/components/schemas/EmergencyIncidentDataObjectType", "components": {"schemas": usable(schemas)}}


@pytest.mark.parametrize("name", HANDOVERS)
def test_eido_validates_against_the_published_schema(name: str) -> None:
    document = json.loads(json.dumps(eido_document(HANDOVERS[name])))
    assert faults(eido_schema(), document, jsonschema_rs.Draft4Validator) == []


def test_the_check_of_eido_finds_a_fault_and_takes_the_published_sample() -> None:
    sample = json.loads((folder("eido") / "sample_call_transfer_EIDO.json").read_text(encoding="utf-8"))
    assert faults(eido_schema(), sample, jsonschema_rs.Draft4Validator) == []
    broken = eido_document(HANDOVERS["asked"])
    del broken["agencyComponent"][0]["agencyType"]
    broken["lastUpdateTimeStamp"] = "yesterday"
    assert len(faults(eido_schema(), broken, jsonschema_rs.Draft4Validator)) >= 2


@pytest.mark.parametrize("message", MESSAGES)
@pytest.mark.parametrize("name", HANDOVERS)
def test_ucri2_validates_against_the_published_schema(name: str, message: str) -> None:
    document = ucri2_message(HANDOVERS[name], message)
    for app in ("incident_transfer", "incident_transfer_police"):
        schema = json.loads((folder("ucri2") / app / f"{message}.schema.json").read_text(encoding="utf-8"))
        assert document is None or faults(schema, json.loads(json.dumps(document))) == []


def test_the_check_of_ucri2_finds_a_fault() -> None:
    schema = json.loads((folder("ucri2") / "incident_transfer" / "incident.schema.json").read_text(encoding="utf-8"))
    document = ucri2_message(HANDOVERS["asked"], "incident")
    assert document is not None
    assert faults(schema, {**document, "verdict": "hotline", "startTimestamp": "8 o'clock"})


@settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.dictionaries(st.sampled_from(sorted(RECORD)), st.one_of(st.text(max_size=40), st.floats(), st.booleans(), st.lists(st.text(max_size=3), max_size=2))))
def test_whatever_a_peer_wrote_into_a_record_validates(record: dict[str, Any]) -> None:
    handover = told("accepted", OFFERED, ACCEPTED, record=record)
    schema = json.loads((folder("ucri2") / "incident_transfer" / "incident.schema.json").read_text(encoding="utf-8"))
    assert faults(schema, json.loads(json.dumps(ucri2_message(handover, "incident"), allow_nan=False))) == []
    document = json.loads(json.dumps(eido_document(handover), allow_nan=False))
    ElementTree.fromstring(document["locationComponent"][0]["locationByValue"])


def test_every_reference_of_an_eido_names_a_component_that_is_there() -> None:
    for handover in HANDOVERS.values():
        document = eido_document(handover)
        there: set[str] = set()
        named: set[str] = set()

        def walk(node: Any, there: set[str] = there, named: set[str] = named) -> None:
            if isinstance(node, list):
                for each in node:
                    walk(each)
            elif isinstance(node, dict):
                there.update([node["$id"]] if "$id" in node else [])
                named.update([node["$ref"]] if "$ref" in node else [])
                for each in node.values():
                    walk(each)

        walk(document)
        assert named <= there, named - there


def test_notes_are_html_in_which_nothing_said_becomes_a_tag() -> None:
    document = eido_document(HANDOVERS["asked"])
    assert "&lt;b&gt;呛人&lt;/b&gt;" in document["notesComponent"][0]["notesActionComments"]
    assert "\x07" not in json.dumps(document)


def test_the_acknowledgement_says_what_the_receiver_said_last() -> None:
    assert ucri2_message(HANDOVERS["offered"], "acknowledgement") is None
    accepted = ucri2_message(HANDOVERS["asked"], "acknowledgement")
    assert accepted == {"sharedIncidentId": HANDOVERS["asked"].stream, "acknowledgedByDispatcherAt": "2026-11-22T08:03:00Z", "status": "accepted", "cause": "工202611220001"}
    rejected = ucri2_message(HANDOVERS["objected"], "acknowledgement")
    assert rejected is not None
    assert (rejected["status"], rejected["cause"]) == ("rejected", "wrong_place；XC-2；不在本区")


def test_the_completion_stands_only_while_the_handover_has_ended() -> None:
    assert ucri2_message(HANDOVERS["asked"], "completion") is None
    assert ucri2_message(HANDOVERS["reopened"], "completion") is None
    done, back = ucri2_message(HANDOVERS["confirmed"], "completion"), ucri2_message(HANDOVERS["returned"], "completion")
    assert done is not None
    assert back is not None
    assert (done["status"], done["additionalInformation"]) == ("completed_sucessfully", "已责令停业整改")
    assert back["status"] == "aborted"


def test_danger_stands_in_both_documents() -> None:
    incident = ucri2_message(HANDOVERS["danger"], "incident")
    assert incident is not None
    assert incident["classifications"][0] == "险情"
    assert "flashingLights" not in incident
    assert eido_document(HANDOVERS["danger"])["cautionComponent"][0]["cautionSeverity"] == "highest"


def test_the_receivers_side_decides_which_app_it_is() -> None:
    assert app_of(HANDOVERS["danger"]) == "incident_transfer_police"
    assert app_of(HANDOVERS["asked"]) == "incident_transfer"


def test_a_citizen_who_is_left_out_is_in_no_document() -> None:
    record = {name: value for name, value in RECORD.items() if name not in ("citizen", "phone")}
    handover = replace(HANDOVERS["asked"], record=record)
    assert "personComponent" not in eido_document(handover)
    assert "callbackComponent" not in eido_document(handover)
    assert "informers" not in (ucri2_message(handover, "incident") or {})
