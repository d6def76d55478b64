"""Floor 1: requests, responses, routing and stream frames. No clock, no actors."""

from dockersim.wire.message import (
    Duplex,
    Handler,
    Headers,
    Request,
    Response,
    Source,
    Steps,
    json_bytes,
    json_response,
    with_query,
)
from dockersim.wire.router import Router

__all__ = [
    "Duplex",
    "Handler",
    "Headers",
    "Request",
    "Response",
    "Router",
    "Source",
    "Steps",
    "json_bytes",
    "json_response",
    "with_query",
]
