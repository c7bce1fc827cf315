"""The ASGI application of a node: ``uvicorn liandong.node.asgi:application``."""

from __future__ import annotations

import contextlib
import sys

from liandong.node.bootstrap import load_city_pack, node_settings, start

start()

from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import DatabaseError, connection  # noqa: E402

from liandong.adapters.files.store import FileStore  # noqa: E402
from liandong.node.keys import node_keyring  # noqa: E402
from liandong.node.threaded import Doors, Threaded  # noqa: E402
from liandong.web.static_names import KeptStaticFiles  # noqa: E402
from liandong.web.world import install_files, install_keyring, install_pack, world  # noqa: E402

#: How long one thread may keep the others waiting, in seconds: the loop has to answer while threads judge words.
SWITCH_SECONDS = 0.001

sys.setswitchinterval(SWITCH_SECONDS)
install_pack(load_city_pack(node_settings().pack))
install_keyring(node_keyring(node_settings()))
install_files(FileStore(node_settings().files, node_settings().file_limit_mb * 1_048_576))

application = Doors(get_asgi_application(), Threaded(KeptStaticFiles(get_wsgi_application()), node_settings().connections - 2))


def make_ready() -> None:
    """Build the triage in force now; a database that is away leaves that to the first call."""
    with contextlib.suppress(DatabaseError):
        world().triage("")
    connection.close()
