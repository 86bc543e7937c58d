"""The relay over TLS, in a process of its own, under an authority made here; and certificates nobody should believe."""

from __future__ import annotations

import datetime as dt
import ipaddress
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from lanterne.cli.main import main
from lanterne.journal.check import check_store
from lanterne.relay.errors import RelayError
from lanterne.relay.serving import Certificate
from lanterne.sync.authorities import kept_context
from lanterne.sync.errors import PeerUntrusted
from lanterne.sync.peers.relay import ask_who
from tests.relay.process import RelayProcess
from tests.sync.stage import Machine


class Authority:
    """Signs certificates for loopback."""

    def __init__(self, name: str, folder: Path) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self._made(self.name, self.key.public_key(), authority=True)
        self.pem = folder / f"{name}.pem"
        self.pem.write_bytes(self.certificate.public_bytes(serialization.Encoding.PEM))

    def _made(
        self, subject: x509.Name, public: ec.EllipticCurvePublicKey, *, authority: bool = False
    ) -> x509.Certificate:
        now = dt.datetime.now(dt.UTC)
        names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
        usage = x509.KeyUsage(
            digital_signature=True,
            key_cert_sign=authority,
            crl_sign=authority,
            content_commitment=False,
            key_encipherment=False,
            data_encipherment=False,
            key_agreement=False,
            encipher_only=False,
            decipher_only=False,
        )
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=1))
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(usage, critical=True)
            .add_extension(names, critical=False)
            .sign(self.key, hashes.SHA256())
        )

    def signs(self, folder: Path, password: bytes | None = None) -> Certificate:
        """A certificate for 127.0.0.1 and its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "relais")])
        folder.mkdir(exist_ok=True)
        chain, secret = folder / "chain.pem", folder / "key.pem"
        chain.write_bytes(self._made(subject, key.public_key()).public_bytes(serialization.Encoding.PEM))
        how = serialization.BestAvailableEncryption(password) if password else serialization.NoEncryption()
        secret.write_bytes(
            key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, how)
        )
        return Certificate(chain, secret)


@pytest.fixture(name="authority")
def _authority(tmp_path: Path) -> Authority:
    return Authority("autorite", tmp_path)


@pytest.fixture(name="url")
def _url(authority: Authority, tmp_path: Path) -> Iterator[str]:
    """A relay that answers HTTPS."""
    made = authority.signs(tmp_path / "tls")
    words = ("--open", "--tls-cert", str(made.chain), "--tls-key", str(made.key))
    relay = RelayProcess.start(tmp_path / "relay", *words)
    yield f"https://{relay.address[0]}:{relay.address[1]}"
    relay.kill()


def sync(machine: Machine, *words: str) -> int:
    return main(["sync", "--data", str(machine.root), "--json", *words])


def test_a_device_exchanges_over_tls_and_remembers_whom_it_believes(
    garance: Machine, authority: Authority, url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    garance.jot("note")
    assert sync(garance, "--relay", url) != 0, "an authority nobody named"
    assert garance.known.relay_file() is None
    assert "certificat" in capsys.readouterr().err
    assert sync(garance, "--relay", url, "--ca", str(authority.pem)) == 0
    told = capsys.readouterr().out
    assert '"given"' in told
    assert sync(garance) == 0, "what is believed is kept with the relay"
    assert check_store(garance.root).faults == []


def test_another_authority_is_not_believed(garance: Machine, url: str, tmp_path: Path) -> None:
    other = Authority("une autre", tmp_path)
    garance.known.set_authorities(other.pem.read_bytes())
    with pytest.raises(PeerUntrusted):
        ask_who(url, tls=kept_context(garance.known))
    with pytest.raises(PeerUntrusted):
        ask_who(url.replace("127.0.0.1", "localhost"), tls=kept_context(garance.known))


def test_a_file_without_certificates_is_not_kept(garance: Machine, url: str, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.pem"
    wrong.write_bytes(b"no certificate \xff")
    assert sync(garance, "--relay", url, "--ca", str(wrong)) != 0
    assert garance.known.authorities() is None


def test_a_relay_whose_certificate_cannot_serve_says_so_and_does_not_start(
    authority: Authority, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    good, other = authority.signs(tmp_path / "one"), authority.signs(tmp_path / "two")
    locked = authority.signs(tmp_path / "three", password=b"secret")
    for chain, key in ((good.chain, other.key), (good.chain, tmp_path / "none"), (locked.chain, locked.key)):
        with pytest.raises(RelayError) as refused:
            Certificate(chain, key).check()
        assert refused.value.code == "relay.no_certificate"
    words = ["relay", "--data", str(tmp_path / "relay"), "--port", "0", "--json"]
    assert main([*words, "--tls-cert", str(good.chain)]) == 2
    assert "relay.half_a_certificate" in capsys.readouterr().out
    assert main([*words, "--tls-cert", str(good.chain), "--tls-key", str(other.key)]) == 1
    assert "relay.no_certificate" in capsys.readouterr().out
    assert not (tmp_path / "relay").exists()
