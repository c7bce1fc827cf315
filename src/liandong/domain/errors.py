"""The error tree: one base, a stable code for each, words for people in both languages.

Rules:
    - A ``Refusal`` is a value that a state machine returns: nothing happened, and here is why.
    - An exception is for what the caller could not have asked the machine first.
    - Every code below has a message in Chinese and English and says what to do next.
    - Codes are mapped to HTTP status in one place, ``liandong.web.problems``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

__all__ = [
    "MESSAGES",
    "CommandRefused",
    "InvalidInput",
    "LiandongError",
    "LocalProtocolError",
    "Message",
    "PackError",
    "PeerError",
    "PeerUnavailable",
    "Refusal",
    "RemoteProtocolError",
    "StreamConflict",
    "StreamNotFound",
    "StreamOfOtherKind",
]


@dataclass(frozen=True, slots=True)
class Message:
    """What a person reads when a code is given: the sentence and what to do next."""

    zh: str
    en: str
    #: True where the same call may succeed later without change.
    retry_helps: bool = False


#: code -> message. ``{names}`` are filled from the error's data. Extended by the packages that own a code.
MESSAGES: dict[str, Message] = {
    "input.invalid": Message(
        "填写有误：{detail}。请改正后再提交，已填内容保留。", "Not accepted: {detail}. Correct it and send again; what you typed is kept."
    ),
    "input.required": Message("还缺：{fields}。请补上后再提交。", "Still missing: {fields}. Fill it in and send again."),
    "input.too_long": Message(
        "{field}最多 {limit} 字，现有 {length} 字。请删减。", "{field} holds at most {limit} characters, this is {length}. Shorten it."
    ),
    "input.not_text": Message(
        "{field}含有不能保存的字符。请删去后再提交。", "{field} holds characters that cannot be stored. Remove them and send again."
    ),
    "command.unknown": Message(
        "没有名为“{command}”的操作。请从页面上的按钮中选择。", "There is no act named “{command}”. Choose one of those on the screen."
    ),
    "command.not_in_state": Message(
        "现在是“{state}”，不能“{command}”。可做：{allowed}。", "It is now “{state}”: “{command}” is not possible. Possible: {allowed}."
    ),
    "command.not_allowed": Message("“{command}”由{who}来做。请转给他们。", "“{command}” is for {who}. Pass it to them."),
    "command.other_end": Message(
        "“{command}”由对方平台来做。请等对方操作，或在联动单上询问。",
        "“{command}” is for the other platform. Wait for them, or ask on the handover.",
    ),
    "command.not_yet": Message(
        "“{command}”尚未开通（{why}）。请先按现行办法办理，记录会保留。",
        "“{command}” is not open yet ({why}). Use today's way; the record is kept.",
    ),
    "stream.conflict": Message(
        "刚才有人先办了这一件。请看最新情况再决定。",
        "Someone acted on this a moment ago. Look at the newest state and decide again.",
        retry_helps=True,
    ),
    "stream.not_found": Message("查无此件：{id}。请核对编号。", "No such record: {id}. Check the number."),
    "peer.unavailable": Message(
        "对方平台暂时联系不上，已排队，恢复后自动送达。",
        "The other platform cannot be reached; this waits in line and will be sent by itself.",
        retry_helps=True,
    ),
    "peer.local_protocol": Message(
        "本平台发出的消息不合协议：{detail}。请联系管理员。",
        "A message from this platform breaks the protocol: {detail}. Call the administrator.",
    ),
    "peer.remote_protocol": Message(
        "对方发来的消息不合协议：{detail}。已隔离待查。",
        "A message from the other platform breaks the protocol: {detail}. It is set aside for a person.",
    ),
    "appeal.no_such_link": Message("没有编号为“{named}”的诉求。请核对编号，或从候选中选择。", "There is no appeal “{named}”. Check the number, or choose a candidate."),
    "appeal.own_link": Message("不能与自己关联。请选另一件。", "It cannot be linked to itself. Choose another."),
    "appeal.not_related": Message("{number} 没有关联为相关件。请核对编号。", "{number} is not related to this one. Check the number."),
    "appeal.work_begun": Message(
        "{number} 已经有单位在办，不能并入。请关联为相关件，分别办结。", "Somebody works on {number} already: it cannot be merged. Relate the two; each closes by itself."
    ),
    "appeal.not_established": Message("还没有认定为恶意骚扰。请先标记，次数达到后自动认定。", "It is not established as abuse. Mark the call; the count establishes it."),
    "appeal.referred_before": Message("已经移送过公安。请在移送单上继续。", "It was referred to police before. Go on there."),
    "call.placed": Message("这次来电已经办理。新的内容请用“补充”。", "This call has been placed. Add new words to its record."),
    "appeal.ended": Message("{number} 已办结，不能并入。请关联后另行办理。", "{number} has ended and cannot be joined. Link it and handle this one."),
    "appeal.danger_not_joined": Message(
        "这次有险情，{number} 没有。请先按险情办理，再关联。", "There is danger now and not in {number}. Handle the danger first, then link."
    ),
    "service.danger": Message("这是险情，不走快速服务。请先派警或移交 110。", "There is danger: this is no quick service. Send police first."),
    "service.unknown_code": Message("链接无效或已过期。请核对短信里的链接。", "The link is not valid any more. Check the one in your message."),
    "service.too_many": Message("操作太频繁。请过几分钟再试；急事请拨打 110。", "Too many requests. Try again in some minutes; in need call 110.", retry_helps=True),
    "alarm.same_person": Message("复核要由另一个人来做。请交同事复核。", "The second look is somebody else's. Ask a colleague."),
    "alarm.danger_stands": Message("险情未除，先处置，再转出。", "Danger stands: act first, hand over after."),
    "workorder.refusal_too_late": Message(
        "退单时限已过（{until}）。请继续办理，或申请延期、申请协商。",
        "The limit for refusing has passed ({until}). Go on with it, or ask for more time.",
    ),
    "workorder.ruled": Message(
        "会商裁定{code}已明确由您的单位牵头（{words}），不能退单。情况有变请填“查明事实”，或提请再次会商。",
        "Ruling {code} names your unit as the lead ({words}): it cannot be refused. Report the fact found, or ask for another consultation.",
    ),
    "handover.ruled": Message(
        "会商裁定{code}已明确归属（{words}），不再提异议。情况有变请办理中填“查明事实”，或提请再次会商。",
        "Ruling {code} has settled whose matter this is ({words}): no objection. Report the fact found, or ask for another consultation.",
    ),
    "ruling.nothing_to_find": Message(
        "这一件没有随事实转移牵头的裁定。请按原流程办理，需要时移交或提请会商。",
        "No ruling moves this matter by a fact. Go on with it, hand it over, or ask for a consultation.",
    ),
    "workorder.not_content": Message(
        "满意度 4、5 表示不满意：请写明理由，将重新办理。", "4 and 5 mean not content: give the reason, and it is opened again."
    ),
    "workorder.no_extension_asked": Message("承办单位没有申请延期。", "The unit has not asked for more time."),
    "workorder.extension_too_long": Message(
        "延期为 1 至 {most} 个工作日。请修改天数。", "More time is 1 to {most} working days. Change the number."
    ),
    "workorder.extension_too_late": Message(
        "办理时限已过（{until}），不能再申请延期。请尽快办结，并向督办员说明。",
        "The limit has passed ({until}): more time can no longer be asked for. Finish it, and tell the supervisor why.",
    ),
    "handover.danger_stands": Message(
        "这是险情，收到即受理；处置后方可提出异议。", "This is danger: received is accepted. Object after acting."
    ),
    "handover.objection_too_late": Message(
        "异议时限已过（{until}）。请办理，或与对方协商。",
        "The limit for objecting has passed ({until}). Handle it, or talk to the other side.",
    ),
    "handover.objected_before": Message(
        "这一件已提过异议，受理后不再异议。请办理，或与对方商量。", "This was objected to before and then taken: it stays. Handle it, or talk to the other side."
    ),
    "handover.short_is_no_ground": Message(
        "信息不全不能作为退回理由。请用“询问”向对方要补充，办理不停。",
        "Missing information is no ground for return. Use “ask”; work goes on meanwhile.",
    ),
    "handover.nothing_asked": Message(
        "对方没有待答的询问。补充内容请用“补充”。", "The other side has no open question. Use “add words” instead."
    ),
    "handover.no_peer": Message(
        "本平台没有连接可移交的对方平台。请管理员配置。", "No platform to hand over to is connected. Ask the administrator."
    ),
    "handover.one_desk": Message(
        "本平台两线同席，不需要移交。请按归属受理；办理中发现属另一条线的，用“移交”转过去。",
        "Both lines sit at this platform: nothing is handed over. Keep it by its side; what turns out to be the other line's is moved on its order.",
    ),
    "handover.belongs_here": Message("没有找到应转去的属地平台。请核对地点，或按本方受理。", "No other platform of this side serves that place. Check the place, or keep it."),
    "handover.already": Message(
        "这一件已在移交途中（{number}）。请在该联动单上继续。", "This is already being handed over ({number}). Go on there."
    ),
    "handover.not_so_far": Message(
        "这件联动单还没有走到这一步，没有“{message}”可给。对方受理或提出异议后有 acknowledgement，办结或退回后有 completion。",
        "This handover has not come so far: there is no {message} yet. The acknowledgement comes with the other side's answer, the completion with the end.",
    ),
    "replay.no_peer": Message("没有连接名为“{peer}”的平台。请核对名称。", "No platform called {peer} is connected. Check the name."),
    "replay.no_point": Message(
        "请给出从哪里重发：一个带时区的时间，或一件记录及其第几条起。", "Say from where to send again: a time with its zone, or a record and from which number on."
    ),
    "replay.too_many": Message(
        "这一段有 {count} 条，一次最多重发 {most} 条。请取更近的时间，分次重发。", "That is {count} messages; at most {most} are sent again at once. Choose a later time and go in steps."
    ),
    "call.placed_already": Message(
        "这一件已转办（{number}），不再呼叫。需要商量请在联动单上询问。",
        "This has been placed already ({number}); no call is made. Ask on the handover instead.",
    ),
    "access.unknown_token": Message(
        "令牌无效或已停用。请向管理员申请新的令牌。", "The token is unknown or no longer valid. Ask the administrator for a new one."
    ),
    "access.forbidden": Message("您的岗位不能查看或办理此项。请联系主管。", "Your role may not see or do this. Ask your supervisor."),
    "access.signed_out": Message("请先登录。已填内容已保存。", "Sign in first; what you typed is kept."),
    "idempotency.reused": Message(
        "同一幂等键已用于另一份内容。请换一个键。", "This idempotency key was used for other content. Use a new one."
    ),
    "number.taken": Message("编号重复，请重试。", "The number was taken; try again.", retry_helps=True),
    "request.too_large": Message("内容过大，最多 {limit} 字节。请分次提交。", "Too large: at most {limit} bytes. Send it in parts."),
    "request.no_address": Message("没有这个地址。请对照接口文档。", "There is no such address. See the document of the API."),
    "request.wrong_method": Message("这个地址不能这样访问。请对照接口文档。", "This address does not take that method. See the document of the API."),
    "request.not_json": Message("内容不是有效的 JSON（UTF-8）。请检查后重发。", "This is not valid JSON in UTF-8. Check and send again."),
    "settings.wrong": Message("设置“{setting}”不对：应为{wanted}。", "Setting {setting} is wrong: it should be {wanted}."),
    "server.port_taken": Message("端口 {port} 已被占用。请停掉占用它的程序，或用 {option} 换一个端口。", "Port {port} is taken. Stop what uses it, or choose another with {option}."),
    "server.not_writable": Message("目录 {path} 不可写。请改权限，或用 LIANDONG_HOME 指定别处。", "{path} cannot be written. Change its rights, or name another place with LIANDONG_HOME."),
    "server.disk_full": Message("磁盘空间不足：{path} 剩余 {free_mb} MB，至少需要 {wanted_mb} MB。", "The disk is nearly full: {free_mb} MB left at {path}, {wanted_mb} MB needed."),
    "server.too_old": Message("PostgreSQL 版本 {version} 太旧，至少需要 15。", "PostgreSQL {version} is too old; 15 or later is needed."),
    "server.no_database": Message("连不上数据库：{detail}。请检查地址和账号。", "The database cannot be reached: {detail}. Check the address and the account.", retry_helps=True),
    "server.not_started": Message("{what}没有启动：{detail}", "{what} did not start: {detail}"),
    "server.no_bus": Message("没有找到 nats-server。请安装（Debian：apt install nats-server），或改用别的传输方式。", "nats-server is not installed. Install it (Debian: apt install nats-server), or choose another transport."),
    "pack.broken": Message("城市包有误：{file} 第 {line} 行：{reason}", "The pack is broken: {file} line {line}: {reason}"),
}


class LiandongError(Exception):
    """Base of every error this program raises on purpose.

    Parameters:
        code: a key of ``MESSAGES``.
        data: what fills the message and goes to the API as it is; never a citizen's data.
    """

    code = "input.invalid"

    def __init__(self, code: str | None = None, /, **data: Any) -> None:
        self.code = code or type(self).code
        self.data: Mapping[str, Any] = MappingProxyType(data)
        super().__init__(self.code)

    @property
    def retry_helps(self) -> bool:
        """Whether sending the same thing again later may succeed."""
        return MESSAGES[self.code].retry_helps

    def sentence(self, language: str = "zh") -> str:
        """Return the message in ``zh`` or ``en`` with its data filled in."""
        return fill(self.code, self.data, language)

    def __str__(self) -> str:
        return f"{self.code}: {self.sentence('en')}"


class InvalidInput(LiandongError):
    """What came from outside cannot be taken as it is."""

    code = "input.invalid"


class StreamConflict(LiandongError):
    """Another fact took this sequence number first; load again and decide again."""

    code = "stream.conflict"


class StreamNotFound(LiandongError):
    """No stream has this id or number on this node."""

    code = "stream.not_found"


class StreamOfOtherKind(StreamNotFound):
    """The id is there, but names another kind of record."""


class PackError(LiandongError):
    """A city's data files cannot be used; says file, line and reason."""

    code = "pack.broken"


class PeerError(LiandongError):
    """Something between the two platforms failed."""

    code = "peer.unavailable"


class LocalProtocolError(PeerError):
    """We were about to break the protocol: our fault."""

    code = "peer.local_protocol"


class RemoteProtocolError(PeerError):
    """The peer broke the protocol: theirs."""

    code = "peer.remote_protocol"


class PeerUnavailable(PeerError):
    """The peer did not answer; the message stays in the outbox."""

    code = "peer.unavailable"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A command that did not happen, and why.

    Parameters:
        code: a key of ``MESSAGES``.
        data: fills the message.
        clause: the clause of the list or regulation relied on, or ``""``.
    """

    code: str
    data: Mapping[str, Any] = field(default_factory=dict)
    clause: str = ""

    def sentence(self, language: str = "zh") -> str:
        """Return the message in ``zh`` or ``en`` with its data filled in."""
        return fill(self.code, self.data, language)


class CommandRefused(LiandongError):
    """Carries a ``Refusal`` out of a use case."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(refusal.code, **refusal.data)
        self.refusal = refusal


class _Lenient(dict[str, Any]):
    def __missing__(self, key: str) -> str:
        return "…"


def fill(code: str, data: Mapping[str, Any], language: str = "zh") -> str:
    """Return the sentence for ``code`` in ``zh`` or ``en``, filled from ``data``; a missing name shows as ``…``."""
    message = MESSAGES[code]
    template = message.en if language.startswith("en") else message.zh
    shown = {
        name: ("、" if language.startswith("zh") else ", ").join(map(str, value)) if isinstance(value, list | tuple) else value
        for name, value in data.items()
    }
    return template.format_map(_Lenient(shown))
