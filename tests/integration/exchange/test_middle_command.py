"""``liandong middle make``: run by the owner of the database between two sides."""

from __future__ import annotations

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from click.testing import CliRunner
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from liandong.domain.errors import InvalidInput
from liandong.node.commands.middle import middle
from tests.integration.conftest import Node

pytestmark = pytest.mark.database


@pytest.fixture
def owner(node: Node) -> Iterator[str]:
    """The address of an empty middle database, for its owner."""
    name = f"middle_{uuid4().hex[:8]}"
    with psycopg.connect(node.settings.database, autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}".encode())
    scheme, rest = node.settings.database.split("://", 1)
    user_and_host, _, query = rest.partition("?")
    yield f"{scheme}://{user_and_host.rpartition('/')[0]}/{name}" + (f"?{query}" if query else "")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(middle, ["make", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def as_role(owner: str, role: str) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(make_conninfo(**{**conninfo_to_dict(owner), "user": role}), autocommit=True)


def test_each_side_appends_to_its_own_table_and_reads_the_others_and_nothing_else(owner: str) -> None:
    mark = uuid4().hex[:6]
    police, hotline = f"p{mark}", f"h{mark}"
    said = run(owner, police, hotline, "--create-roles")
    assert said.count("shown once") == 2
    run(owner, police, hotline)
    again = run(owner, police, hotline, "--create-roles")
    assert "shown once" not in again, "a password is told once"
    out, back = (f'liandong_exchange."{one}_to_{other}"' for one, other in ((police, hotline), (hotline, police)))
    insert = "INSERT INTO {} (ref, kind, status, payload) VALUES (%s, 'batch', 0, 'x')"
    with as_role(owner, f"liandong_{police}") as connection:
        connection.execute(insert.format(out).encode(), ["a" * 32])
        assert connection.execute(f"SELECT count(*) FROM {back}".encode()).fetchone() == (0,)
        for forbidden in (insert.format(back), f"DELETE FROM {out}", f"UPDATE {out} SET kind = 'x'", f"SELECT * FROM {out}", "CREATE TABLE liandong_exchange.x (a int)"):
            with pytest.raises((psycopg.errors.InsufficientPrivilege, psycopg.errors.RaiseException)):
                connection.execute(forbidden.encode(), ["b" * 32] if "%s" in forbidden else None)
    with as_role(owner, f"liandong_{hotline}") as connection:
        assert connection.execute(f"SELECT ref FROM {out}".encode()).fetchall() == [("a" * 32,)]


@pytest.mark.parametrize(
    "arguments",
    [
        ("Police", "hotline"),
        ("police", "police"),
        ("police", "hotline", "--role", "other=x"),
        ("police", "hotline", "--role", "police"),
        ("police", "hotline", "--role", "police=same", "--role", "hotline=same"),
        ("nobody-here", "nor-here"),
    ],
)
def test_what_cannot_be_is_refused_in_words(owner: str, arguments: tuple[str, ...]) -> None:
    with pytest.raises(InvalidInput) as refused:
        run(owner, *arguments)
    assert refused.value.sentence("zh")


@pytest.mark.parametrize("address", ["postgresql://127.0.0.1:1/nothing", "no address"])
def test_an_address_where_nothing_answers_is_refused_in_words(address: str) -> None:
    with pytest.raises(InvalidInput):
        run(address, "police", "hotline")
