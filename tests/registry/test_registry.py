"""What the registry does beyond the reference registry's answers: events, sources, sizes, pages, referrers."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest

from dockersim.oci import Descriptor, Digest, ImageConfig, Index, Manifest, Platform, media
from dockersim.registry import Basic, PullLimit, Registry
from dockersim.sim import Channel, Link, Service, Simulation, exchange, read_all
from dockersim.trace import events as e
from dockersim.wire import Request, Response

ACCEPT = {"Accept": ", ".join(sorted(media.MANIFESTS | media.INDEXES))}


def ask(sim: Simulation, registry: Any, method: str, path: str, headers: Any = None, body: Any = b"") -> Response:
    answer = registry.handle(Request(method, path, dict(headers or {}), body))
    return answer if isinstance(answer, Response) else sim.env.run(sim.process(answer))


def upload(sim: Simulation, registry: Registry, name: str, data: bytes) -> Digest:
    location = ask(sim, registry, "POST", f"/v2/{name}/blobs/uploads/").headers["Location"]
    path = location.partition(registry.name)[2]
    answer = ask(sim, registry, "PUT", f"{path}&digest={Digest.of(data)}", body=data)
    assert answer.status == 201
    return Digest.of(data)


def push(registry: Registry, name: str, tag: str, layer: bytes = b"layer", nominal: int | None = None) -> Manifest:
    """Put a small image into the registry, as a source does."""
    config = ImageConfig.build(platform=Platform("linux", "amd64"), diff_ids=[Digest.of(b"diff")])
    registry.storage.put_blob(name, config.raw)
    registry.storage.put_blob(name, layer)
    described = Descriptor.of(media.OCI_LAYER_GZIP, layer, nominal=nominal)
    manifest = Manifest.build(config.descriptor(), [described])
    registry.storage.put_manifest(name, tag, manifest.raw, manifest.media_type)
    return manifest


@pytest.fixture
def sim() -> Simulation:
    return Simulation()


@pytest.fixture
def registry(sim: Simulation) -> Registry:
    return Registry("localhost:5000", sim)


def test_a_push_is_told_in_events(sim: Simulation, registry: Registry) -> None:
    upload(sim, registry, "app", b"layer")
    manifest = push(registry, "app", "v1")
    assert [type(event) for event in sim.trace] == [e.BlobStored, e.BlobStored, e.BlobStored, e.ReferenceSet]
    assert sim.trace[-1] == e.ReferenceSet(0, "localhost:5000", "app:v1", manifest.digest, "")


def test_a_tag_moves_and_digests_stay(sim: Simulation, registry: Registry) -> None:
    first = push(registry, "app", "v1", b"one")
    second = push(registry, "app", "v1", b"two")
    assert sim.trace[-1] == e.ReferenceSet(0, "localhost:5000", "app:v1", second.digest, first.digest)
    assert ask(sim, registry, "GET", "/v2/app/manifests/v1", ACCEPT).body == second.raw
    assert ask(sim, registry, "GET", f"/v2/app/manifests/{first.digest}", ACCEPT).body == first.raw


def test_wrong_bytes_are_refused_and_told(sim: Simulation, registry: Registry) -> None:
    location = ask(sim, registry, "POST", "/v2/app/blobs/uploads/").headers["Location"].partition(":5000")[2]
    answer = ask(sim, registry, "PUT", f"{location}&digest={Digest.of(b'good')}", body=b"evil")
    assert answer.status == 400
    assert answer.json()["errors"][0]["code"] == "DIGEST_INVALID"
    refused = sim.trace[-1]
    assert isinstance(refused, e.BlobRefused)
    assert (refused.expected, refused.actual) == (Digest.of(b"good"), Digest.of(b"evil"))
    assert len(registry.storage.content) == 0


def test_an_upload_that_streams(sim: Simulation, registry: Registry) -> None:
    location = ask(sim, registry, "POST", "/v2/app/blobs/uploads/").headers["Location"].partition(":5000")[2]
    stream = Channel(sim)

    def writer() -> Generator[Any, Any, None]:
        for piece in (b"ab", b"c"):
            yield sim.timeout(1)
            stream.send_now(piece)
        stream.close()

    sim.process(writer())
    answer = ask(sim, registry, "PATCH", location, body=stream)
    assert (answer.status, answer.headers["Range"], sim.now) == (202, "0-2", 2)


def test_a_chunk_out_of_order_is_refused(sim: Simulation, registry: Registry) -> None:
    location = ask(sim, registry, "POST", "/v2/app/blobs/uploads/").headers["Location"].partition(":5000")[2]
    answer = ask(sim, registry, "PATCH", location, {"Content-Range": "5-7"}, b"abc")
    assert (answer.status, answer.headers["Range"]) == (416, "0-0")
    assert ask(sim, registry, "PATCH", location, {"Content-Range": "0-2"}, b"abc").status == 202


def test_a_mount_says_that_nothing_was_uploaded(sim: Simulation, registry: Registry) -> None:
    digest = upload(sim, registry, "one", b"layer")
    answer = ask(sim, registry, "POST", f"/v2/two/blobs/uploads/?from=one&mount={digest}")
    assert (answer.status, answer.headers["Docker-Content-Digest"]) == (201, digest)
    reason = "mounted from one: nothing to upload"
    assert sim.trace[-1] == e.LayerReused(0, "localhost:5000", digest, reason)


def test_nominal_sizes_travel_with_blobs(sim: Simulation, registry: Registry) -> None:
    push(registry, "app", "v1", b"0123456789", nominal=1000)
    path = f"/v2/app/blobs/{Digest.of(b'0123456789')}"
    whole, part = ask(sim, registry, "GET", path), ask(sim, registry, "GET", path, {"Range": "bytes=0-4"})
    assert (whole.nominal, whole.headers["Content-Length"]) == (1000, "10")
    assert (part.nominal, part.body) == (500, b"01234")
    assert ask(sim, registry, "HEAD", path).nominal is None


def test_tags_come_in_pages(sim: Simulation, registry: Registry) -> None:
    for tag in ("c", "a", "d", "b"):
        push(registry, "app", tag)
    assert ask(sim, registry, "GET", "/v2/app/tags/list").json() == {"name": "app", "tags": ["a", "b", "c", "d"]}
    page = ask(sim, registry, "GET", "/v2/app/tags/list?n=2&last=a")
    assert page.json()["tags"] == ["b", "c"]
    assert page.headers["Link"] == '</v2/app/tags/list?last=c&n=2>; rel="next"'
    assert "Link" not in ask(sim, registry, "GET", "/v2/app/tags/list?n=2&last=b").headers


def test_referrers(sim: Simulation, registry: Registry) -> None:
    image = push(registry, "app", "v1")
    empty = registry.storage.put_blob("app", b"{}")
    signature = Manifest.build(
        Descriptor(media.OCI_EMPTY, empty, 2), [], artifact_type="application/x.sig", subject=image.descriptor()
    )
    answer = ask(
        sim,
        registry,
        "PUT",
        f"/v2/app/manifests/{signature.digest}",
        {"Content-Type": signature.media_type},
        signature.raw,
    )
    assert (answer.status, answer.headers["Oci-Subject"]) == (201, image.digest)
    found = ask(sim, registry, "GET", f"/v2/app/referrers/{image.digest}")
    assert found.headers["Content-Type"] == media.OCI_INDEX
    listed = Index(found.body if isinstance(found.body, bytes) else b"").manifests
    assert [(item.digest, item.artifact_type) for item in listed] == [(signature.digest, "application/x.sig")]
    other = ask(sim, registry, "GET", f"/v2/app/referrers/{image.digest}?artifactType=application/y")
    assert (other.json()["manifests"], other.headers["Oci-Filters-Applied"]) == ([], "artifactType")
    assert ask(sim, registry, "GET", f"/v2/app/referrers/{Digest.of(b'')}").json()["manifests"] == []


def test_a_schema_2_manifest_is_given_as_it_is(sim: Simulation, registry: Registry) -> None:
    registry.storage.put_blob("app", b"{}")
    config = Descriptor.of(media.DOCKER_CONFIG, b"{}")
    manifest = Manifest.build(config, [], media_type=media.DOCKER_MANIFEST)
    registry.storage.put_manifest("app", "v1", manifest.raw, manifest.media_type)
    assert ask(sim, registry, "GET", "/v2/app/manifests/v1").body == manifest.raw
    listed = Index.build([manifest.descriptor(Platform("linux", "arm64"))], media_type=media.DOCKER_LIST)
    registry.storage.put_manifest("app", "v2", listed.raw, listed.media_type)
    assert ask(sim, registry, "GET", "/v2/app/manifests/v2").status == 404
    listed = Index.build([manifest.descriptor(Platform("linux", "amd64"))], media_type=media.DOCKER_LIST)
    registry.storage.put_manifest("app", "v3", listed.raw, listed.media_type)
    assert ask(sim, registry, "GET", "/v2/app/manifests/v3").body == manifest.raw
    decided = sim.trace[-1]
    assert isinstance(decided, e.Decided)
    assert decided.outcome == manifest.digest
    assert "linux/amd64" in decided.reason


def test_deleting_is_off_unless_it_is_on(sim: Simulation, registry: Registry) -> None:
    digest = push(registry, "app", "v1").digest
    for path in (f"/v2/app/manifests/{digest}", f"/v2/app/blobs/{Digest.of(b'layer')}"):
        answer = ask(sim, registry, "DELETE", path)
        assert answer.status == 405
        assert answer.body == b'{"errors":[{"code":"UNSUPPORTED","message":"The operation is unsupported."}]}\n'


def test_a_source_is_asked_for_what_is_missing(sim: Simulation) -> None:
    asked = []

    def source(name: str, reference: str) -> bool:
        asked.append((name, reference))
        if name == "library/hello-world":
            push(registry, name, "latest")
        return name == "library/hello-world"

    registry = Registry("registry-1.docker.io", sim, source=source, scheme="https")
    for _ in range(2):
        assert ask(sim, registry, "HEAD", "/v2/library/hello-world/manifests/latest", ACCEPT).status == 200
    missing = ask(sim, registry, "GET", "/v2/library/nosuch/manifests/latest", ACCEPT)
    assert missing.json()["errors"][0]["detail"] == {"Tag": "latest"}
    assert ask(sim, registry, "GET", "/v2/library/hello-world/tags/list").json()["tags"] == ["latest"]
    assert ask(sim, registry, "GET", "/v2/library/nosuch/tags/list").status == 404
    assert asked == [
        ("library/hello-world", "latest"),
        ("library/nosuch", "latest"),
        ("library/hello-world", ""),
        ("library/nosuch", ""),
    ]


def test_a_source_may_take_its_time(sim: Simulation) -> None:
    def source(name: str, reference: str) -> Generator[Any, Any, bool]:
        yield sim.timeout(3)
        push(registry, name, reference)
        return True

    registry = Registry("registry-1.docker.io", sim, source=source)
    assert ask(sim, registry, "GET", "/v2/library/nginx/manifests/1.27", ACCEPT).status == 200
    assert sim.now == 3


def test_basic_authentication_as_recorded(sim: Simulation) -> None:
    registry = Registry("localhost:5002", sim, auth=Basic({"alice": "secret"}))
    refused = ask(sim, registry, "GET", "/v2/")
    assert refused.status == 401
    assert refused.headers == {
        "Content-Type": "application/json; charset=utf-8",
        "Docker-Distribution-Api-Version": "registry/2.0",
        "Www-Authenticate": 'Basic realm="Registry Realm"',
        "Content-Length": "87",
    }
    assert refused.body == (b'{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":null}]}\n')
    for credentials, status in (("alice:secret", 200), ("alice:wrong", 401), ("bob:secret", 401), (":", 401)):
        assert ask(sim, registry, "GET", "/v2/", basic(credentials)).status == status
    assert ask(sim, registry, "GET", "/v2/", {"Authorization": "Basic !!"}).status == 401
    push_refused = ask(sim, registry, "POST", "/v2/app/blobs/uploads/?from=other&mount=x").json()["errors"][0]["detail"]
    assert [(item["Name"], item["Action"]) for item in push_refused] == [
        ("app", "pull"),
        ("app", "push"),
        ("other", "pull"),
    ]
    assert ask(sim, registry, "GET", "/v2/_catalog").json()["errors"][0]["detail"] == [
        {"Type": "registry", "Class": "", "Name": "catalog", "Action": "*"}
    ]


def basic(credentials: str) -> dict[str, str]:
    from base64 import b64encode

    return {"Authorization": "Basic " + b64encode(credentials.encode()).decode()}


def test_the_pull_limit(sim: Simulation) -> None:
    limit = PullLimit(sim, anonymous=2, window=60)
    registry = Registry("registry-1.docker.io", sim, limit=limit)
    push(registry, "library/app", "v1")
    path = "/v2/library/app/manifests/v1"
    assert ask(sim, registry, "HEAD", path, ACCEPT).headers["Ratelimit-Remaining"] == "2;w=60"
    for remaining in ("1;w=60", "0;w=60"):
        answer = ask(sim, registry, "GET", path, ACCEPT)
        assert (answer.headers["Ratelimit-Limit"], answer.headers["Ratelimit-Remaining"]) == ("2;w=60", remaining)
    refused = ask(sim, registry, "GET", path, ACCEPT)
    assert refused.status == 429
    error = refused.json()["errors"][0]
    assert error["code"] == "TOOMANYREQUESTS"
    assert error["message"].startswith("You have reached your pull rate limit.")
    sim.env.run(61)
    assert ask(sim, registry, "GET", path, ACCEPT).status == 200


def test_json_that_is_no_manifest(sim: Simulation, registry: Registry) -> None:
    for raw in (b"[" * 100_000, b"\xff", b"5", b'{"schemaVersion":2,"config":5,"layers":[]}'):
        answer = ask(sim, registry, "PUT", "/v2/app/manifests/x", {"Content-Type": media.OCI_MANIFEST}, raw)
        assert (answer.status, answer.json()["errors"][0]["code"]) == (400, "MANIFEST_INVALID")
    assert registry.storage.repositories() == []


def test_over_a_link_a_blob_takes_the_time_of_its_nominal_size(sim: Simulation, registry: Registry) -> None:
    push(registry, "app", "v1", b"0123456789", nominal=50_000_000)
    link = Link(latency=0.018, bandwidth=12.5e6)
    service = Service(registry.name, registry.handle)
    request = Request("GET", f"/v2/app/blobs/{Digest.of(b'0123456789')}")

    def pull() -> Generator[Any, Any, bytes]:
        response = yield from exchange(sim, "daemon", link, service, request)
        return (yield from read_all(response.body))

    assert sim.env.run(sim.process(pull())) == b"0123456789"
    assert 4 < sim.now < 4.2
