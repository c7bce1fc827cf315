"""An OpenAI-compatible endpoint on loopback that answers what a test wants and keeps what it was sent."""

from __future__ import annotations

import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

__all__ = ["GOOD", "Stub"]

GOOD = {"side": "hotline", "item": "H2", "urgent": False, "reasons": ["说的是烧烤摊油烟"]}


class Stub:
    """An endpoint on loopback that answers what a test wants and keeps what it was sent."""

    def __init__(self) -> None:
        self.answer: Any = GOOD
        self.raw: bytes | None = None
        self.status, self.delay = 200, 0.0
        self.sent: list[dict[str, Any]] = []
        self.keys: list[str] = []
        stub = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                stub.sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                stub.keys.append(self.headers.get("Authorization", ""))
                time.sleep(stub.delay)
                content = stub.answer if isinstance(stub.answer, str) else json.dumps(stub.answer, ensure_ascii=False)
                raw = stub.raw or json.dumps({"choices": [{"message": {"content": content}}]}).encode()
                try:
                    self.send_response(stub.status)
                    self.send_header("Content-Length", str(len(raw)))
                    self.end_headers()
                    self.wfile.write(raw)
                except (BrokenPipeError, ConnectionResetError):
                    pass

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        #: What a node's ``adviser_url`` is set to.
        self.base = f"http://127.0.0.1:{self.server.server_port}/v1"

    def reset(self) -> None:
        """Answer well again, and forget what was sent."""
        self.answer, self.raw, self.status, self.delay = GOOD, None, 200, 0.0
        self.sent.clear()
        self.keys.clear()

    def close(self) -> None:
        """Stop answering."""
        self.server.shutdown()
        self.server.server_close()
