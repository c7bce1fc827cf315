"""The ASGI application of a node: ``uvicorn liandong.node.asgi:application``."""

from __future__ import annotations

from liandong.node.bootstrap import load_city_pack, node_settings, start

start()

from django.contrib.staticfiles.handlers import ASGIStaticFilesHandler  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402

from liandong.node.keys import node_keyring  # noqa: E402
from liandong.web.world import install_keyring, install_pack  # noqa: E402

install_pack(load_city_pack(node_settings().pack))
install_keyring(node_keyring(node_settings()))

application = ASGIStaticFilesHandler(get_asgi_application())
