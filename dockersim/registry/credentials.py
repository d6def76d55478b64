"""Names and passwords in a request."""

from __future__ import annotations

import base64

from dockersim.wire import Request


def basic_credentials(request: Request) -> tuple[str, str]:
    """Name and password of an ``Authorization: Basic`` header; both empty where there is none."""
    scheme, _, packed = request.header("Authorization").partition(" ")
    if scheme.lower() != "basic":
        return "", ""
    try:
        account, _, password = base64.b64decode(packed, validate=True).decode().partition(":")
    except ValueError:
        return "", ""
    return account, password
