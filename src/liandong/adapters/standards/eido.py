"""A handover as an Emergency Incident Data Object (EIDO), JSON.

Source: NENA EIDO, schema 1.0.0 (``EmergencyIncidentDataObjectType``). Its registries speak of emergency services: a government hotline has no
agency type there, a complaint no incident type. What has no registered value is given as the registry's general one with the local
words beside it; docs/reference/standards.md names each.
"""

from __future__ import annotations

import html
import json
from typing import Any
from xml.etree import ElementTree

from liandong.adapters.standards.handover_told import Agency, HandoverTold, Step, fit, instant, position_of

__all__ = ["eido_document"]

VERSION = "1.0"
VOCABULARY = "./JSON-LD_Contexts/EmergencyIncidentDataObjectType.jsonld"
PIDF = "urn:ietf:params:xml:ns:pidf"
GEOPRIV = "urn:ietf:params:xml:ns:pidf:geopriv10"
CIVIC = "urn:ietf:params:xml:ns:pidf:geopriv10:civicAddr"
GML = "http://www.opengis.net/gml"
#: Roles that take calls; everybody else acts for the agency in some other way.
TAKING = frozenset({"call_taker", "agent"})
NOWHERE = "地点待查"
#: The channel of a record when the citizen spoke by telephone.
BY_PHONE = "phone"


def eido_document(told: HandoverTold) -> dict[str, Any]:
    """Return the document: plain JSON values."""
    return _Eido(told).document()


class _Eido:
    """One document being written: its components refer to each other by ``$id``."""

    def __init__(self, told: HandoverTold) -> None:
        self.told = told
        self.incident = f"urn:emergency:uid:incidentid:{told.stream.replace('-', '')}:{told.origin.node}"

    def document(self) -> dict[str, Any]:
        told = self.told
        document: dict[str, Any] = {
            **self.prologue(self.incident, told.steps[-1] if told.steps else None),
            "eidoVersion": VERSION,
            "issuingElementIdentification": told.origin.node,
            "incidentComponent": self.about(),
            "agencyComponent": [self.agency(each) for each in (told.origin, told.destination)],
            "agentComponent": [self.agent(node, person, role) for (node, person), role in self.people().items()],
            "locationComponent": [self.location()],
            "notesComponent": [self.words(), *(self.note(number, each) for number, each in enumerate(told.steps))],
            "dispatchComponent": [self.dispatch()],
            "@context": {"@vocab": VOCABULARY},
        }
        if told.said("citizen") or told.said("phone"):
            document["personComponent"] = [self.person()]
        if told.said("phone"):
            document["callbackComponent"] = [{**self.prologue(self.own("callback")), "callBackInformationUri": [f"tel:{told.said('phone')}"]}]
        if told.said("channel") == BY_PHONE:
            document["callComponent"] = [self.call()]
        if told.danger:
            document["cautionComponent"] = [self.caution()]
        media = self.media()
        if media:
            document["mediaComponent"] = media
        return {name: value for name, value in document.items() if value != []}

    def own(self, name: str) -> str:
        return f"{self.told.stream}:{name}"

    def prologue(self, id_: str, step: Step | None = None) -> dict[str, Any]:
        """Return the head of a component: when it was changed last, and by whom."""
        offered = self.told.last("HandoverOffered")
        by = step or offered
        head: dict[str, Any] = {
            "$id": id_,
            "lastUpdateTimeStamp": instant(by.at if by else self.told.opened_at),
            "updatedByAgencyReference": {"$ref": self.side_of(by)},
        }
        if by and by.person:
            head["updatedByAgentReference"] = {"$ref": _agent_id(self.side_of(by), by.person)}
        return head

    def side_of(self, step: Step | None) -> str:
        """Return the agency a step was done at: one of the two of the document."""
        return self.told.destination.node if step is not None and step.party == "R" else self.told.origin.node

    def people(self) -> dict[tuple[str, str], str]:
        """Return (agency, account) -> role of everybody who acted."""
        return {(self.side_of(each), each.person): each.role for each in self.told.steps if each.person}

    def agency(self, agency: Agency) -> dict[str, Any]:
        sender = agency is self.told.origin
        return {
            **self.prologue(agency.node),
            "agencyRoleDescriptionRegistryText": ["CallReceiving"],
            "agencyType": ["police"] if agency.side == "police" else ["psap"],
            "agencyJcard": json.dumps(["vcard", [["version", {}, "text", "4.0"], ["fn", {}, "text", fit(agency.title)]]], ensure_ascii=False),
            "incidentOwningAgencyIndicator": sender != (self.told.phase in ("accepted", "reported", "confirmed")),
        }

    def agent(self, node: str, person: str, role: str) -> dict[str, Any]:
        return {
            **self.prologue(_agent_id(node, person)),
            "agentRoleRegistryText": ["Call Taking" if role in TAKING else "Other"],
            "agencyReference": {"$ref": node},
        }

    def about(self) -> dict[str, Any]:
        told = self.told
        about: dict[str, Any] = {
            **self.prologue(self.own("incident"), told.steps[-1] if told.steps else None),
            "incidentTypeCommonRegistryText": "Other",
            "incidentTypeInternalCode": told.said("item") or "未分类",
            "incidentTypeInternalText": told.item_title or told.said("item") or "未分类",
            "incidentStatusInternalText": [told.phase, told.phase_title],
            "internalIncidentId": told.number,
            "incidentPriorityInternalText": "险情" if told.danger else "一般",
            "locationReference": [{"$ref": self.own("location")}],
            "notesReference": [{"$ref": self.own("words")}, *({"$ref": self.own(f"step-{number}")} for number in range(len(told.steps)))],
        }
        if told.said("citizen") or told.said("phone"):
            about["personReference"] = [{"$ref": self.own("person")}]
        end = told.last("HandoverReported") if told.phase in ("reported", "confirmed") else None
        if end is not None:
            done = {"dispositionCommonRegistryCode": "Other", "dispositionPrimaryIndicator": True, "dispositionDescriptionText": fit(str(end.data.get("result", "")))}
            about["dispositionComponent"] = [{**self.prologue(self.own("disposition"), end), **done}]
        return about

    def location(self) -> dict[str, Any]:
        return {
            **self.prologue(self.own("location")),
            "locationTypeDescriptionRegistryText": "IncidentLocation",
            "locationByValue": _pidf(self.told),
            "locationDescriptionText": self.told.said("place") or NOWHERE,
        }

    def person(self) -> dict[str, Any]:
        person: dict[str, Any] = {**self.prologue(self.own("person")), "personIncidentRoleRegistryText": ["Caller"], "notesReference": [{"$ref": self.own("words")}]}
        if self.told.said("phone"):
            person["callBackReference"] = {"$ref": self.own("callback")}
        return person

    def call(self) -> dict[str, Any]:
        call: dict[str, Any] = {
            **self.prologue(f"urn:emergency:uid:callid:{self.told.stream.replace('-', '')}:{self.told.origin.node}"),
            "callStateRegistryText": "callEnd",
            "standardPrimaryCallType": "emergency" if self.told.danger else "nonEmergency",
            "direction": "incoming",
            "callStartTimestamp": instant(self.told.opened_at),
        }
        if self.told.said("citizen") or self.told.said("phone"):
            call["personReference"] = [{"$ref": self.own("person")}]
        return call

    def caution(self) -> dict[str, Any]:
        return {
            **self.prologue(self.own("danger")),
            "cautionTypeInternalText": "险情",
            "cautionTypeCommonRegistryText": "Other",
            "cautionSeverity": "highest",
            "cautionSource": self.told.origin.node,
        }

    def dispatch(self) -> dict[str, Any]:
        return {**self.prologue(self.own("dispatch")), "agencyReference": {"$ref": self.told.destination.node}}

    def media(self) -> list[dict[str, Any]]:
        given = self.told.data.get("attachments")
        named = [each for each in given if isinstance(each, dict) and each.get("digest")] if isinstance(given, (list, tuple)) else []
        return [
            {
                **self.prologue(self.own(f"file-{number}")),
                "uri": f"files/{each['digest']}",
                "contentType": str(each.get("media_type") or "application/octet-stream"),
                "label": fit(str(each.get("name", ""))),
            }
            for number, each in enumerate(named)
        ]

    def words(self) -> dict[str, Any]:
        told = self.told
        lines = [("诉求人", told.said("citizen")), ("要求保密", "是" if told.record.get("confidential") else ""), ("诉求", told.said("text")), ("目的", told.said("demand"))]
        lines += [("发生时间", told.said("happened")), ("地点", told.said("place"))]
        lines += [(words, str(told.data.get(name) or "")) for words, name in (("推送缘由", "cause"), ("理由", "reason"), ("依据条款", "clause"), ("前期民警", "contact"))]
        said = "".join(f"<p>{html.escape(name)}：{html.escape(fit(value))}</p>" for name, value in lines if value)
        return {**self.prologue(self.own("words")), "notesActionComments": said or "<p></p>"}

    def note(self, number: int, step: Step) -> dict[str, Any]:
        told = f"<p>{html.escape(step.title)}</p>" + (f"<p>{html.escape(fit(step.words))}</p>" if step.words else "")
        note: dict[str, Any] = {**self.prologue(self.own(f"step-{number}"), step), "notesActionComments": told}
        if step.person:
            note["agentReference"] = {"$ref": _agent_id(self.side_of(step), step.person)}
        return note


def _agent_id(node: str, person: str) -> str:
    return f"{person}@{node}"


def _pidf(told: HandoverTold) -> str:
    """Return the place as PIDF-LO (RFC 4119, civic address RFC 5139, point RFC 5491)."""
    presence = ElementTree.Element("presence", {"xmlns": PIDF, "xmlns:gp": GEOPRIV, "xmlns:gml": GML, "entity": f"pres:{told.origin.node}"})
    status = ElementTree.SubElement(ElementTree.SubElement(presence, "tuple", {"id": "place"}), "status")
    geopriv = ElementTree.SubElement(status, "gp:geopriv")
    info = ElementTree.SubElement(geopriv, "gp:location-info")
    at = position_of(told.record)
    if at is not None:
        point = ElementTree.SubElement(info, "gml:Point", {"srsName": "urn:ogc:def:crs:EPSG::4326"})
        ElementTree.SubElement(point, "gml:pos").text = f"{at[0]:.6f} {at[1]:.6f}"
    civic = ElementTree.SubElement(info, "civicAddress", {"xmlns": CIVIC, "xml:lang": "zh"})
    for name, value in (("country", "CN"), ("LOC", told.said("place") or NOWHERE), ("ADDCODE", told.said("division"))):
        if value:
            ElementTree.SubElement(civic, name).text = value
    ElementTree.SubElement(geopriv, "gp:usage-rules")
    return ElementTree.tostring(presence, encoding="unicode")
