"""Pulling: the messages on the wire, the words in the stream, and what is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockersim.fs import Node
from dockersim.oci import Digest
from dockersim.registry import PullLimit
from dockersim.sim import Service, exchange
from dockersim.trace import events
from dockersim.wire import Request, Response

from .conftest import ARM64, HELLO, Lab, built, publish

FILES = st.dictionaries(
    st.sampled_from(["/a", "/b", "/etc/c", "/etc/d/e", "/usr/f"]), st.binary(max_size=40), min_size=1, max_size=3
)
LAYERS = st.lists(FILES, min_size=1, max_size=5)


def test_the_messages_are_those_of_a_real_pull(lab: Lab) -> None:
    index = publish(lab.hub, "library/hello-world", built(HELLO), built(HELLO, platform=ARM64))
    answer = lab.pull("docker.io/library/hello-world")
    assert answer.status == 200
    image = lab.images.get("hello-world")
    manifest = lab.hub.storage.manifest("library/hello-world", index)[1].references[0].digest
    layer = lab.images.blobs(image.diff_ids[0])[0].descriptor.digest
    where = "registry-1.docker.io/v2/library/hello-world"
    assert lab.wires() == [
        "GET registry-1.docker.io/v2/ 401",
        "GET auth.docker.io/token?scope=repository%3Alibrary%2Fhello-world%3Apull&service=registry.docker.io 200",
        f"HEAD {where}/manifests/latest 200",
        f"GET {where}/manifests/{index} 200",
        f"GET {where}/manifests/{manifest} 200",
        f"GET {where}/blobs/{image.id} 200",
        f"GET {where}/blobs/{layer} 200",
    ]


def test_the_stream_is_that_of_a_real_pull(lab: Lab) -> None:
    answer = lab.pull("docker.io/library/hello-world")
    layer = lab.images.blobs(lab.images.get("hello-world").diff_ids[0])[0].descriptor
    short, size = layer.digest.short, layer.nominal
    full = f"[{'=' * 50}>]  {size / 1000:.4g}kB/{size / 1000:.4g}kB"
    done = {"progressDetail": {"current": size, "total": size}, "progress": full, "id": short}
    assert answer.lines == [
        {"status": "Pulling from library/hello-world", "id": "latest"},
        {"status": "Pulling fs layer", "progressDetail": {}, "id": short},
        {"status": "Downloading", **done},
        {"status": "Verifying Checksum", "progressDetail": {}, "id": short},
        {"status": "Download complete", "progressDetail": {}, "id": short},
        {"status": "Extracting", **done},
        {"status": "Extracting", **done},
        {"status": "Pull complete", "progressDetail": {}, "id": short},
        {"status": f"Digest: {lab.images.get('hello-world').repo_digests[0].partition('@')[2]}"},
        {"status": "Status: Downloaded newer image for hello-world:latest"},
    ]
    assert answer.body.endswith(b"}\r\n")
    assert b"\\u003e]" in answer.body


def test_the_headers_say_who_asks_and_what_is_understood(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    sent = [event for event in lab.trace(events.RequestSent) if event.source == "daemon"]
    for event in sent:
        assert event.headers["User-Agent"].startswith("docker/28.")
        assert event.headers["User-Agent"].endswith(r"UpstreamClient(Docker-Client/28.2.2 \(linux\))")
        assert event.headers["Host"] == event.target
    assert "Authorization" not in sent[0].headers
    assert "application/vnd.oci.image.index.v1+json" in sent[2].headers["Accept"]
    assert all(event.headers["Authorization"].startswith("Bearer ") for event in sent[2:])


def test_a_second_pull_asks_for_the_tag_only(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    before, start = lab.kept(), lab.sim.trace.end
    answer = lab.pull("docker.io/library/hello-world")
    assert answer.told[-1] == "Status: Image is up to date for hello-world:latest"
    assert lab.wires(start)[-1].startswith("HEAD registry-1.docker.io/v2/library/hello-world/manifests/latest")
    assert lab.kept() == before
    assert not lab.trace(events.BlobStored, events.LayerAdded, events.ImageAdded, start=start)
    assert "already" in lab.trace(events.Decided, start=start)[-1].reason


def test_the_daemon_tells_its_events(lab: Lab) -> None:
    publish(lab.hub, "library/web", built(HELLO, Labels={"maintainer": "me"}))
    lab.pull("docker.io/library/web")
    message = lab.engine.events.history[-1]
    assert (message["Action"], message["Actor"]["ID"]) == ("pull", "web:latest")
    assert message["Actor"]["Attributes"] == {"maintainer": "me", "name": "web"}


@given(LAYERS, LAYERS)
@settings(max_examples=15, deadline=None)
def test_layers_below_that_are_here_are_not_fetched_again(common: Any, other: Any) -> None:
    lab = Lab()
    publish(lab.hub, "library/one", built(*common))
    publish(lab.hub, "library/two", built(*common, *other))
    lab.pull("docker.io/library/one")
    start = lab.sim.trace.end
    answer = lab.pull("docker.io/library/two")
    assert answer.told[-1].startswith("Status: Downloaded newer image")
    one, two = lab.images.get("one"), lab.images.get("two")
    assert two.chain_ids[: len(one.chain_ids)] == one.chain_ids
    assert sum("Already exists" in line for line in answer.told) == len(common)
    assert len(lab.trace(events.LayerReused, start=start)) == len(common)
    assert [event.chain_id for event in lab.trace(events.LayerAdded, start=start)] == list(two.chain_ids)[len(common) :]
    assert two.tree == built(*common, *other).tree


@given(LAYERS)
@settings(max_examples=15, deadline=None)
def test_a_pulled_image_is_the_published_one_and_pulling_twice_stores_nothing_new(layers: Any) -> None:
    lab = Lab()
    source = built(*layers)
    publish(lab.hub, "library/x", source)
    lab.pull("docker.io/library/x")
    image = lab.images.get("x")
    assert (image.id, image.config.raw, image.diff_ids) == (
        source.config.digest,
        source.config.raw,
        source.config.diff_ids,
    )
    assert image.tree == source.tree
    assert all(digest == Digest.of(lab.engine.content.get(digest)) for digest, _ in lab.engine.content.walk())
    before = lab.kept()
    lab.pull("docker.io/library/x")
    assert lab.kept() == before
    scene = lab.sim.trace.scene()
    assert set(scene.blobs["daemon"]) == {digest for digest, _ in lab.engine.content.walk()}
    assert set(scene.layers["daemon"]) == set(image.chain_ids)
    assert scene.references["daemon"] == dict(lab.images.references.items())


@given(LAYERS, st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 255))
@settings(max_examples=30, deadline=None)
def test_content_that_was_tampered_with_is_refused_whole(layers: Any, which: int, where: int, flip: int) -> None:
    lab = Lab()
    publish(lab.hub, "library/x", built(*layers))
    digests = [str(digest) for digest, _ in lab.hub.storage.content.walk()]
    chosen = digests[which % len(digests)]

    def tamper(request: Request, response: Response) -> None:
        if request.method == "GET" and request.path.endswith(chosen) and isinstance(response.body, bytes):
            body = bytearray(response.body)
            body[where % len(body)] ^= flip
            response.body = bytes(body)

    lab.tamper = tamper
    nothing = lab.kept()
    answer = lab.pull("docker.io/library/x")
    text = answer.told[-1] if answer.status == 200 else answer.message
    assert f"verification failed for digest {chosen}" in text
    (refused,) = lab.trace(events.BlobRefused)
    assert (refused.host, refused.expected) == ("daemon", chosen)
    assert lab.kept() == nothing
    lab.tamper = lambda request, response: None
    assert lab.pull("docker.io/library/x").told[-1].startswith("Status: Downloaded newer image")


BIG = Node.file(b"big" * 400, nominal=40_000_000)


@given(st.floats(0, 4), st.sampled_from(["registry-1.docker.io", "auth.docker.io"]))
@settings(max_examples=30, deadline=None)
def test_a_wire_cut_at_any_moment_leaves_nothing_half_stored(moment: float, party: str) -> None:
    lab = Lab()
    publish(lab.hub, "library/x", built({"/big": BIG}, {"/b": b"b"}, {"/c": BIG}))
    nothing = lab.kept()
    lab.sim.process(_cut(lab, party, moment))
    answer = lab.pull("docker.io/library/x")
    failed = answer.status != 200 or answer.told[-1].startswith("error: ")
    if failed:
        assert lab.kept() == nothing
    else:
        assert lab.images.get("x").tree == built({"/big": BIG}, {"/b": b"b"}, {"/c": BIG}).tree
    lab.sim.env.run()
    lab.net.mend("daemon", party)
    assert lab.pull("docker.io/library/x").told[-1].startswith("Status: ")


def _cut(lab: Lab, party: str, moment: float) -> Any:
    yield lab.sim.timeout(moment)
    lab.net.cut("daemon", party)


@pytest.mark.parametrize("chunks", range(0, 40, 3))
def test_a_client_that_goes_away_cancels_the_pull(lab: Lab, chunks: int) -> None:
    publish(lab.hub, "library/x", built({"/big": BIG}, {"/b": b"b"}, {"/c": BIG}))
    nothing = lab.kept()
    lab.sim.env.run(lab.sim.process(_leave(lab, chunks)))
    lab.sim.env.run()
    assert lab.kept() == nothing


def _leave(lab: Lab, chunks: int, name: str = "x") -> Any:
    request = _pull_request(name)
    service = Service("daemon", lambda request: lab.router.match(request)(request))
    response = yield from exchange(lab.sim, "client", lab.net.link("client", "daemon"), service, request)
    assert not isinstance(response.body, bytes)
    for _ in range(chunks):
        yield from response.body.receive()
    response.body.cancel()


def test_large_layers_arrive_piece_by_piece_three_at_a_time(lab: Lab) -> None:
    layers = [{f"/{name}": BIG._replace(data=name.encode())} for name in "abcde"]
    publish(lab.hub, "library/x", built(*layers))
    answer = lab.pull("docker.io/library/x")
    told = answer.told
    names = [line.partition(":")[0] for line in told if line.endswith("Pulling fs layer")]
    assert told[1:8] == [f"{name}: Pulling fs layer" for name in names] + [f"{name}: Waiting" for name in names[3:]]
    assert [line for line in told if "Pull complete" in line] == [f"{name}: Pull complete" for name in names]
    steps = [line["progressDetail"]["current"] for line in answer.lines if line.get("status") == "Downloading"]
    assert len(steps) > 5 * 10
    assert 5 * 15.2e6 / 12.5e6 < lab.sim.now < 10


@pytest.mark.parametrize(
    ("name", "tag", "status", "message"),
    [
        (
            "docker.io/library/nosuch",
            "latest",
            404,
            "pull access denied for nosuch, repository does not exist or may require 'docker login': "
            "denied: requested access to the resource is denied",
        ),
        (
            "docker.io/library/hello-world",
            "nosuch",
            404,
            "manifest for hello-world:nosuch not found: manifest unknown: manifest unknown",
        ),
        (
            "localhost:5000/hello-world",
            "sha256:" + "1" * 64,
            404,
            f"manifest for localhost:5000/hello-world@sha256:{'1' * 64} not found: manifest unknown: manifest unknown",
        ),
        (
            "localhost:5002/secret",
            "latest",
            500,
            'Head "http://localhost:5002/v2/secret/manifests/latest": no basic auth credentials',
        ),
        (
            "localhost:5999/x",
            "latest",
            500,
            'Get "http://localhost:5999/v2/": dial tcp [::1]:5999: connect: connection refused',
        ),
        (
            "nosuch.invalid/x",
            "latest",
            500,
            'Get "https://nosuch.invalid/v2/": dial tcp: lookup nosuch.invalid on 192.0.2.53:53: no such host',
        ),
        ("UPPER", "latest", 400, "invalid reference format: repository name (library/UPPER) must be lowercase"),
        ("docker.io/library/scratch", "latest", 403, "'scratch' is a reserved name"),
    ],
)
def test_refusals_are_in_dockers_words(lab: Lab, name: str, tag: str, status: int, message: str) -> None:
    answer = lab.pull(name, tag)
    assert (answer.status, answer.message) == (status, message)
    assert lab.kept() == ([], [], [], [])


def test_without_a_network_the_name_is_not_found(lab: Lab) -> None:
    lab.engine.stack.online = False
    lab.engine.stack.resolvers = []
    assert lab.pull("docker.io/library/hello-world").message == (
        'Get "https://registry-1.docker.io/v2/": dial tcp: lookup registry-1.docker.io on 192.0.2.53:53: '
        "dial udp 192.0.2.53:53: connect: network is unreachable"
    )


def test_a_cut_wire_ends_the_ping_after_fifteen_seconds(lab: Lab) -> None:
    lab.net.cut("daemon", "registry-1.docker.io")
    assert lab.pull("docker.io/library/hello-world").message == (
        'Get "https://registry-1.docker.io/v2/": net/http: request canceled while waiting for connection '
        "(Client.Timeout exceeded while awaiting headers)"
    )
    assert 15 <= lab.sim.now < 16


def test_without_the_token_service_nobody_gets_in(lab: Lab) -> None:
    lab.net.cut("daemon", "auth.docker.io")
    where = "https://registry-1.docker.io/v2/library/hello-world/manifests/latest"
    token = "https://auth.docker.io/token?scope=repository%3Alibrary%2Fhello-world%3Apull&service=registry.docker.io"
    assert lab.pull("docker.io/library/hello-world").message == (
        f'Head "{where}": Get "{token}": dial tcp 192.0.2.2:443: i/o timeout'
    )


def test_a_plain_registry_elsewhere_must_be_listed_as_insecure(lab: Lab) -> None:
    server = lab.net.add_server("registry.example.com", "192.0.2.9")
    server.listen(5000, service=Service(lab.open.name, lab.open.handle))
    publish(lab.open, "app", built(HELLO))
    name = "registry.example.com:5000"
    assert lab.pull(f"{name}/app").message == (
        f'Get "https://{name}/v2/": http: server gave HTTP response to HTTPS client'
    )
    lab.images.insecure_registries = (name,)
    assert lab.pull(f"{name}/app").told[-1] == f"Status: Downloaded newer image for {name}/app:latest"


def test_the_hubs_pull_limit(lab: Lab) -> None:
    lab.hub.limit = PullLimit(lab.sim, anonymous=0)
    answer = lab.pull("docker.io/library/hello-world")
    assert answer.status == 500
    assert answer.message.startswith("toomanyrequests: You have reached your")
    assert "pull rate limit" in answer.message


def test_a_platform_that_the_index_lacks(lab: Lab) -> None:
    publish(lab.hub, "library/x", built(HELLO))
    answer = lab.pull("docker.io/library/x", platform="linux/arm64")
    text = "no matching manifest for linux/arm64 in the manifest list entries"
    assert answer.status == 200
    assert answer.lines == [
        {"status": "Pulling from library/x", "id": "latest"},
        {"errorDetail": {"message": text}, "error": text},
    ]
    assert lab.kept() == ([], [], [], [])


def test_another_platform_of_the_index(lab: Lab) -> None:
    answer = lab.pull("docker.io/library/hello-world", platform="linux/arm64")
    assert answer.told[-1] == "Status: Downloaded newer image for hello-world:latest"
    assert lab.images.get("hello-world").config.platform == ARM64
    answer = lab.call("GET", '/images/hello-world/json?platform={"os":"linux","architecture":"amd64"}')
    assert (answer.status, answer.message) == (
        404,
        "image with reference hello-world was found but its platform (linux/arm64) does not match "
        "the specified platform (linux/amd64)",
    )


def test_a_single_manifest_for_another_platform_comes_with_a_warning(lab: Lab) -> None:
    publish(lab.open, "x", built(HELLO, platform=ARM64))
    digest = lab.open.storage.manifest("x", "latest")[1].references[0].digest
    answer = lab.pull("localhost:5000/x", digest, platform="linux/amd64")
    assert answer.told[-2].startswith("Status: Downloaded newer image")
    assert answer.told[-1].startswith("WARNING: image with reference localhost:5000/x@sha256:")


def test_all_tags_of_a_repository(lab: Lab) -> None:
    publish(lab.open, "app", built(HELLO), tag="v1")
    publish(lab.open, "app", built(HELLO), tag="v2")
    answer = lab.call("POST", "/images/create?fromImage=localhost:5000/app")
    told = [line for line in answer.told if "Pulling from" in line or "Status" in line]
    assert told == [
        "v1: Pulling from app",
        "v2: Pulling from app",
        "Status: Downloaded newer image for localhost:5000/app",
    ]
    assert lab.images.get("localhost:5000/app:v2").repo_tags == ["localhost:5000/app:v1", "localhost:5000/app:v2"]


def test_a_pull_by_digest_gives_no_tag(lab: Lab) -> None:
    digest = publish(lab.open, "app", built(HELLO))
    answer = lab.pull("localhost:5000/app", digest)
    assert answer.told[0] == f"localhost:5000/app@{digest}: Pulling from app"
    assert answer.told[-1] == f"Status: Downloaded newer image for localhost:5000/app@{digest}"
    image = lab.images.get(f"localhost:5000/app@{digest}")
    assert (image.repo_tags, image.repo_digests) == ([], [f"localhost:5000/app@{digest}"])
    assert lab.pull("localhost:5000/app", digest).told[-1].startswith("Status: Image is up to date for")


def test_a_moved_tag_leaves_the_old_image_dangling(lab: Lab) -> None:
    publish(lab.open, "app", built({"/a": b"1"}))
    lab.pull("localhost:5000/app")
    old = lab.images.get("localhost:5000/app")
    publish(lab.open, "app", built({"/a": b"2"}))
    assert lab.pull("localhost:5000/app").told[-1] == "Status: Downloaded newer image for localhost:5000/app:latest"
    new = lab.images.get("localhost:5000/app")
    assert new.id != old.id
    assert old.repo_tags == []
    assert new.repo_tags == ["localhost:5000/app:latest"]


def test_mirrors_come_first_and_the_hub_after() -> None:
    lab = Lab(mirrors=("http://localhost:5000",))
    publish(lab.open, "library/here", built(HELLO))
    publish(lab.hub, "library/there", built(HELLO))
    lab.pull("docker.io/library/here")
    assert all("localhost:5000/" in line for line in lab.wires())
    assert lab.images.get("here").repo_tags == ["here:latest"]
    start = lab.sim.trace.end
    assert lab.pull("docker.io/library/there").told[-1] == "Status: Downloaded newer image for there:latest"
    assert lab.wires(start)[0] == "GET localhost:5000/v2/ 200"
    assert any(event.reason.startswith("manifest unknown") for event in lab.trace(events.Decided, start=start))


def test_credentials_reach_the_registry(lab: Lab) -> None:
    import base64

    publish(lab.closed, "app", built(HELLO))
    header = base64.urlsafe_b64encode(json.dumps({"username": "alice", "password": "secret"}).encode()).decode()
    answer = lab.pull("localhost:5002/app", headers={"X-Registry-Auth": header})
    assert answer.told[-1].startswith("Status: Downloaded newer image")
    assert lab.pull("localhost:5002/app", headers={"X-Registry-Auth": "junk"}).status == 400


@given(st.floats(0, 1.2), st.booleans())
@settings(max_examples=25, deadline=None)
def test_two_pulls_at_once_share_and_spare_each_other(delay: float, cancelled: bool) -> None:
    lab = Lab()
    publish(lab.hub, "library/one", built({"/big": BIG}, {"/one": b"1"}))
    publish(lab.hub, "library/two", built({"/big": BIG}, {"/two": b"2"}))
    first = lab.sim.process(_leave(lab, 20, "one") if cancelled else lab._call(_pull_request("one")))
    lab.sim.env.run(lab.sim.timeout(delay))
    assert lab.pull("docker.io/library/two").told[-1] == "Status: Downloaded newer image for two:latest"
    if first.is_alive:
        lab.sim.env.run(first)
    lab.sim.env.run()
    image = lab.images.get("two")
    assert image.tree == built({"/big": BIG}, {"/two": b"2"}).tree
    assert all(Digest.of(lab.images.layer_tar(diff_id)) == diff_id for diff_id in image.diff_ids)
    lab.call("DELETE", "/images/two")
    lab.call("DELETE", "/images/one")
    assert lab.kept() == ([], [], [], [])


def _pull_request(name: str) -> Request:
    return Request("POST", f"/images/create?fromImage=docker.io/library/{name}&tag=latest")
