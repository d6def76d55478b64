"""Login, search, and what a registry has under a name."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .conftest import HELLO, Lab, built, publish

RESULTS = [
    {"name": "nginx", "description": "Official build of Nginx.", "star_count": 20000, "is_official": True},
    {"name": "bitnami/nginx", "description": "", "star_count": 200, "is_official": False},
]


def login(lab: Lab, user: str, password: str, server: str) -> Any:
    body = json.dumps({"username": user, "password": password, "serveraddress": server}).encode()
    return lab.call("POST", "/auth", body, {"Content-Type": "application/json"})


@pytest.mark.parametrize("server", ["localhost:5002", "https://index.docker.io/v1/", "localhost:5000"])
def test_the_right_password(lab: Lab, server: str) -> None:
    answer = login(lab, "alice", "secret", server)
    assert (answer.status, answer.body) == (200, b'{"IdentityToken":"","Status":"Login Succeeded"}\n')


@pytest.mark.parametrize(
    ("server", "status", "message"),
    [
        ("localhost:5002", 500, "login attempt to http://localhost:5002/v2/ failed with status: 401 Unauthorized"),
        ("", 401, 'Get "https://registry-1.docker.io/v2/": unauthorized: incorrect username or password'),
        ("localhost:5999", 500, 'Get "http://localhost:5999/v2/": dial tcp [::1]:5999: connect: connection refused'),
        (
            "nosuch.invalid",
            500,
            'Get "https://nosuch.invalid/v2/": dial tcp: lookup nosuch.invalid on 192.0.2.53:53: no such host',
        ),
    ],
)
def test_wrong_passwords_and_places(lab: Lab, server: str, status: int, message: str) -> None:
    answer = login(lab, "alice", "wrong", server)
    assert (answer.status, answer.message) == (status, message)


def test_login_asks_for_a_token_with_the_password(lab: Lab) -> None:
    login(lab, "alice", "secret", "")
    assert lab.wires() == [
        "GET registry-1.docker.io/v2/ 401",
        "GET auth.docker.io/token?account=alice&client_id=docker&offline_token=true&service=registry.docker.io 200",
        "GET registry-1.docker.io/v2/ 200",
    ]


def test_search(lab: Lab) -> None:
    lab.engine.search = lambda term: [result for result in RESULTS if term in result["name"]]
    assert lab.call("GET", "/images/search?term=nginx").json == RESULTS
    assert lab.call("GET", "/images/search?term=nginx&limit=1").json == RESULTS[:1]
    for filters, count in (('{"stars":{"300":true}}', 1), ('{"is-official":{"false":true}}', 1)):
        assert len(lab.call("GET", f"/images/search?term=nginx&filters={filters}").json) == count
    for query, message in (
        ("limit=1000&term=nginx", "limit 1000 is outside the range of [1, 100]"),
        ("term=nginx&filters={%22nosuch%22:{%221%22:true}}", "invalid filter 'nosuch'"),
    ):
        answer = lab.call("GET", f"/images/search?{query}")
        assert (answer.status, answer.message) == (400, message)
    answer = lab.call("GET", "/images/search?term=localhost:5000/nginx")
    assert (answer.status, answer.message) == (500, "Unexpected status code 404")


def test_search_needs_a_network(lab: Lab) -> None:
    lab.engine.stack.online = False
    assert lab.call("GET", "/images/search?term=nginx").message == (
        'Get "https://index.docker.io/v1/search?q=nginx&n=25": dial tcp: lookup index.docker.io on 192.0.2.53:53: '
        "dial udp 192.0.2.53:53: connect: network is unreachable"
    )


def test_distribution(lab: Lab) -> None:
    digest = publish(lab.open, "app", built(HELLO))
    answer = lab.call("GET", "/distribution/localhost:5000/app/json").json
    assert answer["Descriptor"]["digest"] == digest
    assert answer["Platforms"] == [{"architecture": "amd64", "os": "linux"}]
    manifest = lab.open.storage.manifest("app", "latest")[1].references[0].digest
    assert lab.call("GET", f"/distribution/localhost:5000/app@{manifest}/json").json["Platforms"] == answer["Platforms"]
    assert lab.call("GET", "/distribution/localhost:5000/nosuch/json").status == 404


def test_builds_leave_no_cache(lab: Lab) -> None:
    assert lab.call("POST", "/build/prune").json == {"CachesDeleted": None, "SpaceReclaimed": 0}
