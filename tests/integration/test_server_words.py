"""When the database server cannot be had, the reason and what to do are said in words, in both languages."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from liandong.domain.errors import LiandongError
from liandong.node import embedded
from liandong.node.city import city_plan, lay_out
from liandong.node.embedded import Server, ServerError, start_server
from tests.city import free_ports
from tests.integration.conftest import Node

pytestmark = pytest.mark.database


def words(error: LiandongError) -> str:
    """Return the sentence in both languages; every name in it is filled."""
    said = error.sentence("zh") + error.sentence("en")
    assert "…" not in said
    return said


def test_a_taken_port_is_named_with_the_option_that_changes_it(tmp_path: Path) -> None:
    with socket.socket() as holder:
        holder.bind(("127.0.0.1", 0))
        holder.listen()
        taken = holder.getsockname()[1]
        with pytest.raises(ServerError) as caught:
            lay_out(tmp_path, "xiangcheng", city_plan(taken, free_ports(1)[0]), Server("", lambda: None), demonstration=False)
    assert caught.value.code == "server.port_taken"
    assert str(taken) in words(caught.value)
    assert "--police-port" in words(caught.value)


def test_a_home_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    file = tmp_path / "a-file"
    file.write_text("")
    with pytest.raises(ServerError) as caught:
        start_server(file / "home", None)
    assert caught.value.code == "server.not_writable"
    assert str(file / "home") in words(caught.value)
    assert "LIANDONG_HOME" in words(caught.value)


def test_a_nearly_full_disk_says_how_much_is_left_and_wanted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=5 * 1_048_576))
    with pytest.raises(ServerError) as caught:
        start_server(tmp_path, None)
    assert caught.value.code == "server.disk_full"
    assert "5 MB" in words(caught.value)
    assert f"{embedded.WANTED_MB} MB" in words(caught.value)


def test_a_disk_that_is_full_to_the_last_byte_says_the_same(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any, **__: Any) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(ServerError) as caught:
        start_server(tmp_path, None)
    assert caught.value.code == "server.disk_full"


def test_a_server_that_is_too_old_says_its_version(node: Node, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedded, "OLDEST", 990_000)
    with pytest.raises(ServerError) as caught:
        start_server(node.home, node.settings.database)
    assert caught.value.code == "server.too_old"
    version = node.raw("SHOW server_version_num")[0][0]
    assert f"{int(version) // 10000}." in words(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://nobody:secret-word@127.0.0.1:1/liandong",
        "postgresql://nobody:secret-word@no-such-host.invalid/liandong",
        "nonsense",
        "postgresql://[::1",
        "postgresql://nobody:secret-word@[::1",
        "postgresql://127.0.0.1:99999999/x",
    ],
)
def test_a_wrong_address_of_a_server_is_said_without_its_password(tmp_path: Path, url: str) -> None:
    with pytest.raises(ServerError) as caught:
        start_server(tmp_path, url)
    assert caught.value.code == "server.no_database"
    assert "secret-word" not in words(caught.value)


def test_a_database_that_is_not_there_is_said(node: Node, tmp_path: Path) -> None:
    with pytest.raises(ServerError) as caught:
        start_server(tmp_path, node.settings.database.replace("liandong_police", "not_there"))
    assert caught.value.code == "server.no_database"
    assert "not_there" in words(caught.value)


def test_the_command_says_it_in_a_sentence_and_shows_no_traceback(tmp_path: Path, node: Node) -> None:
    done = node.cli(
        "run", "--no-callers", "--production", LIANDONG_HOME=str(tmp_path / "h"), LIANDONG_POSTGRES="postgresql://nobody@127.0.0.1:1/liandong"
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "连不上数据库" in done.stderr + done.stdout


def test_an_owner_that_was_killed_does_not_keep_the_server_up(tmp_path: Path) -> None:
    code = "import sys; from pathlib import Path; from liandong.node.embedded import start_server; import os; start_server(Path(sys.argv[1]), None); os.kill(os.getpid(), 9)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False, timeout=120)
    server = start_server(tmp_path, None)
    assert server.pid() is not None
    server.stop()
    assert server.pid() is None
