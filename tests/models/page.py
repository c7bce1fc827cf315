"""The page ``docs/reference/handover-model.md``: what was checked, within which bound, with which result."""

from __future__ import annotations

from collections.abc import Sequence

from tests.models.two_ends import CallModel, HandoverModel, Result

__all__ = ["SUITE_WIRE", "page", "pages", "results"]

#: Bound of the suite and of the page; ``make model-check`` goes further.
SUITE_WIRE = 3

HEAD = """# The protocol of handovers and calls, checked exhaustively 移交与通话协议穷举检验

<!-- Made from the table by scripts/reference.py (make docs). Change the table, not this page. -->

Two ends and the wire between them are driven through every state that they can come to: each end gives any command that its table allows,
in any order, any number of times, and messages arrive in order in each direction but cross freely. The steps are asked of the table
that the program runs (`domain/handovers`, `domain/calls`), not of a model of it. `tests/models/two_ends.py` says what is left out: at most the given number of messages
under way in each direction, and one open question at a time.

| checked | meaning |
|---|---|
| no lost act | what one end may say is never refused by the other, whatever has happened there meanwhile |
| quiet, so the same | with nothing under way both copies agree in all that tables and guards read |
| never two owners | with nothing under way exactly one end answers for the matter |
| no dead end | with nothing under way and the matter open, somebody can act or a clock runs |
| it can always end | from every state a quiet end (for a handover confirmed, returned, withdrawn, kept by the first; for a call any of its ends) can be reached |

| matter | under way each way | states | steps | quiet states | both believe they have it, under way | neither does, under way | faults |
|---|---|---|---|---|---|---|---|
"""
TAIL = """
*Both believe* while an acceptance, or word that a call's matter was taken, is under way: two people begin, none is left out. *Neither does* while an objection after acceptance, or its answer, is under way: the time of one message, or as long
as the other side is down; that is why the objection is shown as waiting on the desk of who made it.

Phases in which it came to rest: {phases}.

`make model-check` goes one message further.
"""


def page(results: Sequence[Result]) -> str:
    """Return the page of results at the suite's bound."""
    rows = [
        f"| {each.matter} | {each.wire} | {each.states} | {each.steps} | {each.quiet} | {each.both} | {each.neither} | {len(each.faults)} |"
        for each in results
    ]
    phases = sorted({phase for each in results for phase in each.phases})
    return HEAD + "\n".join(rows) + "\n" + TAIL.format(phases=", ".join(f"`{each}`" for each in phases))


def pages() -> dict[str, str]:
    """Return the page under its name, explored anew."""
    return {"handover-model.md": page(results())}


def results() -> list[Result]:
    """Return what is found at the suite's bound: of handovers without danger, under danger, and of three-way calls."""
    models = (HandoverModel(SUITE_WIRE, danger=False), HandoverModel(SUITE_WIRE, danger=True), CallModel(SUITE_WIRE))
    return [each.explore() for each in models]
