"""What can go wrong on the way to a registry, in the words of Go's HTTP client and of the distribution client."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from dockersim.errors import DockersimError, NotFound, System, Unauthorized
from dockersim.sim import ConnectFailed, dial
from dockersim.wire import Response

if TYPE_CHECKING:
    from dockersim.engine.distribution.endpoints import Endpoint
    from dockersim.engine.distribution.session import Caller
    from dockersim.oci import Reference

NO_CREDENTIALS = "no basic auth credentials"
DENIED = "requested access to the resource is denied"


class TransportError(DockersimError):
    """No answer came: ``reason`` says why, without the request that ``message`` names."""

    def __init__(self, method: str, url: str, reason: str) -> None:
        super().__init__(f'{method.capitalize()} "{url}": {reason}')
        self.reason = reason


class RegistryError(DockersimError):
    """The registry refused, with one of the codes of the Distribution API."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(f"{code.lower().replace('_', ' ')}: {text}")
        self.code = code
        self.text = text


class UnexpectedAnswer(DockersimError):
    """The registry answered with what is no answer of the Distribution API."""


def refusal(response: Response, body: bytes) -> DockersimError:
    """The error in a response whose status is 400 or more."""
    status = response.status
    if status >= 500:
        return UnexpectedAnswer(f"received unexpected HTTP status: {status} {response.reason}")
    challenge = header(response, "WWW-Authenticate")
    if status == 401 and 'error="insufficient_scope"' in challenge:
        return RegistryError("DENIED", DENIED)
    try:
        value = json.loads(body)
        listed = value.get("errors") or []
        details = value.get("details", "")
    except (ValueError, AttributeError):
        if status == 401:
            return RegistryError("UNAUTHORIZED", "authentication required")
        return UnexpectedAnswer(f"error parsing HTTP {status} response body: {_not_json(body)}")
    if details:
        codes = {401: "UNAUTHORIZED", 429: "TOOMANYREQUESTS"}
        return RegistryError(codes.get(status, "UNKNOWN"), str(details))
    if not listed or not isinstance(listed[0], dict):
        if status == 401:
            return RegistryError("UNAUTHORIZED", "authentication required")
        return UnexpectedAnswer(f"received unexpected HTTP status: {status} {response.reason}")
    first = listed[0]
    code = str(first.get("code") or "UNKNOWN")
    return RegistryError(code, str(first.get("message") or code.lower().replace("_", " ")))


def _not_json(body: bytes) -> str:
    """What Go's decoder says of a body that is no JSON."""
    text = body.decode(errors="replace")
    if not text.strip():
        return 'unexpected end of JSON input: ""'
    return f"invalid character {text.strip()[0]!r} looking for beginning of value: {json.dumps(text)}"


def connect_reason(failed: ConnectFailed, endpoint: Endpoint, engine: Caller, *, ping: bool) -> str:
    """Why there is no connection to a registry, as Go's HTTP client says it."""
    if failed.kind == "timeout" and ping:
        return (
            "net/http: request canceled while waiting for connection (Client.Timeout exceeded while awaiting headers)"
        )
    return dial_failure(failed, "tcp", endpoint.host, endpoint.port, engine)


def dial_failure(failed: ConnectFailed, protocol: str, host: str, port: int | str, engine: Caller) -> str:
    """Why there is no connection from the daemon's host to ``host``:``port``, as Go's dialer says it."""
    return dial.dial_failure(failed, protocol, host, port, engine.stack, dial.resolv_conf(engine.host.vfs))


def translate_pull(error: DockersimError, reference: Reference) -> DockersimError:
    """A registry's refusal as the failure of a whole pull."""
    if isinstance(error, RegistryError):
        if error.code == "DENIED":
            return NotFound(
                f"pull access denied for {reference.familiar_name}, repository does not exist or may require "
                f"'docker login': {error.message}"
            )
        if error.code == "MANIFEST_UNKNOWN":
            return NotFound(f"manifest for {reference.familiar} not found: {error.message}")
        if error.code == "NAME_UNKNOWN":
            return NotFound(f"repository {reference.familiar_name} not found: {error.message}")
        if error.code == "UNAUTHORIZED":
            return Unauthorized(error.message)
    if type(error) in (TransportError, RegistryError, UnexpectedAnswer):
        return System(error.message)
    return error


def header(response: Response, name: str) -> str:
    """A header by its name, in whatever case it was written."""
    value = response.headers.get(name)
    if value is not None:
        return value
    lower = name.lower()
    return next((value for key, value in response.headers.items() if key.lower() == lower), "")
