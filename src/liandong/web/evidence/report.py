"""The report on one record that a court clerk can read: who said what when, and how anybody can check that it is so. In Chinese."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import translation

from liandong.adapters.postgres.models import Look, Stream, User
from liandong.adapters.postgres.verify_roots import RootsFound
from liandong.application.ports import Desk
from liandong.application.world import MACHINES
from liandong.domain.journal.chain import at_text
from liandong.domain.journal.facts import StreamKind
from liandong.web.evidence.blocks import Block, Heading, Lines, Paragraph, Table
from liandong.web.evidence.gathering import Evidence, Sealed, Signed
from liandong.web.field_words import choice_words, field_words
from liandong.web.reading.fact_words import fact_words, kind_words
from liandong.web.reading.pack_words import item_name, peer_title, people_of_pack, unit_name
from liandong.web.shell.words import role_words

__all__ = ["court_report", "title_of"]

#: Fields that only machines read; they stand in the original text all the same.
MACHINERY = frozenset({"verdict", "appeal", "order", "handover", "key", "source", "moved", "since", "alert", "call", "ruling", "abuse", "recipients", "clock"})
UNITS = frozenset({"unit", "unit_name", "recipient", "lead", "then_lead"})
WAYS = {"received": "对方原话，对方签名", "sent": "本方所说，对方签收回执"}


def court_report(desk: Desk, evidence: Evidence, at: datetime, roots: RootsFound | None = None) -> list[Block]:
    """Return the report as blocks.

    Parameters:
        desk: this node.
        evidence: of the record.
        at: aware; when it is made.
        roots: what proving this node's journal against the roots kept by peers said; None where it was not asked for.
    """
    with translation.override("zh-hans"):
        return list(_Report(desk, evidence, at, roots).blocks())


def title_of(number: str) -> str:
    """Return what the document about a record is called, also as the name of its file."""
    return f"{number}-存证报告"


class _Report:
    """One report being written."""

    def __init__(self, desk: Desk, evidence: Evidence, at: datetime, roots: RootsFound | None) -> None:
        self.desk, self.evidence, self.at, self.roots = desk, evidence, at, roots
        self.zone = ZoneInfo(desk.zone)
        named = {str(each.entry.actor.get("person", "")) for each in evidence.sealed}
        people = {each.get_username(): each.get_full_name() for each in User.objects.filter(username__in=named) if each.get_full_name()}
        self.people = {**people_of_pack(), **people}

    def blocks(self) -> list[Block]:
        first = self.evidence.streams[0]
        return [
            Heading(1, f"{kind_words(first.kind)} {first.number} 办理经过与存证报告"),
            Paragraph(f"出具平台：{self.desk.title or self.desk.node}（{self.desk.node}）。出具时间：{self.local(self.at)}（{self.desk.zone}），即协调世界时 {at_text(self.at)}。"),
            Paragraph("本报告含个人信息，限依法调取、审计、复核之用。所列内容由平台自日志逐条读出，未经编辑；第六节说明任何人如何独立核对。"),
            *self.verdict(),
            *self.records(),
            *self.course(),
            *self.signatures(),
            *self.under_roots(),
            *self.by_hand(),
            *self.keys(),
            *self.originals(),
            *self.looked(),
        ]

    def verdict(self) -> list[Block]:
        broken = self.evidence.breaks
        bad = [each for each in self.evidence.sealed if each.signed is not None and each.signed.fault]
        lines = []
        if broken:
            lines += [f"{kind_words(stream.kind)} {stream.number} 第 {where.seq} 条处日志不成立：{where.reason}。" for stream, where in broken]
        else:
            lines.append(f"本件所涉 {len(self.evidence.streams)} 件记录、{len(self.evidence.sealed)} 条日志，散列链完整，记录与日志一致。")
        count = sum(1 for each in self.evidence.sealed if each.signed is not None)
        lines.append(f"其中 {count} 条附有对方平台的签名，{'全部成立' if not bad else f'{len(bad)} 条签名不成立，见第三节'}。")
        covered = sum(1 for each in self.evidence.sealed if each.root is not None)
        witnessed = {number for number, root in self.evidence.roots.items() if any(not fault for *_, fault in root.witnesses)}
        kept = sum(1 for each in self.evidence.sealed if each.root in witnessed)
        lines.append(f"{covered} 条已列入日志之根，{kept} 条之根由对方平台签名保管。")
        if self.roots is not None:
            said = "未发现改动" if not self.roots.breaks else f"发现 {len(self.roots.breaks)} 处改动"
            lines.append(f"出具时已向对方平台索取其保管的根，对本平台全部日志作了核对：{said}。")
        return [Heading(2, "一、结论"), *(Paragraph(each) for each in lines)]

    def records(self) -> list[Block]:
        rows = [
            (kind_words(each.kind), each.number, MACHINES[StreamKind(each.kind)].title(each.phase), self.local(each.opened_at), self.local(each.updated_at), str(each.seq), str(each.id))
            for each in self.evidence.streams
        ]
        return [Heading(2, "二、所涉记录与经过"), Table(("种类", "编号", "现状", "开始", "最近", "条数", "标识"), rows)]

    def course(self) -> list[Block]:
        rows = [
            (str(number), self.local(each.entry.at), self.who(each), fact_words(each.entry.name), self.words(each), f"{each.stream.number} 第 {each.entry.seq} 条", each.entry.hash[:16] + "…")
            for number, each in enumerate(self.evidence.sealed, 1)
        ]
        return [Paragraph("以下按时间先后，逐条列出何人、何时、说了什么或做了什么。时间为当地时间；同一时刻以日志先后为序。"), Table(("序", "时间", "何人", "何事", "内容", "出处", "散列（前 16 位）"), rows)]

    def signatures(self) -> list[Block]:
        rows = [
            (str(number), WAYS[each.signed.way], peer_title(self.desk, each.signed.peer), each.signed.status, each.signed.envelope, each.signed.at, each.signed.key_id, _standing(each.signed))
            for number, each in enumerate(self.evidence.sealed, 1)
            if each.signed is not None
        ]
        said = "对方平台发来的每一条都有其签名；本平台发出的每一条，对方收下后都回以签名的回执。序号即上表之序。"
        return [Heading(2, "三、对方平台的签名"), Paragraph(said), Table(("序", "性质", "对方", "回执", "消息标识", "对方所记时间（UTC）", "签名密钥", "签名"), rows)]

    def under_roots(self) -> list[Block]:
        said = "每日把新增日志归于一个根，连同前一个根的散列告知对方平台保管。此后改动其中任何一条，根就与对方保管的不符。"
        rows = []
        for number, found in sorted(self.evidence.roots.items()):
            kept = "；".join(f"{peer_title(self.desk, peer)} {at}（{key}，{_fault_words(fault)}）" for peer, at, key, fault in found.witnesses) or "尚无对方保管凭证"
            rows.append((str(number), found.root.at, str(found.root.entries), found.root.tree, found.root.previous or "（首个）", found.hash, kept))
        uncovered = [str(number) for number, each in enumerate(self.evidence.sealed, 1) if each.root is None]
        note = [Paragraph(f"尚未列入任何根的：第 {'、'.join(uncovered)} 条（于下一次做根时列入）。")] if uncovered else []
        return [Heading(2, "四、日志之根与对方保管"), Paragraph(said), Table(("号", "时间（UTC）", "条数", "树", "前一根", "根", "保管凭证"), rows), *note]

    def by_hand(self) -> list[Block]:
        steps = (
            "取第七节任一条的原文（一行，不含行尾换行），存为文件，用 sha256sum 计算，应等于该条散列。原文为 RFC 8785 规范 JSON，UTF-8 编码。",
            "原文中的 before 应等于同一记录上一条的散列；每件记录第一条的 before 为空。由此任何一条被改，其后各条都不再相接。",
            "由该条散列出发，按所列路径合成：叶为 SHA-256(00 ‖ 散列)，结为 SHA-256(01 ‖ 左 ‖ 右)，L 表示所列的在左、R 表示在右（RFC 6962）。应得第四节该根的树。",
            "根的散列为 SHA-256，对象是含 node、number、previous、entries、tree、at 六项的规范 JSON。应等于第四节所列的根，也等于对方平台为之签名的根。",
            "签名的对象和算法见平台交换协议（docs/reference/exchange.md 第 5、7、16 章）；公钥见第六节，其指纹可向对方平台核实。",
            f"在平台上可运行 liandong journal verify --node {self.desk.node} --with-peer，当场向对方索取其保管的根并核对全部日志。",
        )
        return [Heading(2, "五、如何独立核对"), *(Paragraph(f"{number}. {each}") for number, each in enumerate(steps, 1))]

    def keys(self) -> list[Block]:
        rows = []
        for key_id, key in sorted(self.evidence.keys.items()):
            ended = f"{self.local(key.revoked.at)} 吊销：{key.revoked.reason}" if key.revoked is not None else "未吊销"
            rows.append((key.node, key_id, key.suite, f"{key.not_before:%Y-%m-%d} 至 {key.not_after:%Y-%m-%d}", ended, key.signing_public.hex()))
        return [Heading(2, "六、签名所用公钥"), Table(("平台", "指纹", "算法", "有效期", "吊销", "签名公钥（十六进制）"), rows)]

    def originals(self) -> list[Block]:
        blocks: list[Block] = [Heading(2, "七、原文、散列与路径")]
        for number, each in enumerate(self.evidence.sealed, 1):
            under = f"第 {each.root} 号根，路径 {' '.join(each.proof) or '（根下只此一条）'}" if each.root is not None else "尚未列入根"
            blocks += [Paragraph(f"第 {number} 条　{each.stream.number} 第 {each.entry.seq} 条　散列 {each.entry.hash}　{under}"), Lines((each.text,))]
            if each.signed is not None:
                blocks += [Paragraph(f"第 {number} 条的签名原文（{WAYS[each.signed.way]}）："), Lines((each.signed.text,))]
        return blocks

    def looked(self) -> list[Block]:
        rows = [(self.local(each.at), self.person(each.person), _number(self.evidence.streams, each.stream)) for each in Look.objects.filter(stream__in=[each.id for each in self.evidence.streams]).order_by("at")[:2000]]
        return [Heading(2, "八、本平台何人查看过"), Table(("时间", "何人", "记录"), rows)] if rows else [Heading(2, "八、本平台何人查看过"), Paragraph("无。")]

    def local(self, at: datetime) -> str:
        return at.astimezone(self.zone).strftime("%Y-%m-%d %H:%M:%S")

    def person(self, account: str) -> str:
        name = self.people.get(account, "")
        return f"{name}（{account}）" if name and account else name or account

    def who(self, sealed: Sealed) -> str:
        actor = sealed.entry.actor
        node = str(actor.get("node", ""))
        unit = unit_name(str(actor.get("unit", "")))
        told = (peer_title(self.desk, node) if node else "", role_words(str(actor.get("role", ""))), unit, self.person(str(actor.get("person", ""))))
        return " ".join(each for each in told if each)

    def words(self, sealed: Sealed) -> str:
        return "\n".join(self.fields(sealed.stream.kind, sealed.entry.data))

    def fields(self, kind: str, data: Mapping[str, Any]) -> list[str]:
        told: list[str] = []
        for name, value in data.items():
            if name in MACHINERY or value in ("", None, [], {}):
                continue
            if name == "record" and isinstance(value, dict):
                told += [f"诉求记录·{each}" for each in self.fields("appeal", value)]
                continue
            told.append(f"{field_words(name, 'zh', kind)}：{self.value(name, value)}")
        return told

    def value(self, name: str, value: Any) -> str:
        if isinstance(value, bool):
            return "是" if value else "否"
        if name in UNITS:
            return unit_name(str(value))
        if name in ("item", "matter"):
            return f"{item_name(str(value))}（{value}）"
        if name == "attachments" and isinstance(value, list):
            return "；".join(f"{each.get('name')}（{each.get('digest')}，{each.get('size')} 字节）" for each in value if isinstance(each, dict))
        if isinstance(value, list):
            return "；".join(str(each) for each in value)
        if isinstance(value, dict):
            return "；".join(f"{each}={told}" for each, told in value.items())
        return choice_words(name, str(value))


def _standing(signed: Signed) -> str:
    return _fault_words(signed.fault)


def _fault_words(fault: str) -> str:
    return "签名成立" if not fault else f"签名不成立（{fault}）"


def _number(streams: Sequence[Stream], wanted: Any) -> str:
    return next((each.number for each in streams if each.id == wanted), str(wanted))
