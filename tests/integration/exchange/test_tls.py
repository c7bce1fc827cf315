"""TLS with a certificate of each side: made here, thrown away here."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from liandong.adapters.transports.http import HttpTransport
from liandong.domain.errors import PeerUnavailable, RemoteProtocolError
from liandong.domain.exchange.envelope import Envelope
from liandong.node.cables import client_tls
from liandong.node.settings import NodeSettings, SettingsError, checked
from liandong.node.supervisor import exchange_command

#: Answers every batch with 418, so that a test sees who got through.
APPLICATION = """
async def application(scope, receive, send):
    if scope["type"] == "http":
        await send({"type": "http.response.start", "status": 418, "headers": []})
        await send({"type": "http.response.body", "body": b""})
"""


class Authority:
    """Signs certificates."""

    def __init__(self, directory: Path, name: str) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.directory = directory
        self.file = directory / f"{name}.pem"
        self.file.write_bytes(self._made(self.name, self.key, authority=True).public_bytes(serialization.Encoding.PEM))

    def _made(self, subject: x509.Name, key: ec.EllipticCurvePrivateKey, *, authority: bool) -> x509.Certificate:
        now = datetime.now(UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(
                x509.KeyUsage(True, False, False, False, False, authority, authority, False, False), critical=True
            )
            .sign(self.key, hashes.SHA256())
        )  # fmt: skip

    def certificate(self, name: str) -> tuple[str, str]:
        """Return the files of a new certificate and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._made(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key, authority=False)
        files = self.directory / f"{name}.crt", self.directory / f"{name}.key"
        files[0].write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
        files[1].write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
        )
        return str(files[0]), str(files[1])


def settings(name: str, roots: Path, files: tuple[str, str]) -> NodeSettings:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    return checked(
        {
            "name": name, "side": "police", "title": name, "pack": "xiangcheng", "database": "postgresql://nowhere", "port": 1,
            "secret": "x" * 40, "exchange_port": port, "tls_certificate": files[0], "tls_key": files[1], "tls_roots": str(roots),
        }
    )  # fmt: skip


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path, "authority")


@pytest.fixture
def hotline(tmp_path: Path, authority: Authority) -> Iterator[NodeSettings]:
    found = settings("hotline", authority.file, authority.certificate("hotline"))
    (tmp_path / "teapot.py").write_text(APPLICATION)
    process = subprocess.Popen(exchange_command(found, "teapot:application"), cwd=tmp_path)
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            socket.create_connection(("127.0.0.1", found.exchange_port), timeout=1).close()
            break
        except OSError:
            time.sleep(0.05)
    yield found
    process.terminate()
    process.wait()


def send(sender: NodeSettings, to: NodeSettings) -> None:
    message = Envelope(
        id="019ab000-0000-7000-8000-000000000001", sender="police", recipient="hotline", stream="s", seq=1, type="t", at="2026-11-22T08:00:00Z"
    )

    async def play() -> None:
        addresses = {"hotline": f"https://127.0.0.1:{to.exchange_port}"}
        async with HttpTransport(addresses, lambda *_: [], tls=client_tls(sender)) as transport:
            await transport.send("hotline", [message])

    asyncio.run(play())


def test_8_7_who_shows_a_certificate_of_the_authority_gets_through(hotline: NodeSettings, authority: Authority) -> None:
    with pytest.raises(RemoteProtocolError, match="418"):
        send(settings("police", authority.file, authority.certificate("police")), hotline)


def test_8_7_who_shows_none_or_another_authoritys_does_not(hotline: NodeSettings, authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    stranger = Authority(tmp_path / "other", "stranger")
    police = settings("police", authority.file, stranger.certificate("police"))
    for sender in (police, replace(police, tls_certificate="")):
        with pytest.raises(PeerUnavailable):
            send(sender, hotline)


def test_a_server_whose_certificate_nobody_we_trust_signed_is_not_told_anything(hotline: NodeSettings, authority: Authority, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    stranger = Authority(tmp_path / "other", "stranger")
    with pytest.raises(PeerUnavailable):
        send(settings("police", stranger.file, authority.certificate("police")), hotline)


def test_a_port_without_all_three_files_is_refused_at_start(authority: Authority, tmp_path: Path) -> None:
    certificate, key = authority.certificate("police")
    with pytest.raises(SettingsError):
        settings("police", tmp_path / "absent.pem", (certificate, key))
