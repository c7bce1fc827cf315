"""Make a node's database ready: tables, people, tokens. ``python -m liandong.node.prepare`` with ``LIANDONG_NODE`` set.

Safe to run again: what is there stays. In a demonstration the pack's people get accounts without a password (they sign in
by one click) and the city's own tools get a token each run.
"""

from __future__ import annotations

import hashlib
import secrets
from pathlib import Path

from liandong.node.bootstrap import load_city_pack, node_settings, start
from liandong.node.settings import NodeSettings

__all__ = ["LOCAL_TOKEN_FILE", "digest_of", "main", "make_people", "make_token", "prepare"]

#: In a node's directory: the token that ``liandong feed`` and the callers of the demonstration use.
LOCAL_TOKEN_FILE = "local.token"


def prepare() -> None:
    """Migrate the node's database and, in a demonstration, make its people and the local token."""
    start()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=0)
    settings = node_settings()
    if settings.demonstration:
        make_people(settings)
        role = "call_taker" if settings.side == "police" else "agent"
        token = make_token("demonstration callers", role)
        path = Path(settings.directory) / LOCAL_TOKEN_FILE
        path.touch(mode=0o600)
        path.write_text(token, encoding="ascii")


def make_people(settings: NodeSettings) -> int:
    """Make the pack's demonstration users of this side; return how many there are."""
    from liandong.adapters.postgres.models import User

    count = 0
    for person in load_city_pack(settings.pack).users:
        if settings.side not in (person.side, "both") and person.side != "both":
            continue
        user, made = User.objects.get_or_create(
            username=person.username, defaults={"role": person.role, "unit": person.unit, "first_name": person.name, "demonstration": True}
        )
        if made:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        count += 1
    return count


def make_token(name: str, role: str, unit: str = "") -> str:
    """Make a fresh token under a name, end the earlier ones of that name, return it; only its digest is kept."""
    from django.utils import timezone

    from liandong.adapters.postgres.models import ApiToken

    ApiToken.objects.filter(name=name, revoked_at=None).update(revoked_at=timezone.now())
    token = "ld_" + secrets.token_urlsafe(32)
    ApiToken.objects.create(digest=digest_of(token), name=name, role=role, unit=unit)
    return token


def digest_of(token: str) -> str:
    """Return what is kept of a token."""
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def main() -> None:
    """Make the database ready of the node that the environment names."""
    prepare()


if __name__ == "__main__":
    main()
