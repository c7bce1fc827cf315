"""``liandong journal``: prove what is written."""

from __future__ import annotations

import json
import sys

import click

from liandong.node.bootstrap import node_settings
from liandong.node.commands.choosing import node_option, use_node

__all__ = ["journal"]


@click.group()
def journal() -> None:
    """日志。 The journal of a node."""


@journal.command()
@node_option
@click.option("--with-peer", is_flag=True, help="现在就向对方平台要它保管的根。 Ask the peers now for the roots they keep.")
@click.option("--wait", "wait_seconds", default=20.0, show_default=True, help="等对方答复的秒数。 Seconds to wait for a peer.")
@click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 对象。")
def verify(node_name: str | None, with_peer: bool, wait_seconds: float, as_json: bool) -> None:
    """逐条核对日志链和对方保管的根；有人改过，指出哪一件、哪一条。 Prove every chain and root; name the stream and the entry where one breaks."""
    use_node(node_name)
    from liandong.adapters.postgres.verify import verify_journal
    from liandong.adapters.postgres.verify_roots import verify_roots
    from liandong.node.notary_asking import ask_for_root, signature_fault

    settings = node_settings()
    ask = ask_for_root(settings, wait_seconds) if with_peer else None
    roots = verify_roots(settings.name, signature_fault(settings), ask, [each.name for each in settings.peers])
    found = verify_journal()
    breaks = [{"number": number, "stream": each.stream, "entry": each.seq, "reason": each.reason} for number, each in (*found.breaks, *roots.breaks)]
    if as_json:
        counts = {"roots": roots.roots, "witnessed": roots.witnessed, "uncovered": roots.uncovered}
        click.echo(json.dumps({"streams": found.streams, "entries": found.entries, **counts, "breaks": breaks}, ensure_ascii=False))
    else:
        click.echo(f"共 {found.streams} 件，{found.entries} 条。 {found.streams} streams, {found.entries} entries.")
        click.echo(f"根 {roots.roots} 个，对方保管 {roots.witnessed} 个，尚有 {roots.uncovered} 条未入根。 {roots.roots} roots, {roots.witnessed} kept by a peer.")
        for each in breaks:
            click.echo(f"  {each['number']}（{each['stream']}）第 {each['entry']} 条：{REASONS[str(each['reason'])]} [{each['reason']}]")
        click.echo("发现改动。 Tampering shows." if breaks else "日志完整。 The journal is whole.")
    sys.exit(1 if breaks else 0)


@journal.command()
@node_option
def seal(node_name: str | None) -> None:
    """立即做一个根并告知对方平台（平日每天自动做一次）。 Make a root now and tell the peers."""
    use_node(node_name)
    from liandong.adapters.jobs.roots import make_roots_now
    from liandong.application.current import current_world

    for root in make_roots_now(current_world()):
        click.echo(f"根 {root.number}：{root.entries} 条 {root.hash()}")


REASONS = {
    "root_differs": "与对方保管的根不符 not what stands under the root that was told to the peer",
    "root_entries_missing": "根下缺条 entries that stood under this root are gone",
    "root_missing": "缺根：对方保管着更新的根 a root is gone that a peer keeps",
    "witness_forged": "对方的保管凭证被改 the peer's word for this root was changed",
    "entry_changed": "内容被改 entry changed",
    "gap": "缺条 an entry is missing",
    "link_broken": "前后不连 the link to the entry before is broken",
    "tail_missing": "末尾缺条 entries at the end are missing",
    "head_differs": "链头不符 the head differs",
    "state_differs": "记录与日志不符 the record is not what its journal says",
    "row_missing": "记录被删 the record is gone",
    "ruling_differs": "裁定表与会商日志不符 the table of rulings is not what the consultations say",
}
