"""``liandong journal report``, ``compare`` and ``export``: what a court is handed, and where two sides' journals part."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from liandong.domain.errors import InvalidInput
from liandong.node.bootstrap import load_city_pack, node_settings
from liandong.node.commands.choosing import node_option, use_node
from liandong.node.commands.journal import journal

__all__ = ["compare", "export", "report"]

REASONS = {
    "differs": "两边不是同一条 not the same on both sides",
    "shorter_here": "本方缺少 missing here",
    "shorter_there": "对方缺少 missing there",
}
ENDS = {"S": "首接方", "R": "接收方", "": "双方"}


@journal.command()
@click.argument("number")
@node_option
@click.option("--out", "file", type=click.Path(path_type=Path, dir_okay=False), help="写到文件；.md 为 Markdown，其余为 HTML。默认打印 Markdown。 Write to a file.")
@click.option("--with-peer", is_flag=True, help="现在就向对方平台要它保管的根，写入结论。 Ask the peers now for the roots they keep.")
@click.option("--wait", "wait_seconds", default=20.0, show_default=True, help="等对方答复的秒数。 Seconds to wait for a peer.")
def report(number: str, node_name: str | None, file: Path | None, with_peer: bool, wait_seconds: float) -> None:
    """出具一件诉求（或其任一警单、工单、联动单）的存证报告，供法院、审计查阅。 Write the evidence of one record: who said what when, hashes, roots, signatures."""
    use_node(node_name)
    from liandong.adapters.postgres.models import ApiToken
    from liandong.adapters.postgres.verify_roots import verify_roots
    from liandong.application.current import current_world
    from liandong.node.keys import node_keyring
    from liandong.node.notary_asking import ask_for_root, signature_fault
    from liandong.web.evidence.blocks import as_html, as_markdown
    from liandong.web.evidence.gathering import gather
    from liandong.web.evidence.report import court_report, title_of
    from liandong.web.reading.streams import one, together
    from liandong.web.world import install_pack

    if file is not None and file.exists():
        raise InvalidInput(detail=f"{file} 已存在")
    settings, world = node_settings(), current_world()
    install_pack(load_city_pack(settings.pack))
    # Who sits at the machine sees everything of the node.
    everybody = ApiToken(name="journal report", role="administrator", unit="")
    found = one(everybody, number[:80])  # type: ignore[arg-type]
    if found is None:
        raise InvalidInput("stream.not_found", id=number[:60])
    evidence = gather(settings.name, node_keyring(settings), together(everybody, found))  # type: ignore[arg-type]
    roots = None
    if with_peer:
        roots = verify_roots(settings.name, signature_fault(settings), ask_for_root(settings, wait_seconds), [each.name for each in settings.peers])
    blocks = court_report(world.desk, evidence, world.clock.now(), roots)
    if file is None:
        click.echo(as_markdown(blocks))
    else:
        file.write_text(as_markdown(blocks) if file.suffix == ".md" else as_html(title_of(found.number), blocks), encoding="utf-8")
        click.echo(f"已写到 {file}：{len(evidence.sealed)} 条日志。 {len(evidence.sealed)} entries.")
    sys.exit(1 if evidence.breaks or any(each.signed is not None and each.signed.fault for each in evidence.sealed) else 0)


@journal.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--peer", required=True, help="与哪个平台共有的记录。 Shared with which platform.")
@node_option
def export(file: Path, peer: str, node_name: str | None) -> None:
    """导出与对方共有记录的日志摘要，供离线比对；不含内容。 Export digests of what is shared with a peer, to compare without a cable; nothing of what it says."""
    use_node(node_name)
    from liandong.adapters.postgres.shared_journal import export_lines
    from liandong.application.current import current_world
    from liandong.domain.journal.chain import at_text

    world = current_world()
    if world.desk.peer(peer) is None:
        raise InvalidInput("replay.no_peer", peer=peer[:60])
    if file.exists():
        raise InvalidInput(detail=f"{file} 已存在")
    part = file.with_name(file.name + ".part")
    count = 0
    with part.open("w", encoding="utf-8") as out:
        for line in export_lines(world.desk.node, peer, at_text(world.clock.now())):
            out.write(line + "\n")
            count += 1
    part.replace(file)
    click.echo(f"已导出 {count - 2} 件到 {file}。 {count - 2} records.")


@journal.command()
@click.argument("files", nargs=-1, type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--peer", default="", help="与这个平台当场比对（代替文件）。 Compare with this platform now, instead of files.")
@node_option
@click.option("--wait", "wait_seconds", default=20.0, show_default=True, help="等对方答复的秒数。 Seconds to wait for the peer.")
def compare(files: tuple[Path, ...], peer: str, node_name: str | None, wait_seconds: float) -> None:
    """比对两个平台共有记录的日志，指出每件的第一处不同；给出两个导出文件，或用 --peer 当场比对。 Compare what two nodes hold and name the first difference of each record."""
    if len(files) not in (0, 2) or bool(files) == bool(peer):
        raise InvalidInput(detail="请给出两个导出文件，或用 --peer 指定对方平台")
    if not files:
        use_node(node_name)
    found = list(_by_files(*files) if files else _by_question(peer, wait_seconds))
    counts = found.pop()
    for each in found:
        click.echo(f"  {each['number']}（{each['stream']}）{each['words']}")
    click.echo(f"共比对 {counts['compared']} 件：{counts['differing']} 件不同，{counts['under_way']} 件在途。 {counts['compared']} compared, {counts['differing']} differ, {counts['under_way']} under way.")
    click.echo("双方日志不一致。 The journals part." if counts["differing"] else "双方日志一致。 The journals agree.")
    sys.exit(1 if counts["differing"] else 0)


def _by_question(peer: str, wait_seconds: float) -> Iterator[dict[str, Any]]:
    from liandong.adapters.postgres.shared_journal import shared_streams
    from liandong.application.current import current_world
    from liandong.application.notary import stream_digest
    from liandong.node.notary_asking import ask_peer

    if current_world().desk.peer(peer) is None:
        raise InvalidInput("replay.no_peer", peer=peer[:60])
    counts = {"compared": 0, "differing": 0, "under_way": 0}
    for step in shared_streams(peer):
        answer = ask_peer(node_settings(), peer, {"streams": {each.stream: stream_digest(each.facts) for each in step}}, wait_seconds)
        differing = answer.get("differing") if isinstance(answer.get("differing"), dict) else {}
        unknown = set(answer.get("unknown") or ())
        for each in step:
            counts["compared"] += 1
            if each.stream not in unknown and each.stream not in differing:
                continue
            there = [tuple(map(str, told)) for told in differing.get(each.stream, ())]
            yield from _judged(counts, each, there, each.under_way)
    yield counts


def _by_files(one: Path, other: Path) -> Iterator[dict[str, Any]]:
    from liandong.adapters.postgres.shared_journal import read_export

    exports = []
    for file in (one, other):
        with file.open(encoding="utf-8") as lines:
            try:
                exports.append(read_export(iter(lines)))
            except (ValueError, KeyError, TypeError) as error:
                raise InvalidInput(detail=f"{file} 不是完整的共有日志导出") from error
    (head, ours), (other_head, theirs) = exports
    if (head["node"], head["peer"]) != (other_head["peer"], other_head["node"]):
        raise InvalidInput(detail=f"两个文件不是一对：{head['node']}→{head['peer']} 与 {other_head['node']}→{other_head['peer']}")
    counts = {"compared": 0, "differing": 0, "under_way": 0}
    for stream in sorted({*ours, *theirs}):
        counts["compared"] += 1
        here, there = ours.get(stream), theirs.get(stream)
        under_way = any(each is not None and each.under_way for each in (here, there))
        known = here or there
        assert known is not None
        yield from _judged(counts, known, there.told if there else (), under_way, here.told if here else ())
    yield counts


def _judged(counts: dict[str, int], shared: Any, there: Any, under_way: bool, here: Any = None) -> Iterator[dict[str, Any]]:
    """Yield what is different of one stream, and count it; what is only late because it is under way is told as that."""
    from liandong.application.compare_journals import first_difference

    found = first_difference(shared.told if here is None else here, there)
    if found is None:
        return
    late = under_way and found.reason != "differs"
    counts["under_way" if late else "differing"] += 1
    names = f"本方 {found.here or '（无）'}，对方 {found.there or '（无）'}"
    words = f"{ENDS.get(found.party, found.party)}第 {found.place} 条：{names}；{REASONS[found.reason]}{'（在途 under way）' if late else ''}"
    yield {"number": shared.number, "stream": shared.stream, "words": words, "reason": found.reason}
