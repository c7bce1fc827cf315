"""Every reason the exchange can give, in one table: what it means, whose fault it is, whether to send again.

Rules:
    - A code never changes its meaning; a new meaning is a new code.
    - The code travels in a receipt; its sentences live in ``liandong.domain.errors.MESSAGES`` under the same name.
    - What is found before the signature has held may be the cable's doing: it is sent a few times before a person is asked.
    - A code this side does not know (a newer peer) is treated as ``exchange.internal``: kept, sent again later, shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from liandong.domain.errors import MESSAGES, Message

__all__ = ["CODES", "Code", "Fault", "Retry", "code_of"]


class Fault(StrEnum):
    """Who has to mend it."""

    SENDER = "sender"
    RECEIVER = "receiver"
    CABLE = "cable"


class Retry(StrEnum):
    """What the sender does with the message."""

    #: Send again with growing pauses, without end; shown as waiting.
    LATER = "later"
    #: Send again with growing pauses a few times (the cable may have damaged it), then park it for a person.
    FEW = "few"
    #: Park it at once: the same bytes will never be taken.
    PERSON = "person"
    #: Delivered as far as the sender is concerned; the receiver's people deal with it.
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Code:
    """One row of the table."""

    code: str
    fault: Fault
    retry: Retry
    zh: str
    en: str


_ROWS = (
    Code(
        "exchange.malformed",
        Fault.SENDER,
        Retry.FEW,
        "消息格式不对：{detail}。请发送方检查。",
        "The message is not well formed: {detail}. The sender must check it.",
    ),
    Code(
        "exchange.too_large",
        Fault.SENDER,
        Retry.FEW,
        "消息过大：{detail}。请把附件另行传送。",
        "The message is too large: {detail}. Send the attachments apart from it.",
    ),
    Code(
        "exchange.too_deep",
        Fault.SENDER,
        Retry.FEW,
        "消息嵌套过深：{detail}。请发送方检查。",
        "The message is nested too deep: {detail}. The sender must check it.",
    ),
    Code(
        "exchange.version",
        Fault.SENDER,
        Retry.LATER,
        "协议版本不合：{detail}。请升级较旧的一方。",
        "The protocol versions do not meet: {detail}. Upgrade the older side.",
    ),
    Code(
        "exchange.wrong_recipient",
        Fault.SENDER,
        Retry.FEW,
        "消息不是发给本平台的：{detail}。请检查对端设置。",
        "The message is for another node: {detail}. Check the peer settings.",
    ),
    Code(
        "exchange.wrong_sender",
        Fault.SENDER,
        Retry.FEW,
        "发送方与密钥不符：{detail}。请检查对端设置。",
        "The sender does not own the key: {detail}. Check the peer settings.",
    ),
    Code(
        "exchange.key_unknown",
        Fault.RECEIVER,
        Retry.LATER,
        "没有这把公钥：{detail}。请先登记对方公钥。",
        "This public key is not known here: {detail}. Enter the peer's public key.",
    ),
    Code(
        "exchange.key_revoked",
        Fault.SENDER,
        Retry.LATER,
        "密钥已作废：{detail}。请换用新密钥。",
        "The key was revoked: {detail}. Use a new key.",
    ),
    Code(
        "exchange.key_expired",
        Fault.SENDER,
        Retry.LATER,
        "密钥不在有效期内：{detail}。请换用新密钥。",
        "The key is outside its dates: {detail}. Use a new key.",
    ),
    Code(
        "exchange.suite",
        Fault.RECEIVER,
        Retry.LATER,
        "不支持这套算法：{detail}。请双方约定同一套算法。",
        "This suite is not supported: {detail}. Agree on one suite.",
    ),
    Code(
        "exchange.signature",
        Fault.SENDER,
        Retry.FEW,
        "签名不符：{detail}。消息可能被改动，请核查线路和密钥。",
        "The signature does not fit: {detail}. It may have been altered; check the cable and the keys.",
    ),
    Code(
        "exchange.seal",
        Fault.SENDER,
        Retry.FEW,
        "密文无法解开：{detail}。请核查密钥。",
        "The sealed body cannot be opened: {detail}. Check the keys.",
    ),
    Code(
        "exchange.seq_taken",
        Fault.SENDER,
        Retry.PERSON,
        "序号 {seq} 已有另一条消息。请人工核对两边记录。",
        "Number {seq} of this stream already holds another message. Compare the two records.",
    ),
    Code(
        "exchange.seq_behind",
        Fault.SENDER,
        Retry.PERSON,
        "序号 {seq} 早已办过，无法核对是否同一条。请人工核对。",
        "Number {seq} of this stream is long past and cannot be compared. Compare the two records.",
    ),
    Code(
        "exchange.id_reused",
        Fault.SENDER,
        Retry.PERSON,
        "消息编号已用于另一条消息。请人工核对。",
        "The message id was used for another message. Compare the two records.",
    ),
    Code(
        "exchange.gap",
        Fault.CABLE,
        Retry.LATER,
        "前面还缺序号 {expected_seq} 起的消息，请从那里重发。",
        "Messages from number {expected_seq} on are missing; send again from there.",
    ),
    Code(
        "exchange.behind_quarantine",
        Fault.RECEIVER,
        Retry.LATER,
        "前一条消息待人工处理，本条排在其后。",
        "The message before this one waits for a person; this one stands behind it.",
    ),
    Code(
        "exchange.unprocessable",
        Fault.RECEIVER,
        Retry.DONE,
        "消息已收存，但办不下去：{detail}。已隔离，待人工处理后重试。",
        "The message is kept but cannot be applied: {detail}. It waits for a person and can be tried again.",
    ),
    Code("exchange.busy", Fault.RECEIVER, Retry.LATER, "对方正忙，稍后自动重发。", "The peer is busy; this is sent again by itself."),
    Code(
        "exchange.internal",
        Fault.RECEIVER,
        Retry.LATER,
        "对方暂时不能收存，稍后自动重发。",
        "The peer cannot keep it just now; this is sent again by itself.",
    ),
)

#: code -> row.
CODES = MappingProxyType({row.code: row for row in _ROWS})

MESSAGES.update({row.code: Message(row.zh, row.en, retry_helps=row.retry in (Retry.LATER, Retry.FEW)) for row in _ROWS})


def code_of(name: str) -> Code:
    """Return the row of a code; one that a newer peer invented counts as ``exchange.internal``."""
    return CODES.get(name) or CODES["exchange.internal"]
