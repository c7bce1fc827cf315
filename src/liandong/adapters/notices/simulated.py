"""Messages to citizens that reach nobody, for the demonstration; the outbox says so and shows the words."""

from __future__ import annotations

__all__ = ["SimulatedMessages"]


class SimulatedMessages:
    """The port ``CitizenMessages``: what is told stays in the outbox."""

    simulated = True

    def tell(self, phone: str, words: str, reference: str) -> None:
        """Send nothing."""
