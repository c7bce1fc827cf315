"""Attachments at the border: what a person sends up, what an act may name, what a record shows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from liandong.adapters.files.store import Upload
from liandong.adapters.postgres.models import Attachment
from liandong.domain.errors import InvalidInput
from liandong.domain.exchange.envelope import is_attachment
from liandong.web.world import files

__all__ = ["Shown", "check_attachments", "finish_upload", "shown_attachments"]


def finish_upload(upload: Upload) -> dict[str, Any]:
    """Return where an upload stands; with its attachment when that was the last piece."""
    if upload.offset < upload.size:
        return {"upload": upload.id, "offset": upload.offset, "attachment": None}
    attachment = files().finish(upload.id)
    Attachment.objects.update_or_create(
        digest=attachment["digest"],
        defaults={"state": Attachment.HERE, "peer": "", "reason": ""},
        create_defaults={**{name: attachment[name] for name in ("name", "size", "media_type")}, "state": Attachment.HERE},
    )
    return {"upload": upload.id, "offset": upload.size, "attachment": attachment}


def check_attachments(data: Mapping[str, Any]) -> None:
    """Refuse an act that names a file which is not whole here.

    Raises:
        InvalidInput: ``file.unknown``, or an attachment of the wrong shape.
    """
    listed = data.get("attachments")
    for each in listed if isinstance(listed, list) else ():
        if not isinstance(each, dict):
            continue
        if not is_attachment(each) or set(each) != {"digest", "name", "size", "media_type"}:
            raise InvalidInput(detail="attachments: digest, name, size, media_type")
        if not each["digest"].startswith("sha256:") or files().size(each["digest"]) != each["size"]:
            raise InvalidInput("file.unknown")


@dataclass(frozen=True, slots=True)
class Shown:
    """An attachment as a record shows it."""

    name: str
    #: "" for words about a file that is kept elsewhere.
    digest: str = ""
    size: int = 0
    #: Percent that is here.
    here: int = 100


def shown_attachments(listed: object) -> tuple[Shown, ...]:
    """Return what a fact's attachments are to a reader; a peer may have written anything."""
    found: list[Shown] = []
    for each in listed if isinstance(listed, list) else ():
        if isinstance(each, str):
            found.append(Shown(each))
        elif isinstance(each, dict) and is_attachment(each):
            found.append(Shown(each["name"], each["digest"], each["size"], _percent(each)))
    return tuple(found)


def _percent(attachment: Mapping[str, Any]) -> int:
    try:
        if files().size(attachment["digest"]) is not None:
            return 100
        return min(99, 100 * files().coming(attachment["digest"]) // max(1, attachment["size"]))
    except InvalidInput:
        return 0
