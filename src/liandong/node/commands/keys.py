"""``liandong keys``: the keys a node signs and seals with, and those of its peers.

Works on the key files alone: no database is needed, and a running node takes what changed within two seconds.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import click

from liandong.adapters.crypto.keyring import KeyRing
from liandong.adapters.crypto.keys import PeerKey, generate_key, parse_peer_key
from liandong.adapters.crypto.registry import SUITES
from liandong.domain.errors import InvalidInput
from liandong.node.commands.choosing import node_files, node_option
from liandong.node.keys import node_keyring, now
from liandong.node.settings import SUITE_NAMES, NodeSettings, home, read_node

__all__ = ["keys"]


@click.group()
def keys() -> None:
    """密钥：查看、更换、作废、与对方互换公钥。 Keys: show, rotate, revoke, exchange public halves."""


def _opened(node_name: str | None) -> tuple[NodeSettings, KeyRing]:
    if node_name is not None:
        files = node_files(home())
        if node_name not in files:
            raise InvalidInput(detail=f"没有节点“{node_name[:40]}”；有：{'、'.join(files) or '（无，请先 liandong run）'}")
        settings = read_node(files[node_name])
    else:
        settings = read_node()
    return settings, node_keyring(settings)


@keys.command()
@node_option
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象。 As one JSON object.")
def show(node_name: str | None, as_json: bool) -> None:
    """列出本平台和对方的密钥。 List this node's keys and its peers'."""
    settings, ring = _opened(node_name)
    rows = [("own", each) for each in ring.public_keys()]
    rows += [("peer", each) for peer in settings.peers for each in ring.peer_keys(peer.name)]
    shown = [{"whose": whose, **_about(each, ring.clock())} for whose, each in rows]
    if as_json:
        click.echo(json.dumps({"node": settings.name, "keys": shown}, ensure_ascii=False))
        return
    for each in shown:
        reason = f"（{each['reason']}）" if each["reason"] else ""
        click.echo(f"{each['node']:<16} {each['key_id']:<34} {each['suite']:<20} {each['from']} – {each['until']} {STATES[each['state']]}{reason}")
    absent = [peer.name for peer in settings.peers if not ring.peer_keys(peer.name)]
    if absent:
        click.echo(f"还没有这些平台的公钥：{'、'.join(absent)}。请用 liandong keys import 登记。 No key of them is entered yet.")


STATES = {"in_force": "有效 in force", "not_yet": "未启用 not yet", "past": "过期 past", "revoked": "作废 revoked"}


def _about(key: PeerKey, at: datetime) -> dict[str, Any]:
    state = "revoked" if key.revoked else "not_yet" if key.not_before > at else "past" if key.not_after <= at else "in_force"
    return {
        "node": key.node,
        "key_id": key.key_id,
        "suite": key.suite,
        "from": f"{key.not_before:%Y-%m-%d}",
        "until": f"{key.not_after:%Y-%m-%d}",
        "state": state,
        "reason": key.revoked.reason if key.revoked else "",
    }


@keys.command()
@node_option
@click.option("--suite", default=None, type=click.Choice(SUITE_NAMES), help="算法；默认为设置中的那一套。 Algorithms; the node's own by default.")
@click.option("--in-days", default=0, show_default=True, type=click.IntRange(0, 365), help="几天后启用，给对方登记的时间。 Signs from then on.")
@click.option("--days", default=365, show_default=True, type=click.IntRange(1, 3650), help="有效天数。 How long it is in force.")
def rotate(node_name: str | None, suite: str | None, in_days: int, days: int) -> None:
    """换一把新密钥；旧的仍可用，直到过期或作废。 Make a new key; the old one stays good until it ends or is revoked."""
    settings, ring = _opened(node_name)
    chosen = suite or settings.suite
    if chosen not in SUITES:
        raise InvalidInput(detail=f"{chosen} 所需的程序库未安装（pip install liandong[national]）")
    key = generate_key(settings.name, chosen, ring.clock(), not_before=ring.clock() + timedelta(days=in_days), days=days)
    ring.add_own(key)
    ring.save(settings.keys)
    click.echo(key.public.key_id)
    click.echo("请导出公钥交给对方：liandong keys export。 Export it and give it to the peers.", err=True)


@keys.command()
@click.argument("key_id")
@click.option("--reason", required=True, help="为什么作废；对方会看到。 Why; the peer reads it.")
@node_option
def revoke(key_id: str, reason: str, node_name: str | None) -> None:
    """作废一把密钥（自己的或对方的），立即生效，不可恢复。 Accept a key no more, at once and for good."""
    settings, ring = _opened(node_name)
    left = [key for key in ring.public_keys() if key.revoked is None and key.key_id != key_id and key.not_before <= ring.clock()]
    if any(key.key_id == key_id for key in ring.public_keys()) and not left:
        raise InvalidInput(detail=f"{key_id[:40]} 是唯一有效的密钥；请先 liandong keys rotate")
    done = ring.revoke(key_id, reason)
    ring.save(settings.keys)
    click.echo(f"{done.key_id} of {done.node}: {reason}")


@keys.command("export")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@node_option
def export_keys(file: Path, node_name: str | None) -> None:
    """把本平台的公钥写进一个文件，交给对方。 Write this node's public keys to a file for its peers."""
    settings, ring = _opened(node_name)
    content = {"node": settings.name, "made": now().isoformat(), "keys": [each.wire() for each in ring.public_keys()]}
    text = json.dumps(content, ensure_ascii=False, indent=1) + "\n"
    if str(file) == "-":
        click.echo(text, nl=False)
        return
    file.write_text(text, encoding="utf-8")
    click.echo(f"{file}: {', '.join(each.key_id for each in ring.public_keys())}")


@keys.command("import")
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="不再询问（已当面或电话核对编号）。 Do not ask; the ids were compared by voice.")
@node_option
def import_keys(file: Path, yes: bool, node_name: str | None) -> None:
    """登记对方交来的公钥（含作废通知）。请先电话核对编号。 Enter a peer's public keys; compare the ids by voice first."""
    settings, ring = _opened(node_name)
    found = _of_file(file)
    known = {peer.name for peer in settings.peers}
    for key in found:
        if key.node not in known:
            raise InvalidInput(detail=f"{key.node} 不是本平台的对端；对端有：{'、'.join(sorted(known))}")
        click.echo(f"{key.node}  {key.key_id}  {key.suite}{'  作废 revoked' if key.revoked else ''}")
    if not yes and not click.confirm("编号与对方当面或电话核对过吗？ Were the ids compared by voice?"):
        sys.exit(1)
    for key in found:
        ring.add_peer(key)
    ring.save(settings.keys)


def _of_file(file: Path) -> list[PeerKey]:
    if file.stat().st_size > 1_048_576:
        raise InvalidInput(detail=f"{file.name} 太大，不是公钥文件")
    try:
        listed = json.loads(file.read_text(encoding="utf-8"))["keys"]
        if not isinstance(listed, list) or not listed or not all(isinstance(each, dict) for each in listed):
            raise TypeError
    except (ValueError, KeyError, TypeError):
        raise InvalidInput(detail=f"{file.name} 不是 liandong keys export 写的文件") from None
    return [parse_peer_key(file, each) for each in listed]
