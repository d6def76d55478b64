"""Pushing: what is asked, what is sent, and that a pull gives the same image back."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockersim.fs import Node
from dockersim.trace import events

from .conftest import Lab, built, publish

LAYERS = st.lists(
    st.dictionaries(st.sampled_from(["/a", "/b", "/etc/c"]), st.binary(max_size=30), min_size=1), min_size=1, max_size=4
)
ALICE = base64.urlsafe_b64encode(json.dumps({"username": "alice", "password": "secret"}).encode()).decode()


def tagged(lab: Lab, repository: str, tag: str = "v1", image: str = "hello-world") -> None:
    assert lab.call("POST", f"/images/{image}/tag?repo={repository}&tag={tag}").status == 201


def short(line: str) -> str:
    """A request without an upload's identity and digits."""
    method, _, rest = line.partition(" ")
    path, _, status = rest.rpartition(" ")
    head = path.partition("?")[0]
    if "/uploads/" in head:
        head = head[: head.index("/uploads/") + 9]
    elif "sha256:" in head:
        head = head[: head.index("sha256:")] + "DIGEST"
    return f"{method} {head} {status}"


def test_the_messages_are_those_of_a_real_push(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    tagged(lab, "localhost:5000/mine")
    start = lab.sim.trace.end
    answer = lab.call("POST", "/images/localhost:5000/mine/push?tag=v1")
    where = "localhost:5000/v2/mine"
    assert [short(line) for line in lab.wires(start)] == [
        "GET localhost:5000/v2/ 200",
        f"HEAD {where}/blobs/DIGEST 404",
        f"POST {where}/blobs/uploads/ 202",
        f"PATCH {where}/blobs/uploads/ 202",
        f"PUT {where}/blobs/uploads/ 201",
        f"HEAD {where}/blobs/DIGEST 200",
        f"HEAD {where}/blobs/DIGEST 404",
        f"POST {where}/blobs/uploads/ 202",
        f"PATCH {where}/blobs/uploads/ 202",
        f"PUT {where}/blobs/uploads/ 201",
        f"HEAD {where}/blobs/DIGEST 200",
        f"PUT {where}/manifests/v1 201",
    ]
    layer = lab.images.get("hello-world").diff_ids[0].short
    digest, manifest = lab.open.storage.manifest("mine", "v1")
    assert answer.told == [
        "The push refers to repository [localhost:5000/mine]",
        f"{layer}: Preparing",
        f"{layer}: Pushed",
        f"v1: digest: {digest} size: {manifest.size}",
    ]
    assert answer.lines[-1] == {"progressDetail": {}, "aux": {"Tag": "v1", "Digest": digest, "Size": manifest.size}}
    assert f"localhost:5000/mine@{digest}" in lab.images.get("hello-world").repo_digests
    assert lab.engine.events.history[-1]["Actor"] == {
        "ID": "localhost:5000/mine:v1",
        "Attributes": {"name": "localhost:5000/mine"},
    }


def test_what_is_there_is_not_sent_again(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    tagged(lab, "localhost:5000/mine")
    lab.call("POST", "/images/localhost:5000/mine/push?tag=v1")
    start = lab.sim.trace.end
    answer = lab.call("POST", "/images/localhost:5000/mine/push?tag=v1")
    assert answer.told[2].endswith("Layer already exists")
    assert [short(line).split()[0] for line in lab.wires(start)] == ["GET", "HEAD", "HEAD", "PUT"]
    assert not lab.trace(events.BlobStored, start=start)


def test_another_repository_of_the_registry_lends_its_layers(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    for name in ("mine", "yours"):
        tagged(lab, f"localhost:5000/{name}")
        answer = lab.call("POST", f"/images/localhost:5000/{name}/push?tag=v1")
    assert answer.told[2].endswith("Mounted from mine")


@given(LAYERS)
@settings(max_examples=15, deadline=None)
def test_push_and_pull_give_the_same_image_back(layers: Any) -> None:
    lab = Lab()
    publish(lab.hub, "library/x", built(*layers))
    lab.pull("docker.io/library/x")
    before = lab.images.get("x")
    identity, tree, raw = before.id, before.tree, before.config.raw
    tagged(lab, "localhost:5000/x", image="x")
    assert "digest: sha256:" in lab.call("POST", "/images/localhost:5000/x/push?tag=v1").told[-1]
    lab.call("DELETE", "/images/x")
    lab.call("DELETE", "/images/localhost:5000/x:v1")
    assert lab.kept() == ([], [], [], [])
    assert lab.pull("localhost:5000/x", "v1").told[-1].startswith("Status: Downloaded newer image")
    after = lab.images.get("localhost:5000/x:v1")
    assert (after.id, after.tree, after.config.raw) == (identity, tree, raw)


def test_large_layers_take_their_time(lab: Lab) -> None:
    publish(lab.hub, "library/big", built({"/big": Node.file(b"big", nominal=50_000_000)}))
    lab.pull("docker.io/library/big")
    tagged(lab, "alice/big", image="big")
    start = lab.sim.now
    answer = lab.call("POST", "/images/alice/big/push?tag=v1", headers={"X-Registry-Auth": ALICE})
    pushing = [line["progressDetail"] for line in answer.lines if line.get("status") == "Pushing"]
    assert len(pushing) > 10
    assert pushing[-1] == {"current": 50_000_384 + 1536, "total": 50_000_000}
    assert lab.sim.now - start > 19e6 / 12.5e6
    assert answer.told[-1].startswith("v1: digest: sha256:")


@pytest.mark.parametrize(
    ("tag", "path", "told"),
    [
        ("", "neverbuilt/push?tag=latest", "An image does not exist locally with the tag: neverbuilt"),
        (
            "localhost:5000/mine",
            "localhost:5000/mine/push?tag=nosuch",
            "tag does not exist: localhost:5000/mine:nosuch",
        ),
        ("localhost:5002/app", "localhost:5002/app/push?tag=v1", "no basic auth credentials"),
        ("bob/app", "bob/app/push?tag=v1", "denied: requested access to the resource is denied"),
        (
            "localhost:5999/app",
            "localhost:5999/app/push?tag=v1",
            'Get "http://localhost:5999/v2/": dial tcp [::1]:5999: connect: connection refused',
        ),
    ],
)
def test_refusals_are_told_in_the_stream(lab: Lab, tag: str, path: str, told: str) -> None:
    lab.pull("docker.io/library/hello-world")
    if tag:
        tagged(lab, tag)
    answer = lab.call("POST", f"/images/{path}")
    assert answer.status == 200
    assert answer.told[0].startswith("The push refers to repository [")
    assert answer.told[-1] == f"error: {told}"


def test_all_tags_of_a_repository(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    tagged(lab, "localhost:5000/mine", "v1")
    tagged(lab, "localhost:5000/mine", "v2")
    told = lab.call("POST", "/images/localhost:5000/mine/push").told
    assert [line.partition(":")[0] for line in told if "digest: " in line] == ["v1", "v2"]


def test_credentials(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    for name in ("localhost:5002/app", "alice/app"):
        tagged(lab, name)
        answer = lab.call("POST", f"/images/{name}/push?tag=v1", headers={"X-Registry-Auth": ALICE})
        assert answer.told[-1].startswith("v1: digest: sha256:")
