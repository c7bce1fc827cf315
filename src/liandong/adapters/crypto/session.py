"""Between two nodes: sign and seal what leaves, verify and open what comes, answer with signed receipts.

Rules:
    - Signed first, then sealed: the signature speaks of the clear words and outlives the sealing keys. The header, with
      sender and recipient, is under both, so a message cannot be passed on as if it were meant for another.
    - Nothing inside a seal is read as a message before the signature over it has held.
    - One bad envelope in a batch costs only itself.

Source:
    docs/reference/exchange.md, clauses 3, 5 and 7.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC

from liandong.adapters.crypto.keyring import KeyRing, suite_of
from liandong.adapters.crypto.keys import OwnKey, PeerKey
from liandong.adapters.crypto.suites import from_text, to_text
from liandong.domain.errors import RemoteProtocolError
from liandong.domain.exchange.envelope import DEFAULT_LIMITS, Envelope, Limits
from liandong.domain.exchange.receipts import Receipt, ReceiptBatch, parse_receipts
from liandong.domain.exchange.wire import parse_envelope, read_object, split_batch
from liandong.domain.journal.canonical import canonical

__all__ = ["Session", "answer", "open_batch", "open_envelope", "prove_kept"]


class Session:
    """This node's side of the exchange.

    Parameters:
        keyring: keys of this node and its peers.
        seal: whether bodies are sealed; without it they travel in clear under their signature (for a cable that seals by itself).
    """

    def __init__(self, keyring: KeyRing, *, seal: bool = True) -> None:
        self.keyring = keyring
        self.seal = seal

    def protect(self, envelope: Envelope) -> Envelope:
        """Return the envelope signed with the key now in force and, where asked, its body sealed for the recipient.

        Raises:
            LocalProtocolError: it breaks the protocol, or a key is missing.
        """
        if not self.seal:
            named, signature = self._signed(envelope, self.keyring.signing_key())
            return replace(named, signature=signature).fitting()
        peer = self.keyring.sealing_key(envelope.recipient)
        own = self.keyring.signing_key(peer.suite)
        named, signature = self._signed(envelope, own)
        salt, info = _context(named, peer.key_id)
        nonce, ciphertext = suite_of(peer).seal(self.keyring.secret(own, peer), salt, info, canonical(named.body), canonical(named.header()))
        seal = {"to_key_id": peer.key_id, "nonce": to_text(nonce), "ciphertext": to_text(ciphertext)}
        return replace(named, body={}, sealed=seal, signature=signature).fitting()

    def _signed(self, envelope: Envelope, own: OwnKey) -> tuple[Envelope, str]:
        """Return the envelope with its key's name, and the signature over it."""
        named = replace(envelope, key_id=own.public.key_id, suite=own.public.suite, sealed=None, signature="")
        return named, to_text(suite_of(own.public).sign(own.signing, named.to_sign()))

    def read_answer(self, raw: bytes, peer: str, ids: Sequence[str], limits: Limits = DEFAULT_LIMITS) -> list[Receipt]:
        """Return the receipts of an answer to the batch of these envelopes, each with the signed answer as its proof.

        Raises:
            RemoteProtocolError: it is no answer of this peer to this batch.
        """
        batch = parse_receipts(raw, limits)
        owner = self.keyring.verify(batch.key_id, batch.signing_bytes(), _bytes(batch.signature, "exchange.signature"))
        if owner != peer or batch.sender != peer:
            raise RemoteProtocolError("exchange.wrong_sender", detail=f"the answer is signed by {owner}, not by {peer}")
        receipts = list(batch.receipts)
        if len(receipts) != len(ids) or any(receipt.id not in (wanted, "") for receipt, wanted in zip(receipts, ids, strict=True)):
            raise RemoteProtocolError("exchange.malformed", detail="the receipts do not fit the batch")
        if any(not receipt.id and receipt.delivered for receipt in receipts):
            raise RemoteProtocolError("exchange.malformed", detail="a receipt without an id says delivered")
        proof = raw.decode("utf-8")
        return [replace(receipt, proof=proof, answered_at=batch.at) for receipt in receipts]


def open_envelope(envelope: Envelope, keyring: KeyRing, limits: Limits = DEFAULT_LIMITS) -> Envelope:
    """Return the envelope verified and with its body in clear.

    Raises:
        RemoteProtocolError: with who and why; ``data["id"]`` is the envelope's id.
    """
    if envelope.recipient != keyring.node:
        raise RemoteProtocolError("exchange.wrong_recipient", detail=f"for {envelope.recipient}, this is {keyring.node}")
    key = keyring.trusted(envelope.key_id)
    _check_names(envelope, key)
    clear = envelope if envelope.sealed is None else replace(envelope, body=_opened(envelope, key, keyring, limits), sealed=None)
    _check_signature(clear, key)
    return clear


def prove_kept(envelope: Envelope, keyring: KeyRing) -> None:
    """Prove an envelope that was opened, believed and kept: its signature holds, also by a key that has ended or was revoked since.

    Raises:
        RemoteProtocolError: with who and why.
    """
    key = keyring.known(envelope.key_id)
    _check_names(envelope, key)
    _check_signature(envelope, key)


def _check_names(envelope: Envelope, key: PeerKey) -> None:
    if envelope.suite != key.suite:
        raise RemoteProtocolError("exchange.suite", detail=f"{key.key_id} is a key of {key.suite}")
    if envelope.sender != key.node:
        raise RemoteProtocolError("exchange.wrong_sender", detail=f"from {envelope.sender}, but {key.key_id} belongs to {key.node}")


def _check_signature(clear: Envelope, key: PeerKey) -> None:
    if not suite_of(key).verify(key.signing_public, clear.signing_bytes(), _bytes(clear.signature, "exchange.signature")):
        raise RemoteProtocolError("exchange.signature", detail=f"{key.key_id} of {key.node}")


def open_batch(raw: bytes, keyring: KeyRing, limits: Limits = DEFAULT_LIMITS) -> list[Envelope | Receipt]:
    """Return, for each line of a batch and in its order, the envelope verified and opened, or the receipt that refuses it.

    Raises:
        RemoteProtocolError: the batch as a whole cannot be read (too large, too many, none).
    """
    return [_open_line(line, keyring, limits) for line in split_batch(raw, limits)]


def answer(receipts: Sequence[Receipt], keyring: KeyRing, suite: str | None = None) -> bytes:
    """Return the signed answer to a batch: one receipt a line of the batch, in its order.

    Parameters:
        receipts: give them only when what they say is durable.
        keyring: its clock gives the time of the answer.
        suite: of the batch, where the node has keys of several.

    Raises:
        LocalProtocolError: this node has no key in force.
    """
    own = keyring.signing_key(suite)
    batch = ReceiptBatch(
        sender=keyring.node,
        at=keyring.clock().astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z"),
        receipts=tuple(receipts),
        key_id=own.public.key_id,
        suite=own.public.suite,
    )
    return replace(batch, signature=to_text(suite_of(own.public).sign(own.signing, batch.signing_bytes()))).to_bytes()


def _open_line(line: bytes, keyring: KeyRing, limits: Limits) -> Envelope | Receipt:
    envelope_id = ""
    try:
        envelope = parse_envelope(line, limits)
        envelope_id = envelope.id
        return open_envelope(envelope, keyring, limits)
    except RemoteProtocolError as error:
        return Receipt.refusal(envelope_id or str(error.data.get("id", "")), error)


def _opened(envelope: Envelope, key: PeerKey, keyring: KeyRing, limits: Limits) -> dict[str, object]:
    sealed = envelope.sealed or {}
    own = keyring.own_key(sealed["to_key_id"])
    salt, info = _context(envelope, own.public.key_id)
    nonce, ciphertext = _bytes(sealed["nonce"], "exchange.seal"), _bytes(sealed["ciphertext"], "exchange.seal")
    try:
        plaintext = suite_of(key).open(keyring.secret(own, key), salt, info, nonce, ciphertext, canonical(envelope.header()))
    except ValueError:
        raise RemoteProtocolError("exchange.seal", detail=f"{key.key_id} of {key.node} for {own.public.key_id}") from None
    return read_object(plaintext, max_bytes=limits.envelope_bytes, max_depth=limits.depth - 1)


def _context(envelope: Envelope, to_key_id: str) -> tuple[bytes, bytes]:
    """Return (salt, info) of the sealing key: one key an envelope, another for each direction and pair of keys."""
    info = canonical(["liandong/1 body", envelope.sender, envelope.recipient, envelope.key_id, to_key_id])
    return envelope.id.encode("ascii"), info


def _bytes(text: str, code: str) -> bytes:
    try:
        return from_text(text)
    except ValueError:
        raise RemoteProtocolError(code, detail="not base64url") from None
