"""Ask the adviser for a word beside the verdict: what identifies somebody is taken out first, and nothing is decided by it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from liandong.application.ports import Advice, AdviserUnavailable
from liandong.application.world import World
from liandong.domain.appeals.identities_removed import without_identities
from liandong.domain.appeals.particulars import read
from liandong.domain.errors import MESSAGES, LiandongError, Message

__all__ = ["ask_adviser"]

MESSAGES.update(
    {
        "adviser.off": Message("没有接入辅助模型，按平台研判办。", "No adviser is connected; go by the verdict."),
        "adviser.busy": Message("辅助模型问得太频繁，请稍后再问；按平台研判办。", "The adviser is asked too often; try again later and go by the verdict.", retry_helps=True),
        "adviser.silent": Message("辅助模型没有及时答复，按平台研判办。", "The adviser did not answer in time; go by the verdict.", retry_helps=True),
        "adviser.failed": Message("辅助模型暂时不可用，按平台研判办。", "The adviser is not available now; go by the verdict.", retry_helps=True),
        "adviser.unreadable": Message("辅助模型的答复读不懂，没有采用；按平台研判办。", "The adviser's answer could not be read and is not used; go by the verdict.", retry_helps=True),
    }
)


def ask_adviser(world: World, text: str, known: Sequence[str], items: Mapping[str, str]) -> Advice:
    """Return the adviser's word about what was said. Call it outside any unit of work: it may take seconds.

    Parameters:
        known: name, phone, place of the form, which must not leave wherever they stand in the words.
        items: code -> name of the list's classes.

    Raises:
        LiandongError: ``adviser.off``, ``adviser.busy``, ``adviser.silent``, ``adviser.failed``, ``adviser.unreadable``.
    """
    if world.adviser is None:
        raise LiandongError("adviser.off")
    try:
        return world.adviser.advise(without_identities(text, read(text).spans, known), items)
    except AdviserUnavailable as error:
        raise LiandongError(f"adviser.{error.why}") from error
