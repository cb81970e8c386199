"""Secrets among the settings: given as they are, or as a file that holds them."""

from __future__ import annotations

from pathlib import Path

from pydantic import SecretStr

_LARGEST_FILE = 65_536


def read_secret(key: str, value: SecretStr | None, file: Path | None) -> SecretStr | None:
    """The secret that is set as ``key`` or lies in the file that ``key`` with ``_file`` names, ``None`` if neither is.

    A line break at the file's end is no part of it. Raises ``ValueError`` with a line that begins with the
    key's path and never holds the secret.
    """
    if value is not None and file is not None:
        raise ValueError(f"{key}: set either this or {key}_file, not both")
    if file is None:
        if value is not None and not value.get_secret_value():
            raise ValueError(f"{key}: must not be empty; leave it out, or give the secret")
        return value
    text = readable_text(f"{key}_file", file).removesuffix("\n").removesuffix("\r")
    if not text:
        raise ValueError(f"{key}_file: {str(file)!r} is empty, it must hold the secret")
    return SecretStr(text)


def readable_text(key: str, file: Path) -> str:
    """The text of a file of the settings; raises ``ValueError`` with the key's path if it cannot be read."""
    try:
        if not file.is_file():
            raise ValueError(f"{key}: there is no file {str(file)!r}")
        with file.open("rb") as opened:
            content = opened.read(_LARGEST_FILE + 1)
    except OSError as error:
        raise ValueError(f"{key}: cannot read {str(file)!r}: {error.strerror}") from error
    if len(content) > _LARGEST_FILE:
        raise ValueError(f"{key}: {str(file)!r} has more than {_LARGEST_FILE} bytes, so it is the wrong file")
    try:
        return content.decode()
    except UnicodeDecodeError:
        raise ValueError(f"{key}: {str(file)!r} is not UTF-8 text") from None
