"""How Kafka is spoken to: in the clear or over TLS, as nobody or as a user."""

from __future__ import annotations

import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr

SecurityProtocol = Literal["plaintext", "ssl", "sasl_plaintext", "sasl_ssl"]
SaslMechanism = Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"]


@dataclass(frozen=True, slots=True)
class KafkaSecurity:
    """What every client of the brokers needs to be let in.

    ``mechanism``, ``username`` and ``password`` are set where the protocol has SASL, ``context`` where it has TLS.
    """

    protocol: SecurityProtocol = "plaintext"
    mechanism: SaslMechanism | None = None
    username: str | None = None
    password: SecretStr | None = None
    context: ssl.SSLContext | None = field(default=None, compare=False)

    @property
    def is_encrypted(self) -> bool:
        """Whether the brokers are spoken to over TLS."""
        return self.context is not None

    @property
    def has_user(self) -> bool:
        """Whether the brokers are told who speaks."""
        return self.mechanism is not None

    def options(self) -> dict[str, Any]:
        """The arguments of an aiokafka client. They hold the password: not to be logged."""
        options: dict[str, Any] = {"security_protocol": self.protocol.upper()}
        if self.context is not None:
            options["ssl_context"] = self.context
        if self.mechanism is not None and self.password is not None:
            options |= {
                "sasl_mechanism": self.mechanism,
                "sasl_plain_username": self.username,
                "sasl_plain_password": self.password.get_secret_value(),
            }
        return options


def user_problems(
    protocol: SecurityProtocol, mechanism: SaslMechanism | None, username: str | None, password: SecretStr | None
) -> list[str]:
    """What does not fit together, a line for each key that is missing or set in vain."""
    given = {"kafka.sasl_mechanism": mechanism, "kafka.username": username, "kafka.password": password}
    if protocol.startswith("sasl_"):
        remedies = {
            "kafka.sasl_mechanism": "one of PLAIN, SCRAM-SHA-256, SCRAM-SHA-512",
            "kafka.username": "the user's name",
            "kafka.password": "the user's password, or kafka.password_file",
        }
        return [
            f"{key}: must be set with kafka.security_protocol = {protocol!r}: {remedies[key]}"
            for key, value in given.items()
            if not value
        ]
    better = "sasl_ssl" if protocol == "ssl" else "sasl_ssl or sasl_plaintext"
    return [
        f"{key}: has no effect with kafka.security_protocol = {protocol!r}; set that to {better}, or leave {key} out"
        for key, value in given.items()
        if value is not None
    ]


def file_problems(
    protocol: SecurityProtocol, ca_file: Path | None, certificate_file: Path | None, key_file: Path | None
) -> list[str]:
    """What is wrong with which certificates and keys are given, a line for each key."""
    given = {"kafka.ca_file": ca_file, "kafka.certificate_file": certificate_file, "kafka.key_file": key_file}
    if not protocol.endswith("ssl"):
        return [
            f"{key}: has no effect with kafka.security_protocol = {protocol!r}; set that to ssl or sasl_ssl,"
            f" or leave {key} out"
            for key, value in given.items()
            if value is not None
        ]
    if key_file is not None and certificate_file is None:
        return ["kafka.certificate_file: must be set with kafka.key_file, to the certificate of that key"]
    if certificate_file is not None and key_file is None:
        return ["kafka.key_file: must be set with kafka.certificate_file, to the private key of that certificate"]
    return []


def new_context(ca_file: Path | None, certificate_file: Path | None, key_file: Path | None) -> ssl.SSLContext:
    """TLS that checks the broker's certificate and its name; without ``ca_file`` the system's authorities count.

    Raises ``ValueError`` with the path of the key whose file is missing, unreadable or not what it should be.
    """
    for name, file in (("ca_file", ca_file), ("certificate_file", certificate_file), ("key_file", key_file)):
        if file is not None:
            _check_readable(f"kafka.{name}", file)
    try:
        context = ssl.create_default_context(cafile=ca_file)
    except (ssl.SSLError, OSError):
        raise ValueError(f"kafka.ca_file: {str(ca_file)!r} holds no certificates in PEM") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if certificate_file is not None and key_file is not None:
        _load_certificate(context, certificate_file, key_file)
    return context


def _check_readable(key: str, file: Path) -> None:
    try:
        if not file.is_file():
            raise ValueError(f"{key}: there is no file {str(file)!r}")
        with file.open("rb"):
            pass
    except OSError as error:
        raise ValueError(f"{key}: cannot read {str(file)!r}: {error.strerror}") from error


def _load_certificate(context: ssl.SSLContext, certificate: Path, key: Path) -> None:
    asked = False

    def no_passphrase() -> str:
        # Without this OpenSSL would ask at the terminal, and wait.
        nonlocal asked
        asked = True
        return ""

    try:
        context.load_cert_chain(certificate, key, no_passphrase)
    except (ssl.SSLError, OSError) as error:
        if asked:
            problem = f"kafka.key_file: {str(key)!r} is encrypted; give a key without a passphrase"
        elif "KEY_VALUES_MISMATCH" in str(error):
            problem = f"kafka.key_file: {str(key)!r} is not the key of the certificate in {str(certificate)!r}"
        else:
            problem = (
                f"kafka.certificate_file: {str(certificate)!r} and kafka.key_file: {str(key)!r} must hold"
                " a certificate and its private key in PEM"
            )
        raise ValueError(problem) from None
