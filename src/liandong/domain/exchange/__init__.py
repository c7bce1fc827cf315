"""What passes between two platforms: envelopes, receipts, streams. It does not know which side it runs on."""

from liandong.domain.exchange.codes import CODES

__all__ = ["CODES"]
