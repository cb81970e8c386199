"""The settings of the web port."""

from __future__ import annotations

from pydantic import Field

from stream.section import Section


class WebSettings(Section):
    """Where the numbers are served."""

    host: str = Field("127.0.0.1", description="Address to listen on.")
    port: int = Field(6066, ge=0, le=65535, description="Port to listen on; 0 takes a free one.")
