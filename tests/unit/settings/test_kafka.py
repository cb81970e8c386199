from __future__ import annotations

import os
import ssl
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from stream.runtime.kafka.broker import client_options, credentials_of
from stream.settings.kafka import KafkaSettings
from stream.settings.loading import SettingsError, load_settings
from stream.settings.settings import Settings
from tests.kafka.security import Certificates, make_certificates

SECRET = "tr0ub4dor&3"  # noqa: S105 - of nobody
USER = {"security_protocol": "sasl_plaintext", "sasl_mechanism": "PLAIN", "username": "desk", "password": SECRET}


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(autouse=True)
def _clean_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in os.environ:
        if name.startswith("DESKPULSE_") or name in {"BROKER_URL", "WEB_PORT"}:
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)


def kafka(**values: Any) -> KafkaSettings:  # noqa: ANN401 - settings are of any type
    return load_settings(kafka=values).kafka


def complaint_about(**values: Any) -> str:  # noqa: ANN401 - settings are of any type
    """What is said of these settings of Kafka, without the password in any form."""
    with pytest.raises(SettingsError) as caught:
        kafka(**values)
    assert SECRET not in repr(caught.value)
    assert SECRET not in repr(caught.value.__cause__)
    assert SECRET not in str(caught.value.__cause__)
    return str(caught.value)


class TestProtocols:
    def test_plaintext_is_the_default_and_has_no_credentials(self) -> None:
        assert client_options(kafka())["security_protocol"] == "PLAINTEXT"
        assert credentials_of(kafka()) is None

    def test_a_user_reaches_every_client(self) -> None:
        settings = kafka(**USER)

        options = client_options(settings)
        assert options["security_protocol"] == "SASL_PLAINTEXT"
        assert options["sasl_mechanism"] == "PLAIN"
        assert (options["sasl_plain_username"], options["sasl_plain_password"]) == ("desk", SECRET)
        credentials: Any = credentials_of(settings)
        assert credentials.protocol.value == "SASL_PLAINTEXT"
        assert credentials.mechanism.value == "PLAIN"
        assert (credentials.username, credentials.password) == ("desk", SECRET)

    def test_a_user_over_tls_reaches_every_client(self, certificates: Certificates) -> None:
        settings = kafka(
            **USER
            | {
                "security_protocol": "sasl_ssl",
                "sasl_mechanism": "SCRAM-SHA-512",
                "ca_file": str(certificates.authority),
            }
        )

        options = client_options(settings)
        credentials: Any = credentials_of(settings)
        assert options["security_protocol"] == credentials.protocol.value == "SASL_SSL"
        assert options["sasl_mechanism"] == credentials.mechanism.value == "SCRAM-SHA-512"
        assert options["ssl_context"] is credentials.ssl_context

    def test_a_certificate_reaches_every_client(self, certificates: Certificates) -> None:
        settings = kafka(
            security_protocol="ssl",
            ca_file=certificates.authority,
            certificate_file=certificates.client,
            key_file=certificates.client_key,
        )

        credentials: Any = credentials_of(settings)
        assert client_options(settings)["ssl_context"] is credentials.context
        assert credentials.protocol.value == "SSL"

    def test_certificates_and_names_are_always_checked(self, certificates: Certificates) -> None:
        context = kafka(security_protocol="ssl", ca_file=certificates.authority).security.context

        assert context is not None
        assert context.check_hostname
        assert context.verify_mode is ssl.CERT_REQUIRED
        assert context.minimum_version is ssl.TLSVersion.TLSv1_2


class TestSecrets:
    def test_a_password_comes_from_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for key, value in USER.items():
            monkeypatch.setenv(f"DESKPULSE_KAFKA__{key.upper()}", value)

        assert client_options(load_settings().kafka)["sasl_plain_password"] == SECRET

    @pytest.mark.parametrize("ending", ["", "\n", "\r\n"])
    def test_a_password_comes_from_a_file_without_its_line_break(self, ending: str) -> None:
        Path("password").write_bytes(f" {SECRET} {ending}".encode())

        settings = kafka(**USER | {"password": None, "password_file": "password"})
        assert client_options(settings)["sasl_plain_password"] == f" {SECRET} "

    def test_a_password_is_in_no_text_of_the_settings(self) -> None:
        settings = load_settings(kafka=USER)

        texts = [repr(settings), str(settings), repr(settings.kafka), repr(settings.kafka.security)]
        texts += [settings.model_dump_json(), str(settings.model_dump()), repr(credentials_of(settings.kafka))]
        assert not [text for text in texts if SECRET in text]

    def test_a_password_of_the_wrong_type_is_not_shown(self) -> None:
        Path("deskpulse.toml").write_text(f'[kafka]\npassword = ["{SECRET}"]\n', encoding="utf-8")

        with pytest.raises(SettingsError, match=r"^kafka\.password: [^\n]+$") as caught:
            load_settings()
        assert SECRET not in str(caught.value)

    def test_every_secret_has_a_file_beside_it(self) -> None:
        secrets = 0
        for name in Settings.model_fields:
            fields = getattr(Settings.model_fields[name].annotation, "model_fields", {})
            for key, field in fields.items():
                if "SecretStr" in str(field.annotation):
                    secrets += 1
                    assert f"{key}_file" in fields, f"{name}.{key}"
        assert secrets == 3


class TestComplaints:
    @pytest.mark.parametrize("key", ["sasl_mechanism", "username", "password"])
    def test_what_a_user_lacks_is_named(self, key: str) -> None:
        lines = complaint_about(**{name: value for name, value in USER.items() if name != key}).splitlines()

        assert len(lines) == 1
        assert lines[0].startswith(f"kafka.{key}: must be set with kafka.security_protocol = 'sasl_plaintext': ")

    def test_all_that_is_lacking_is_named_at_once(self) -> None:
        complaint = complaint_about(security_protocol="sasl_ssl")

        keys = ["kafka.sasl_mechanism", "kafka.username", "kafka.password"]
        assert [line.partition(":")[0] for line in complaint.splitlines()] == keys

    @pytest.mark.parametrize("protocol", ["plaintext", "ssl"])
    @pytest.mark.parametrize("key", ["sasl_mechanism", "username", "password"])
    def test_a_user_without_sasl_is_refused(self, key: str, protocol: str) -> None:
        complaint = complaint_about(**{"security_protocol": protocol, key: USER[key]})

        assert complaint.startswith(f"kafka.{key}: has no effect with kafka.security_protocol = {protocol!r}; set that")
        assert "sasl_ssl" in complaint

    @pytest.mark.parametrize("key", ["ca_file", "certificate_file", "key_file"])
    def test_certificates_without_tls_are_refused(self, key: str) -> None:
        complaint = complaint_about(**{key: "anything"})

        assert complaint.startswith(f"kafka.{key}: has no effect with kafka.security_protocol = 'plaintext'; set that")

    @pytest.mark.parametrize("key, lacking", [("certificate_file", "key_file"), ("key_file", "certificate_file")])
    def test_a_certificate_and_its_key_come_together(self, key: str, lacking: str, certificates: Certificates) -> None:
        complaint = complaint_about(security_protocol="ssl", **{key: certificates.client})

        assert complaint.startswith(f"kafka.{lacking}: must be set with kafka.{key}")

    def test_the_mechanism_is_one_of_three(self) -> None:
        complaint = complaint_about(**USER | {"sasl_mechanism": "GSSAPI"})

        assert complaint.startswith("kafka.sasl_mechanism: ")
        assert "'SCRAM-SHA-512'" in complaint
        assert "\n" not in complaint

    @pytest.mark.parametrize("key", ["ca_file", "certificate_file", "key_file"])
    def test_a_file_that_is_missing_is_named_with_its_key(self, key: str, certificates: Certificates) -> None:
        files = {"certificate_file": certificates.client, "key_file": certificates.client_key}
        complaint = complaint_about(security_protocol="ssl", **files | {key: Path("nowhere.pem")})

        assert complaint == f"kafka.{key}: there is no file 'nowhere.pem'"

    def test_an_authority_that_is_none_is_named(self) -> None:
        Path("authority.pem").write_text("no certificate", encoding="utf-8")

        complaint = complaint_about(security_protocol="ssl", ca_file="authority.pem")
        assert complaint == "kafka.ca_file: 'authority.pem' holds no certificates in PEM"

    def test_a_key_that_is_another_one_is_named(self, certificates: Certificates, tmp_path: Path) -> None:
        other = make_certificates(tmp_path / "other")

        complaint = complaint_about(
            security_protocol="ssl", certificate_file=certificates.client, key_file=other.client_key
        )
        assert complaint.startswith("kafka.key_file: ")
        assert "is not the key of the certificate in" in complaint

    def test_an_encrypted_key_is_refused_and_nobody_is_asked_for_its_passphrase(
        self, certificates: Certificates
    ) -> None:
        key = load_pem_private_key(certificates.client_key.read_bytes(), None)
        encryption = BestAvailableEncryption(b"passphrase")
        Path("encrypted.key").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption))

        complaint = complaint_about(
            security_protocol="ssl", certificate_file=certificates.client, key_file="encrypted.key"
        )
        assert complaint == "kafka.key_file: 'encrypted.key' is encrypted; give a key without a passphrase"

    def test_a_key_that_is_none_is_named(self, certificates: Certificates) -> None:
        Path("client.key").write_text("no key", encoding="utf-8")

        complaint = complaint_about(
            security_protocol="ssl", certificate_file=certificates.client, key_file="client.key"
        )
        assert "kafka.key_file: 'client.key' must hold" in complaint

    @pytest.mark.parametrize(
        "content, words",
        [
            (b"", "is empty"),
            (b"\n", "is empty"),
            (b"\xff\xfe", "is not UTF-8 text"),
            (b"x" * 70_000, "has more than 65536 bytes"),
        ],
    )
    def test_a_password_file_without_a_password_is_named(self, content: bytes, words: str) -> None:
        Path("password").write_bytes(content)

        complaint = complaint_about(**USER | {"password": None, "password_file": "password"})
        assert complaint.startswith("kafka.password_file: 'password' ")
        assert words in complaint

    def test_a_password_file_that_is_missing_is_named(self) -> None:
        complaint = complaint_about(**USER | {"password": None, "password_file": "nowhere"})

        assert complaint == "kafka.password_file: there is no file 'nowhere'"

    def test_a_password_and_a_file_of_it_are_one_too_many(self) -> None:
        complaint = complaint_about(**USER | {"password_file": "password"})

        assert complaint == "kafka.password: set either this or kafka.password_file, not both"

    def test_a_user_within_the_addresses_is_refused_and_not_shown(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("BROKER_URL", f"kafka://desk:{SECRET}@kafka-1:9092")

        complaint = complaint_about()
        assert complaint.startswith("kafka.bootstrap_servers: holds a user; set kafka.username and kafka.password")
