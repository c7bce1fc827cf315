"""``liandong middle``: the database between two sides that share no cable; made by its owner, who is neither of them."""

from __future__ import annotations

import secrets
from urllib.parse import quote, urlsplit, urlunsplit

import click
import psycopg
from psycopg import sql

from liandong.adapters.transports.middledb import SCHEMA, make_middle_database, table_name
from liandong.domain.errors import InvalidInput
from liandong.node.between import role_of
from liandong.node.settings import NAME

__all__ = ["middle"]

#: What PostgreSQL tells of an identifier that is no more than this.
LONGEST_ROLE = 63


@click.group()
def middle() -> None:
    """中间库：两侧之间的数据库，由其所有者建立。 The database between two sides, made by its owner."""


@middle.command()
@click.argument("owner_url")
@click.argument("one")
@click.argument("other")
@click.option("--role", "roles", multiple=True, metavar="NODE=ROLE", help="某一侧用的数据库角色，默认 liandong_节点名。 The database role of a side.")
@click.option("--create-roles", is_flag=True, help="角色不存在时建立，并给出带口令的地址（只显示这一次）。 Make missing roles and print their addresses once.")
def make(owner_url: str, one: str, other: str, roles: tuple[str, ...], create_roles: bool) -> None:
    """在中间库里为两个节点建表、分权；可以重复运行。 Make the tables of two nodes and give each side its rights; safe to run again.

    OWNER_URL：中间库所有者的地址，postgresql://…；ONE、OTHER：两个节点的名称。
    """
    chosen = _roles(one, other, roles)
    try:
        with psycopg.connect(owner_url, autocommit=True, connect_timeout=10) as connection:
            made = {node: _make_role(connection, role) for node, role in chosen.items()} if create_roles else {}
            known = {row[0] for row in connection.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [list(chosen.values())])}
            missing = [role for role in chosen.values() if role not in known]
            if missing:
                raise InvalidInput(detail=f"中间库里没有角色 {'、'.join(missing)}；请先建立，或加 --create-roles")
        make_middle_database(owner_url, (one, chosen[one]), (other, chosen[other]))
    except psycopg.OperationalError as error:
        raise InvalidInput("server.no_database", detail=str(error).splitlines()[0][:200] if str(error) else type(error).__name__) from error
    except psycopg.ProgrammingError as error:
        # Not the owner, or no address at all.
        raise InvalidInput(detail=f"中间库拒绝：{str(error).splitlines()[0][:200]}") from error
    for sender, recipient in ((one, other), (other, one)):
        click.echo(f'{SCHEMA}."{table_name(sender, recipient)}"：{chosen[sender]} 只能追加，{chosen[recipient]} 只能读取。 {chosen[sender]} appends, {chosen[recipient]} reads.')
    for node, password in made.items():
        if password:
            click.echo(f"{node} 的地址（只显示这一次，填入该侧 peers 的 url） its address, shown once: {_as_role(owner_url, chosen[node], password)}")


def _roles(one: str, other: str, given: tuple[str, ...]) -> dict[str, str]:
    for node in (one, other):
        if NAME.fullmatch(node) is None:
            raise InvalidInput(detail=f"“{node[:60]}”不是节点名：小写字母、数字和连字符")
    if one == other:
        raise InvalidInput(detail="两侧必须是两个节点")
    roles = {one: role_of(one), other: role_of(other)}
    for each in given:
        node, equals, role = each.partition("=")
        if node not in roles or not equals or not role or len(role.encode()) > LONGEST_ROLE or "\x00" in role:
            raise InvalidInput(detail=f"--role {each[:80]}：应为 {one}=角色 或 {other}=角色")
        roles[node] = role
    if roles[one] == roles[other]:
        raise InvalidInput(detail="两侧不能共用一个角色：否则一方能冒写另一方")
    return roles


def _make_role(connection: psycopg.Connection[tuple[object, ...]], role: str) -> str:
    """Make a role that may log in and nothing else; return its password, ``""`` where it was there."""
    if connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone():
        return ""
    password = secrets.token_urlsafe(24)
    statement = sql.SQL("CREATE ROLE {} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
    connection.execute(statement)
    return password


def _as_role(owner_url: str, role: str, password: str) -> str:
    parts = urlsplit(owner_url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit((parts.scheme, f"{quote(role, safe='')}:{quote(password, safe='')}@{host}", parts.path, parts.query, ""))
