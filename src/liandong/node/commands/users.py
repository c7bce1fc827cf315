"""``liandong users``: the people of a node."""

from __future__ import annotations

import click

from liandong.domain.errors import InvalidInput
from liandong.domain.journal.facts import Role
from liandong.node.commands.choosing import node_option, use_node

__all__ = ["users"]

ROLES = [role.value for role in Role if role not in (Role.CITIZEN, Role.SYSTEM)]


@click.group()
def users() -> None:
    """人员与令牌。 People and tokens of a node."""


@users.command("list")
@node_option
def list_(node_name: str | None) -> None:
    """列出人员。 List people."""
    use_node(node_name)
    from liandong.adapters.postgres.models import User

    for user in User.objects.order_by("username"):
        click.echo(
            f"{user.username:<20}{user.role:<14}{user.unit:<20}{user.first_name}{'（演示）' if user.demonstration else ''}{'' if user.is_active else '（停用）'}"
        )


@users.command()
@click.argument("username")
@click.option("--role", required=True, type=click.Choice(ROLES), help="岗位。 Role.")
@click.option("--unit", default="", help="单位代码，见城市包 units.csv。 Code of the unit, from the pack.")
@click.option("--name", default="", help="姓名。 Name on the screens.")
@click.password_option(help="口令，至少 10 位；不写则两次询问。 Asked for when absent.")
@node_option
def add(username: str, role: str, unit: str, name: str, password: str, node_name: str | None) -> None:
    """新增人员。 Add a person."""
    use_node(node_name)
    from django.contrib.auth.password_validation import validate_password
    from django.core.exceptions import ValidationError

    from liandong.adapters.postgres.models import User

    user = User(username=username, role=role, unit=unit, first_name=name)
    try:
        validate_password(password, user)
        user.set_password(password)
        user.full_clean()
    except ValidationError as error:
        raise InvalidInput(detail="；".join(error.messages)) from error
    user.save()
    click.echo(f"已新增 {username}。 Added.")


@users.command()
@click.argument("username")
@node_option
def disable(username: str, node_name: str | None) -> None:
    """停用人员。 Disable a person; the journal keeps what they did."""
    use_node(node_name)
    from liandong.adapters.postgres.models import User

    if not User.objects.filter(username=username).update(is_active=False):
        raise InvalidInput(detail=f"没有这个人员：{username[:40]}")
    click.echo(f"已停用 {username}。 Disabled.")


@users.command()
@click.argument("name")
@click.option("--role", required=True, type=click.Choice(ROLES), help="岗位。 Role.")
@click.option("--unit", default="", help="单位代码，见城市包 units.csv。 Code of the unit, from the pack.")
@node_option
def token(name: str, role: str, unit: str, node_name: str | None) -> None:
    """给一个单位的系统发 API 令牌（只显示一次；同名旧令牌停用）。 Make an API token, shown once."""
    use_node(node_name)
    from liandong.node.prepare import make_token

    click.echo(make_token(name, role, unit))
