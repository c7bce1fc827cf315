"""The proof of a record for those who audit: its chain, its roots, the peer's word for them; who looked is written down."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from liandong.adapters.crypto.kept_envelopes import fault_by
from liandong.adapters.postgres.models import JournalEntry, JournalRoot, Look, RootWitness, Stream
from liandong.adapters.postgres.prove_stream import StreamProof, prove_stream
from liandong.web.reading.fact_words import fact_words
from liandong.web.reading.streams import find, one, together
from liandong.web.shell.gate import gate
from liandong.web.world import keyring, world

__all__ = ["REASONS", "home", "proof_of", "record"]

#: Newest roots that the first page lists.
LISTED = 14
#: What a break is called.
REASONS = {
    "entry_changed": _("这一条的内容被改过"),
    "gap": _("这里缺一条"),
    "link_broken": _("和前一条连不上"),
    "tail_missing": _("末尾少了"),
    "head_differs": _("链头被改过"),
    "state_differs": _("记录本身被改过，日志没有这样写"),
    "row_missing": _("记录被删"),
    "root_differs": _("整条链重做过：这一条不是当时报给对方的那一条"),
}


@require_GET
@gate("proof")
def home(request: HttpRequest) -> HttpResponse:
    """Show how the journal stands, and find a record by its number."""
    wanted = str(request.GET.get("q", "")).strip()[:80]
    hit = find(request.user, wanted) if wanted else None
    if hit is not None:
        return redirect("proof:record", ref=str(hit.id))
    roots = list(JournalRoot.objects.order_by("-number")[:LISTED])
    kept: dict[int, list[str]] = {}
    for each in RootWitness.objects.filter(number__in=[root.number for root in roots]).order_by("peer"):
        same = any(root.number == each.number and root.hash == each.hash for root in roots)
        kept.setdefault(each.number, []).append(each.peer if same else f"{each.peer} ≠")
    upto = roots[0].upto if roots else 0
    shown: dict[str, Any] = {
        "words": wanted,
        "missing": bool(wanted),
        "roots": [(root, kept.get(root.number, [])) for root in roots],
        "uncovered": JournalEntry.objects.filter(position__gt=upto).count(),
    }
    return render(request, "proof/home.html", shown)


@require_GET
@gate("proof")
def record(request: HttpRequest, ref: str) -> HttpResponse:
    """Show the proof of one record."""
    stream = one(request.user, ref[:80])
    if stream is None:
        raise Http404
    Look.objects.create(person=request.user.get_username(), stream=stream.id)
    proof = proof_of(stream)
    shown = {
        "stream": stream,
        "proof": proof,
        "entries": [(each, fact_words(each.name), REASONS.get(each.broken)) for each in proof.entries],
        "why": REASONS.get(proof.found.reason) if proof.found else None,
        "others": [each for each in together(request.user, stream) if each.id != stream.id],
    }
    return render(request, "proof/record.html", shown)


def proof_of(stream: Stream) -> StreamProof:
    """Return the proof of a record of this node, the peers' signatures checked."""
    return prove_stream(world().desk.node, str(stream.id), fault_by(keyring(), world().desk.node))
