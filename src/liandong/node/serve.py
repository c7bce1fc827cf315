"""One web process of a node: ``python -m liandong.node.serve``. As many as wanted serve one port; the kernel spreads connections over them.

Each opens the port for itself (``SO_REUSEPORT``): a killed one takes only the requests it had in hand with it, and a node whose
processes are all stopped refuses connections at once, so that its peers know.
"""

from __future__ import annotations

import socket

import uvicorn

from liandong.node.settings import NodeSettings, read_node

__all__ = ["main"]

#: Connections that wait to be taken; more are refused.
WAITING = 512
#: How long requests in hand may take after a stop was asked for, in seconds.
GRACE_SECONDS = 3


def door(settings: NodeSettings) -> socket.socket:
    """Return a socket at the node's address that other processes of the node may share. Raises OSError where it is taken."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    listening.bind((settings.host, settings.port))
    return listening


def main() -> None:
    """Serve until told to stop."""
    listening = door(read_node())
    # Before the loop: what is read blocks, and the first caller shall not wait for the rules to be made ready.
    from liandong.node.asgi import application, make_ready

    make_ready()
    config = uvicorn.Config(
        application, access_log=False, log_level="warning", timeout_graceful_shutdown=GRACE_SECONDS, backlog=WAITING
    )
    uvicorn.Server(config).run(sockets=[listening])


if __name__ == "__main__":
    main()
