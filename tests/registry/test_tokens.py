"""Tokens: the dance with the token service, who gets what, and what is wrong with a wrong one."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dockersim.registry import Registry, Rules, TokenAuth, TokenService
from dockersim.registry.tokens import LIFETIME, sign, verify
from dockersim.sim import Simulation
from dockersim.trace import events as e
from dockersim.wire import Request, Response

KEY = b"shared between the token service and the registry"
PUBLIC = {"library/hello-world", "bob/app"}


class Hub:
    """A registry and its token service, in one simulation."""

    def __init__(self) -> None:
        self.sim = Simulation()
        rules = Rules(lambda name: name in PUBLIC or name == "bob/secret", private={"bob/secret"})
        realm, service = "https://auth.docker.io/token", "registry.docker.io"
        name = "registry-1.docker.io"
        auth = TokenAuth(self.sim, name, realm=realm, service=service, key=KEY)
        self.registry = Registry(name, self.sim, auth=auth, scheme="https")
        users = {"bob": "secret", "eve": "evil"}
        self.tokens = TokenService("auth.docker.io", self.sim, service=service, key=KEY, users=users, rules=rules)

    def ask(self, party: Any, method: str, path: str, headers: Any = None, body: bytes = b"") -> Response:
        answer = party.handle(Request(method, path, dict(headers or {}), body))
        return answer if isinstance(answer, Response) else self.sim.env.run(self.sim.process(answer))

    def token(self, scope: str, user: str = "", more: str = "") -> dict[str, str]:
        headers = {"Authorization": "Basic " + base64.b64encode(user.encode()).decode()} if user else {}
        answer = self.ask(self.tokens, "GET", f"/token?scope={scope}&service=registry.docker.io{more}", headers)
        assert answer.status == 200
        return {"Authorization": "Bearer " + answer.json()["token"]}


@pytest.fixture
def hub() -> Hub:
    return Hub()


def test_the_first_answer_is_a_challenge(hub: Hub) -> None:
    answer = hub.ask(hub.registry, "GET", "/v2/")
    assert answer.status == 401
    assert answer.headers["Www-Authenticate"] == (
        'Bearer realm="https://auth.docker.io/token",service="registry.docker.io"'
    )
    assert answer.body == (b'{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":null}]}\n')


def test_the_challenge_names_the_scope(hub: Hub) -> None:
    answer = hub.ask(hub.registry, "HEAD", "/v2/library/hello-world/manifests/latest")
    assert answer.headers["Www-Authenticate"] == (
        'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",'
        'scope="repository:library/hello-world:pull"'
    )
    answer = hub.ask(hub.registry, "POST", "/v2/bob/app/blobs/uploads/?from=bob/other&mount=x")
    assert 'scope="repository:bob/app:pull,push repository:bob/other:pull"' in answer.headers["Www-Authenticate"]


def test_anybody_may_pull_what_is_public(hub: Hub) -> None:
    token = hub.token("repository:library/hello-world:pull")
    assert hub.ask(hub.registry, "GET", "/v2/", token).status == 200
    answer = hub.ask(hub.registry, "GET", "/v2/library/hello-world/manifests/latest", token)
    assert answer.json()["errors"][0]["code"] == "MANIFEST_UNKNOWN"
    issued = hub.sim.trace[0]
    assert issued == e.TokenIssued(
        0, "auth.docker.io", "registry.docker.io", "anonymous", "repository:library/hello-world:pull"
    )


def test_a_repository_that_one_may_not_read(hub: Hub) -> None:
    """The answer that ``docker pull`` turns into "pull access denied": as recorded."""
    token = hub.token("repository:nosuch:pull")
    answer = hub.ask(hub.registry, "GET", "/v2/nosuch/manifests/latest", token)
    assert answer.status == 401
    assert answer.headers["Www-Authenticate"] == (
        'Bearer realm="https://auth.docker.io/token",service="registry.docker.io",'
        'scope="repository:nosuch:pull",error="insufficient_scope"'
    )
    assert answer.json() == {
        "errors": [
            {
                "code": "UNAUTHORIZED",
                "message": "authentication required",
                "detail": [{"Type": "repository", "Class": "", "Name": "nosuch", "Action": "pull"}],
            }
        ]
    }
    refusals = [event for event in hub.sim.trace if isinstance(event, e.Decided)]
    assert [(event.outcome, event.reason) for event in refusals] == [
        ("not granted", "an anonymous caller may not pull nosuch"),
        ("refused", "the token does not grant pull on repository nosuch"),
    ]


@pytest.mark.parametrize(
    ("user", "name", "pulls", "pushes"),
    [
        ("", "library/hello-world", True, False),
        ("", "bob/app", True, False),
        ("", "bob/secret", False, False),
        ("eve:evil", "bob/secret", False, False),
        ("eve:evil", "library/hello-world", True, False),
        ("bob:secret", "bob/secret", True, True),
        ("bob:secret", "bob/new", True, True),
        ("bob:secret", "bob", False, False),
    ],
)
def test_who_may_do_what(hub: Hub, user: str, name: str, pulls: bool, pushes: bool) -> None:
    token = hub.token(f"repository:{name}:pull,push", user)
    assert (hub.ask(hub.registry, "GET", f"/v2/{name}/tags/list", token).status != 401) == pulls
    assert (hub.ask(hub.registry, "POST", f"/v2/{name}/blobs/uploads/", token).status != 401) == pushes


def test_a_wrong_password(hub: Hub) -> None:
    headers = {"Authorization": "Basic " + base64.b64encode(b"bob:x").decode()}
    path = "/token?account=bob&client_id=docker&offline_token=true&service=registry.docker.io"
    answer = hub.ask(hub.tokens, "GET", path, headers)
    assert (answer.status, answer.json()) == (401, {"details": "incorrect username or password"})


def test_a_token_ends(hub: Hub) -> None:
    token = hub.token("repository:library/hello-world:pull")
    hub.sim.env.run(LIFETIME - 1)
    assert hub.ask(hub.registry, "GET", "/v2/", token).status == 200
    hub.sim.env.run(LIFETIME)
    answer = hub.ask(hub.registry, "GET", "/v2/", token)
    assert 'error="invalid_token"' in answer.headers["Www-Authenticate"]
    decided = hub.sim.trace[-1]
    assert isinstance(decided, e.Decided)
    assert decided.reason == "the token has expired"


def test_the_form_and_the_refresh_token(hub: Hub) -> None:
    form = "grant_type=password&service=registry.docker.io&client_id=docker&access_type=offline"
    answer = hub.ask(hub.tokens, "POST", "/token", body=f"{form}&username=bob&password=secret".encode())
    refresh = answer.json()["refresh_token"]
    form = "grant_type=refresh_token&service=registry.docker.io&client_id=docker&scope=repository:bob/app:push"
    answer = hub.ask(hub.tokens, "POST", "/token", body=f"{form}&refresh_token={refresh}".encode())
    token = {"Authorization": "Bearer " + answer.json()["access_token"]}
    assert hub.ask(hub.registry, "GET", "/v2/", token).status == 200
    for body in (b"", b"\xff", b"grant_type=password&username=bob&password=x", f"{form}&refresh_token=x".encode()):
        assert hub.ask(hub.tokens, "POST", "/token", body=body).status in (400, 401)
    assert hub.ask(hub.registry, "GET", "/v2/", {"Authorization": "Bearer " + refresh}).status == 401
    assert hub.ask(hub.tokens, "GET", "/nosuch").status == 404
    assert hub.ask(hub.tokens, "DELETE", "/token").status == 405


def test_login_gets_a_refresh_token(hub: Hub) -> None:
    headers = {"Authorization": "Basic " + base64.b64encode(b"bob:secret").decode()}
    answer = hub.ask(hub.tokens, "GET", "/token?account=bob&offline_token=true", headers).json()
    assert set(answer) == {"token", "access_token", "expires_in", "issued_at", "refresh_token"}
    assert (answer["expires_in"], answer["issued_at"]) == (300, "2026-01-12T09:00:00Z")


claims = st.fixed_dictionaries({"sub": st.text(max_size=3), "aud": st.just("here"), "exp": st.integers(1, 9)})


@given(claims, st.binary(min_size=1, max_size=4), st.integers(0, 10))
def test_what_is_signed_is_verified(claims: dict[str, Any], key: bytes, now: int) -> None:
    found, reason = verify(sign(claims, key), key, "here", now)
    assert (found == claims) == (now < claims["exp"])
    assert bool(reason) == (found is None)
    assert verify(sign(claims, key), key + b"x", "here", 0) == (None, "the token's signature is wrong")
    assert verify(sign(claims, key), key, "there", 0)[0] is None


@given(st.text(max_size=12) | st.text("ab=.-_", max_size=12))
def test_no_text_is_a_token(text: str) -> None:
    assert verify(text, b"key", "here", 0)[0] is None
