"""Messages to citizens through a gateway of the operator: one POST of JSON each, with a reference that makes it the same message when it is sent again.

Rules:
    1. The gateway is told number, words and reference, and nothing else of the case.
    2. Anything but 2xx within the deadline is a failure: the outbox tries again with the same reference.
    3. Numbers and words stand in no log and in no error.
"""

from __future__ import annotations

import httpx

from liandong.application.ports import MessageNotSent

__all__ = ["GatewayMessages"]


class GatewayMessages:
    """The port ``CitizenMessages`` behind ``POST {address}`` with ``{"to", "text", "reference"}``.

    Parameters:
        address: such as ``https://sms.example/send``.
        key: sent as a bearer token, ``""`` for none.
        timeout_seconds: for one message.
    """

    simulated = False

    def __init__(self, address: str, key: str = "", timeout_seconds: float = 5.0) -> None:
        self._address = address
        self._headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._timeout = timeout_seconds

    def tell(self, phone: str, words: str, reference: str) -> None:
        """Hand a message over. Raises ``MessageNotSent`` with ``silent`` or ``refused``."""
        body = {"to": phone, "text": words, "reference": reference}
        try:
            with httpx.Client(timeout=self._timeout, trust_env=False, follow_redirects=False) as client:
                answer = client.post(self._address, json=body, headers={**self._headers, "Idempotency-Key": reference})
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise MessageNotSent("silent") from error
        if not 200 <= answer.status_code < 300:
            raise MessageNotSent("refused")
