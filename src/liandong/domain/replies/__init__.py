"""回复质检: whether a reply answers what was asked."""

from liandong.domain.replies.quality import FINDINGS, Finding, ReplyCheck, check_reply

__all__ = ["FINDINGS", "Finding", "ReplyCheck", "check_reply"]
