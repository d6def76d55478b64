"""Who may do what at a registry: nobody asked, a password file, or a token from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple, Protocol

from dockersim.registry.credentials import basic_credentials
from dockersim.registry.errors import RegistryError
from dockersim.registry.tokens import verify
from dockersim.sim import Simulation
from dockersim.trace import events as e
from dockersim.wire import Request


class Access(NamedTuple):
    """One right: an action on a resource, such as pull on repository library/nginx."""

    type: str
    name: str
    action: str


class Auth(Protocol):
    """How a registry knows its callers."""

    def authorize(self, request: Request, wanted: list[Access]) -> str:
        """The account that may have what is ``wanted``, empty for anonymous. Raises ``UNAUTHORIZED``."""
        ...


class Basic:
    """Names and passwords, as the reference registry reads them from an htpasswd file."""

    def __init__(self, users: Mapping[str, str], realm: str = "Registry Realm") -> None:
        self._users = dict(users)
        self.realm = realm

    def authorize(self, request: Request, wanted: list[Access]) -> str:
        account, password = basic_credentials(request)
        if account and self._users.get(account) == password:
            return account
        raise unauthorized(f'Basic realm="{self.realm}"', wanted)


class TokenAuth:
    """Bearer tokens of the token service at ``realm``, signed with the ``key`` that it shares with the registry."""

    def __init__(self, sim: Simulation, host: str, *, realm: str, service: str, key: bytes) -> None:
        self._sim = sim
        self._host = host
        self._key = key
        self.realm = realm
        self.service = service

    def authorize(self, request: Request, wanted: list[Access]) -> str:
        scheme, _, token = request.header("Authorization").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise self._challenge(request, wanted, "", "no token was sent")
        claims, reason = verify(token.strip(), self._key, self.service, self._sim.time())
        if claims is None:
            raise self._challenge(request, wanted, "invalid_token", reason)
        granted = _granted(claims)
        for access in wanted:
            if access not in granted:
                reason = f"the token does not grant {access.action} on {access.type} {access.name}"
                raise self._challenge(request, wanted, "insufficient_scope", reason)
        return str(claims.get("sub", ""))

    def _challenge(self, request: Request, wanted: list[Access], error: str, reason: str) -> RegistryError:
        self._sim.trace.record(e.Decided, self._host, f"{request.method} {request.path}", "refused", reason)
        text = f'Bearer realm="{self.realm}",service="{self.service}"'
        if wanted:
            text += f',scope="{scope_of(wanted)}"'
        if error:
            text += f',error="{error}"'
        return unauthorized(text, wanted)


def unauthorized(challenge: str, wanted: list[Access]) -> RegistryError:
    """The 401 that says how to do better."""
    detail = [{"Type": type, "Class": "", "Name": name, "Action": action} for type, name, action in wanted] or None
    return RegistryError("UNAUTHORIZED", detail, headers={"Www-Authenticate": challenge})


def scope_of(wanted: Iterable[Access]) -> str:
    """Rights as a challenge names them: ``repository:library/nginx:pull,push``."""
    actions: dict[tuple[str, str], list[str]] = {}
    for type, name, action in wanted:
        actions.setdefault((type, name), []).append(action)
    return " ".join(f"{type}:{name}:{','.join(of)}" for (type, name), of in actions.items())


def _granted(claims: dict[str, Any]) -> set[Access]:
    return {
        Access(entry["type"], entry["name"], action)
        for entry in claims.get("access", ())
        for action in entry["actions"]
    }
