"""Certificates and users of a broker that lets in only who it knows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import trustme
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from stream.feeds.loopback import LOOPBACK, ReservedPort
from tests.kafka.properties import Node

PLAIN_USER: Final = "plain-worker"
SCRAM_USER: Final = "scram-worker"
PASSWORD: Final = "correct-horse-4711"  # noqa: S105 - of a broker that lives as long as its test

_PLAIN_MODULE: Final = "org.apache.kafka.common.security.plain.PlainLoginModule"
_SCRAM_MODULE: Final = "org.apache.kafka.common.security.scram.ScramLoginModule"

FORMAT_ARGUMENTS: Final = tuple(
    argument
    for mechanism in ("SCRAM-SHA-256", "SCRAM-SHA-512")
    for argument in ("--add-scram", f"{mechanism}=[name={SCRAM_USER},password={PASSWORD}]")
)
"""What makes the users when the storage is formatted."""


@dataclass(frozen=True)
class Certificates:
    """Files in PEM: the authority, a client's certificate with its key, the broker's, and a foreign authority."""

    authority: Path
    client: Path
    client_key: Path
    broker: Path
    stranger: Path


def make_certificates(folder: Path) -> Certificates:
    """Issue all that a broker on the loopback address and a client of it need."""
    folder.mkdir(parents=True, exist_ok=True)
    authority, stranger = trustme.CA(), trustme.CA()
    made = Certificates(
        *(folder / name for name in ("authority.pem", "client.pem", "client.key", "broker.pem", "stranger.pem"))
    )
    authority.cert_pem.write_to_path(made.authority)
    stranger.cert_pem.write_to_path(made.stranger)
    broker, client = authority.issue_cert(LOOPBACK), authority.issue_cert("worker.test")
    made.client.write_bytes(b"".join(blob.bytes() for blob in client.cert_chain_pems))
    made.client_key.write_bytes(_pkcs8(client))
    # Kafka reads key and certificates from one file, and keys in no other form than PKCS 8.
    made.broker.write_bytes(_pkcs8(broker) + b"".join(blob.bytes() for blob in broker.cert_chain_pems))
    return made


def _pkcs8(certificate: trustme.LeafCert) -> bytes:
    key = load_pem_private_key(certificate.private_key_pem.bytes(), None)
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


@dataclass(frozen=True)
class SecuredPorts:
    """The ports of the listeners with SASL over TLS, with TLS that wants certificates, and with SASL in the clear."""

    sasl_ssl: ReservedPort
    ssl: ReservedPort
    sasl_plaintext: ReservedPort

    def release(self) -> None:
        """Give the ports back."""
        for port in (self.sasl_ssl, self.ssl, self.sasl_plaintext):
            port.release()


def secured_properties(node: Node, ports: SecuredPorts, certificates: Certificates) -> dict[str, object]:
    """The settings, to win over those in ``properties.py``, of a broker with the secured listeners too."""
    listeners = {
        "CLIENT": ("PLAINTEXT", node.clients.address),
        "USERS": ("SASL_SSL", ports.sasl_ssl.address),
        "CERTIFIED": ("SSL", ports.ssl.address),
        "NAMED": ("SASL_PLAINTEXT", ports.sasl_plaintext.address),
    }
    advertised = ",".join(f"{name}://{address}" for name, (_, address) in listeners.items())
    protocols = ",".join(f"{name}:{protocol}" for name, (protocol, _) in listeners.items())
    properties: dict[str, object] = {
        "listeners": f"{advertised},CONTROLLER://{node.controllers.address}",
        "advertised.listeners": advertised,
        "listener.security.protocol.map": f"{protocols},CONTROLLER:PLAINTEXT",
        "ssl.keystore.type": "PEM",
        "ssl.keystore.location": certificates.broker,
        "ssl.truststore.type": "PEM",
        "ssl.truststore.location": certificates.authority,
        "listener.name.certified.ssl.client.auth": "required",
    }
    for listener in ("users", "named"):
        prefix = f"listener.name.{listener}"
        properties[f"{prefix}.sasl.enabled.mechanisms"] = "PLAIN,SCRAM-SHA-256,SCRAM-SHA-512"
        properties[f"{prefix}.plain.sasl.jaas.config"] = f'{_PLAIN_MODULE} required user_{PLAIN_USER}="{PASSWORD}";'
        for mechanism in ("scram-sha-256", "scram-sha-512"):
            properties[f"{prefix}.{mechanism}.sasl.jaas.config"] = f"{_SCRAM_MODULE} required;"
    return properties
