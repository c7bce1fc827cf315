"""A backup taken while the node runs restores into an empty node and proves whole; anything less than a whole backup is refused whole."""

from __future__ import annotations

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import pytest

from liandong.node.settings import NODE_FILE
from tests.integration.conftest import Node

pytestmark = pytest.mark.database

#: Restores each file in turn and says how it ended, in one process: starting a node costs seconds.
RESTORE = """
import json, sys
from click.testing import CliRunner
from liandong.domain.errors import LiandongError
from liandong.node.bootstrap import start
from liandong.node.commands.data import restore
start()
from liandong.adapters.postgres.models import JournalEntry, Stream
for file in sys.argv[2:]:
    done = CliRunner().invoke(restore, [file, "--files", sys.argv[1]])
    known = done.exception is None or isinstance(done.exception, (LiandongError, SystemExit))
    words = done.exception.sentence() if isinstance(done.exception, LiandongError) else done.output
    print(json.dumps([done.exit_code, known, words or repr(done.exception), JournalEntry.objects.count() + Stream.objects.count()]))
"""


def lines(content: bytes) -> list[bytes]:
    return gzip.decompress(content).splitlines(keepends=True)


def packed(kept: list[bytes]) -> bytes:
    return gzip.compress(b"".join(kept))


def flipped(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + bytes([content[middle] ^ 0x55, content[middle + 1] ^ 0xAA]) + content[middle + 2 :]


#: What may happen to a file -> the file after it.
HARM: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "not a backup": lambda _: gzip.compress(b'{"format": "other/1"}\n'),
    "not JSON": lambda _: gzip.compress(b"\xff\xfe hello\n"),
    "a list": lambda _: gzip.compress(b"[]\n"),
    "cut in the middle": lambda content: content[: len(content) // 2],
    "a byte short": lambda content: content[:-1],
    "bits flipped": flipped,
    "no end": lambda content: packed(lines(content)[:-1]),
    "a row missing": lambda content: packed([*lines(content)[:-2], lines(content)[-1]]),
    "a row twice": lambda content: packed([*lines(content)[:-1], lines(content)[-2], lines(content)[-1]]),
    "a row of nonsense": lambda content: packed([*lines(content)[:-1], b'{"table":"stream","row":{"id":"nonsense"}}\n', lines(content)[-1]]),
    "a row that is no row": lambda content: packed([*lines(content)[:-1], b'{"table":"stream","row":5}\n', lines(content)[-1]]),
    "a line that is no row": lambda content: packed([*lines(content)[:-1], b"7\n", lines(content)[-1]]),
    "another table": lambda content: packed([*lines(content)[:-1], b'{"table":"pg_authid","row":{}}\n', lines(content)[-1]]),
    "another sequence": lambda content: packed(
        [json.dumps({**json.loads(lines(content)[0]), "numbers": {"x; DROP TABLE stream": 1}}).encode() + b"\n", *lines(content)[1:]]
    ),
}


def test_only_a_whole_backup_is_restored_and_it_proves_whole(node: Node, tmp_path: Path) -> None:
    pending = node.offered()
    node.raw("INSERT INTO procrastinate_jobs (queue_name, task_name, args, scheduled_at) VALUES ('default', 'lapse_negotiation', %s, now() + interval '1 day')", json.dumps({"handover": pending}))  # fmt: skip
    file = tmp_path / "police.backup"
    name = sha256(b"photo").hexdigest()
    photo = node.settings.files / "whole" / name[:2] / name
    photo.parent.mkdir(parents=True)
    photo.write_bytes(b"photo")
    attachments = tmp_path / "attachments"
    done = node.cli("backup", str(file), "--files", str(attachments))
    assert done.returncode == 0, done.stderr
    photo.unlink()
    again = node.cli("backup", str(file))
    assert again.returncode != 0
    assert "已存在" in again.stderr

    environment = {**os.environ, NODE_FILE: str(node.peer_file), "LIANDONG_HOME": str(node.home)}
    subprocess.run([sys.executable, "-m", "liandong.node.prepare"], env=environment, check=True, timeout=120)
    content = file.read_bytes()
    files = []
    for number, harm in enumerate(HARM.values()):
        files.append(tmp_path / f"{number}.backup")
        files[-1].write_bytes(harm(content))
    told = subprocess.run(
        [sys.executable, "-c", RESTORE, str(attachments), *map(str, files), str(file), str(file)], env=environment, capture_output=True, text=True, check=False, timeout=240
    )
    ended = [json.loads(line) for line in told.stdout.splitlines()]
    assert len(ended) == len(HARM) + 2, told.stderr[-2000:]
    for harmed, (code, known, words, rows) in zip(HARM, ended, strict=False):
        assert code != 0, harmed
        assert known, (harmed, words)
        assert rows == 0, (harmed, "something of it stayed")
    whole, twice = ended[-2:]
    assert whole[0] == 0, whole
    assert twice[0] != 0
    assert "已有记录" in twice[2]
    assert [each.read_bytes() for each in (node.peer.files / "whole").glob("*/*")] == [b"photo"]

    proof = node.cli("journal", "verify", "--json", file=node.peer_file)
    # Roots name the node they are of, and here another one holds what was restored; the chains under them must hold.
    breaks = [each for each in json.loads(proof.stdout)["breaks"] if each["reason"] != "root_differs"]
    assert breaks == [], proof.stdout
    database = node.peer.database
    for table in ("stream", "journal", "outbox", "timer", "repeat_key", "person"):
        count = f"SELECT count(*), md5(string_agg(t::text, '|' ORDER BY t::text)) FROM {table} t"
        assert node.raw(count, database=database) == node.raw(count), table
    jobs = "SELECT count(*) FROM procrastinate_jobs WHERE args->>'handover' = %s AND status = 'todo'"
    assert node.raw(jobs, pending, database=database) == [(1,)], "a limit that was running is forgotten"
    # Numbers go on after those that were given.
    number = node.raw("SELECT max(number) FROM stream WHERE kind = 'appeal'")[0][0]
    day, count = number[1:9], int(number[9:])
    assert node.raw("SELECT liandong_next_number('appeal', %s)", day, database=database)[0][0] == count + 1
