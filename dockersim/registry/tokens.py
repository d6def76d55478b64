"""The token service: who one is, and what one may do, in a signed note that a registry can read by itself.

The exchange is the Distribution project's token authentication: ``GET /token`` with optional Basic credentials, or
the OAuth2 form as ``POST``. The token is a JSON Web Token signed with HMAC-SHA-256; its times are simulated.
"""

from __future__ import annotations

import base64
import hmac
import json
from collections.abc import Callable, Collection, Mapping
from typing import Any
from urllib.parse import parse_qs

from dockersim.registry.credentials import basic_credentials
from dockersim.sim import Simulation, read_all
from dockersim.trace import events as e
from dockersim.units.time import rfc3339nano
from dockersim.wire import Request, Response, Steps, json_bytes

LIFETIME = 300
"""Seconds that a token is good for."""


def sign(claims: Mapping[str, Any], key: bytes) -> str:
    """``claims`` as a JSON Web Token."""
    head = _pack(b'{"typ":"JWT","alg":"HS256"}')
    body = _pack(json.dumps(claims, separators=(",", ":")).encode())
    return f"{head}.{body}.{_pack(hmac.digest(key, f'{head}.{body}'.encode(), 'sha256'))}"


def verify(token: str, key: bytes, audience: str, now: float) -> tuple[dict[str, Any] | None, str]:
    """The claims of a token that is good at ``now`` (unix seconds), or none and the reason."""
    head, _, rest = token.partition(".")
    body, _, signature = rest.partition(".")
    try:
        signed = hmac.digest(key, f"{head}.{body}".encode(), "sha256")
        if not hmac.compare_digest(_unpack(signature), signed):
            return None, "the token's signature is wrong"
        claims: dict[str, Any] = json.loads(_unpack(body))
    except ValueError:
        return None, "the token cannot be read"
    if claims.get("aud") != audience:
        return None, f"the token is for {claims.get('aud')}, not for {audience}"
    if now >= claims.get("exp", 0):
        return None, "the token has expired"
    return claims, ""


class Rules:
    """What Docker Hub allows: everybody pulls what is public; only its owner pushes to a namespace.

    ``exists`` tells whether a repository is there at all: nobody learns the difference between a private repository
    of somebody else and none.
    """

    def __init__(self, exists: Callable[[str], bool], private: Collection[str] = ()) -> None:
        self._exists = exists
        self.private = private

    def allows(self, account: str, type: str, name: str, action: str) -> bool:
        owner = bool(account) and name.partition("/")[0] == account and "/" in name
        if type != "repository":
            return False
        if action == "pull":
            return owner or (name not in self.private and self._exists(name))
        return owner


class TokenService:
    """Issues tokens for ``service`` to ``users`` (name to password) and to anonymous callers, as ``rules`` allow."""

    def __init__(
        self, name: str, sim: Simulation, *, service: str, key: bytes, users: Mapping[str, str], rules: Rules
    ) -> None:
        self.name = name
        self.service = service
        self.users = users
        self._sim = sim
        self._key = key
        self._rules = rules

    def handle(self, request: Request) -> Response | Steps:
        """``GET`` or ``POST /token``."""
        if request.path != "/token":
            return _answer(404, {"detail": "not found"})
        if request.method == "POST":
            return self._oauth(request)
        if request.method == "GET":
            return self._get(request)
        return _answer(405, {"detail": "method not allowed"})

    def _get(self, request: Request) -> Response:
        account, password = basic_credentials(request)
        if request.header("Authorization") and not self._knows(account, password):
            return self._refuse(account)
        token, issued = self._issue(account, request.query_all("scope"))
        answer: dict[str, Any] = {"token": token, "access_token": token, "expires_in": LIFETIME, "issued_at": issued}
        if account and request.flag("offline_token"):
            answer["refresh_token"] = self._refresh_token(account)
        return _answer(200, answer)

    def _oauth(self, request: Request) -> Steps:
        raw = yield from read_all(request.body)
        try:
            form = {key: values[0] for key, values in parse_qs(raw.decode()).items()}
        except ValueError:
            return _answer(400, {"details": "the form cannot be read"})
        account = form.get("username", "")
        grant = form.get("grant_type", "")
        if grant == "password":
            known = self._knows(account, form.get("password", ""))
        elif grant == "refresh_token":
            claims, _ = verify(form.get("refresh_token", ""), self._key, self.name, self._sim.time())
            account = str(claims["sub"]) if claims is not None else ""
            known = account in self.users
        else:
            return _answer(400, {"details": f"unsupported grant_type {grant!r}"})
        if not known:
            return self._refuse(account)
        scope = form.get("scope", "")
        token, issued = self._issue(account, [scope])
        answer: dict[str, Any] = {"access_token": token, "scope": scope, "expires_in": LIFETIME, "issued_at": issued}
        if grant == "refresh_token" or form.get("access_type") == "offline":
            answer["refresh_token"] = self._refresh_token(account)
        return _answer(200, answer)

    def _knows(self, account: str, password: str) -> bool:
        return bool(account) and self.users.get(account) == password

    def _refuse(self, account: str) -> Response:
        reason = "the password is wrong" if account in self.users else "there is no such account"
        self._sim.trace.record(e.Decided, self.name, f"token for {account}", "refused", reason)
        return _answer(401, {"details": "incorrect username or password"})

    def _issue(self, account: str, scopes: list[str]) -> tuple[str, str]:
        access = self._access(account, scopes)
        claims = self._claims(account, self.service, LIFETIME) | {"access": access}
        granted = " ".join(f"{entry['type']}:{entry['name']}:{','.join(entry['actions'])}" for entry in access)
        self._sim.trace.record(e.TokenIssued, self.name, self.service, account or "anonymous", granted)
        return sign(claims, self._key), rfc3339nano(self._sim.nanoseconds())

    def _refresh_token(self, account: str) -> str:
        return sign(self._claims(account, self.name, 10 * 365 * 86_400), self._key)

    def _claims(self, account: str, audience: str, lifetime: int) -> dict[str, Any]:
        now = int(self._sim.time())
        times = {"exp": now + lifetime, "nbf": now, "iat": now}
        return {"iss": self.name, "sub": account, "aud": audience, **times, "jti": self._sim.hex(32)}

    def _access(self, account: str, scopes: list[str]) -> list[dict[str, Any]]:
        """What is granted of what was asked for; a refusal is recorded, not told: the registry will say so."""
        access = []
        for scope in " ".join(scopes).split():
            type, _, rest = scope.partition(":")
            name, _, actions = rest.rpartition(":")
            wanted = [action for action in actions.split(",") if action]
            granted = [action for action in wanted if self._rules.allows(account, type, name, action)]
            if granted:
                access.append({"type": type, "name": name, "actions": granted})
            if granted != wanted:
                refused = ",".join(action for action in wanted if action not in granted)
                reason = f"{account or 'an anonymous caller'} may not {refused} {name}"
                self._sim.trace.record(e.Decided, self.name, scope, "not granted", reason)
        return access


def _answer(status: int, value: Any) -> Response:
    body = json_bytes(value)
    return Response(status, {"Content-Type": "application/json", "Content-Length": str(len(body))}, body)


def _pack(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _unpack(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
