"""The ASGI application of a node: ``uvicorn liandong.node.asgi:application``."""

from __future__ import annotations

import sys

from liandong.node.bootstrap import load_city_pack, node_settings, start

start()

from django.contrib.staticfiles.handlers import StaticFilesHandler  # noqa: E402
from django.core.asgi import get_asgi_application  # noqa: E402
from django.core.exceptions import SuspiciousOperation  # noqa: E402
from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.http import Http404, HttpRequest, HttpResponseBase  # noqa: E402

from liandong.node.keys import node_keyring  # noqa: E402
from liandong.node.threaded import Doors, Threaded  # noqa: E402
from liandong.web.world import install_keyring, install_pack  # noqa: E402

#: How long one thread may keep the others waiting, in seconds: the loop has to answer while threads judge words.
SWITCH_SECONDS = 0.001

sys.setswitchinterval(SWITCH_SECONDS)
install_pack(load_city_pack(node_settings().pack))
install_keyring(node_keyring(node_settings()))



class StaticFiles(StaticFilesHandler):
    """Serves the screens' own files; a path that leads out of them is none, not a failure."""

    def serve(self, request: HttpRequest) -> HttpResponseBase:
        """Return a file. Raises ``Http404``."""
        try:
            return super().serve(request)
        except (SuspiciousOperation, ValueError) as error:
            raise Http404 from error


application = Doors(get_asgi_application(), Threaded(StaticFiles(get_wsgi_application()), node_settings().connections - 2))
