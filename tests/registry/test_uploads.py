"""Random histories of uploads and manifests against a model, through HTTP alone."""

from __future__ import annotations

import datetime
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, invariant, rule

from dockersim.oci import Descriptor, Digest, Manifest, media
from dockersim.registry import Registry
from dockersim.registry.uploads import TRANSITIONS
from dockersim.sim import Simulation
from dockersim.units.time import rfc3339nano
from dockersim.wire import Request, Response

NAMES = st.sampled_from(["a", "b/c"])
BYTES = st.binary(max_size=3)


class RegistryMachine(RuleBasedStateMachine):
    """What was put is what is got; nothing is half-stored; tags move and digests do not."""

    uploads = Bundle("uploads")

    def __init__(self) -> None:
        super().__init__()
        self.sim = Simulation()
        self.registry = Registry("here", self.sim, deletes=True)
        self.blobs: dict[str, dict[str, bytes]] = {}
        self.stored: dict[str, bytes] = {}
        self.manifests: dict[str, dict[str, bytes]] = {}
        self.tags: dict[tuple[str, str], str] = {}
        self.open: dict[int, tuple[str, str, bytes]] = {}
        self.number = 0

    def ask(self, method: str, path: str, headers: Any = None, body: bytes = b"") -> Response:
        answer = self.registry.handle(Request(method, path, dict(headers or {}), body))
        return answer if isinstance(answer, Response) else self.sim.env.run(self.sim.process(answer))

    @rule(target=uploads, name=NAMES)
    def start(self, name: str) -> int:
        answer = self.ask("POST", f"/v2/{name}/blobs/uploads/")
        assert (answer.status, answer.headers["Range"]) == (202, "0-0")
        self.number += 1
        self.open[self.number] = (name, answer.headers["Location"].removeprefix("http://here"), b"")
        return self.number

    @rule(upload=uploads, chunk=BYTES)
    def append(self, upload: int, chunk: bytes) -> None:
        name, location, before = self.open[upload]
        answer = self.ask("PATCH", location, body=chunk)
        after = before + chunk
        assert (answer.status, answer.headers["Range"]) == (202, f"0-{max(len(after) - 1, 0)}")
        if chunk:
            assert self.ask("PATCH", location, body=chunk).status == 404  # that location is spent
        self.open[upload] = (name, answer.headers["Location"].removeprefix("http://here"), after)

    @rule(upload=uploads)
    def status(self, upload: int) -> None:
        _, location, before = self.open[upload]
        answer = self.ask("GET", location)
        assert (answer.status, answer.headers["Range"]) == (204, f"0-{max(len(before) - 1, 0)}")

    @rule(upload=consumes(uploads), rest=BYTES)
    def commit(self, upload: int, rest: bytes) -> None:
        name, location, before = self.open.pop(upload)
        data = before + rest
        digest = Digest.of(data)
        answer = self.ask("PUT", f"{location}&digest={digest}", body=rest)
        assert (answer.status, answer.headers["Docker-Content-Digest"]) == (201, digest)
        self.blobs.setdefault(name, {})[digest] = self.stored[digest] = data
        assert self.ask("GET", location).status == 404

    @rule(upload=uploads, claimed=BYTES)
    def commit_under_a_wrong_name(self, upload: int, claimed: bytes) -> None:
        _, location, before = self.open[upload]
        if claimed != before:
            assert self.ask("PUT", f"{location}&digest={Digest.of(claimed)}").status == 400

    @rule(upload=consumes(uploads))
    def cancel(self, upload: int) -> None:
        _, location, _ = self.open.pop(upload)
        assert self.ask("DELETE", location).status == 204
        assert self.ask("PATCH", location, body=b"x").status == 404

    @rule(name=NAMES, origin=NAMES, data=BYTES)
    def mount(self, name: str, origin: str, data: bytes) -> None:
        digest = Digest.of(data)
        answer = self.ask("POST", f"/v2/{name}/blobs/uploads/?from={origin}&mount={digest}")
        if digest in self.blobs.get(origin, {}):
            assert answer.status == 201
            self.blobs.setdefault(name, {})[digest] = data
        else:
            assert answer.status == 202
            assert self.ask("DELETE", answer.headers["Location"].removeprefix("http://here")).status == 204

    @rule(name=NAMES, data=BYTES)
    def delete_blob(self, name: str, data: bytes) -> None:
        digest = Digest.of(data)
        answer = self.ask("DELETE", f"/v2/{name}/blobs/{digest}")
        assert answer.status == (202 if self.blobs.get(name, {}).pop(digest, None) is not None else 404)

    @rule(name=NAMES, tag=st.sampled_from(["latest", "v1"]), config=BYTES, layers=st.lists(BYTES, max_size=2))
    def put_manifest(self, name: str, tag: str, config: bytes, layers: list[bytes]) -> None:
        manifest = Manifest.build(
            Descriptor.of(media.OCI_CONFIG, config), [Descriptor.of(media.OCI_LAYER_GZIP, layer) for layer in layers]
        )
        answer = self.ask("PUT", f"/v2/{name}/manifests/{tag}", {"Content-Type": manifest.media_type}, manifest.raw)
        held = self.blobs.get(name, {})
        missing = [str(item.digest) for item in manifest.references if item.digest not in held]
        if missing:
            assert answer.status == 400
            assert [error["detail"] for error in answer.json()["errors"]] == missing
            return
        assert (answer.status, answer.headers["Docker-Content-Digest"]) == (201, manifest.digest)
        self.manifests.setdefault(name, {})[manifest.digest] = self.stored[manifest.digest] = manifest.raw
        self.tags[name, tag] = manifest.digest

    @rule(name=NAMES, tag=st.sampled_from(["latest", "v1"]))
    def delete_manifest(self, name: str, tag: str) -> None:
        digest = self.tags.get((name, tag))
        if digest is None:
            return
        assert self.ask("DELETE", f"/v2/{name}/manifests/{digest}").status == 202
        assert self.ask("DELETE", f"/v2/{name}/manifests/{digest}").status == 404
        del self.manifests[name][digest]
        self.tags = {key: value for key, value in self.tags.items() if (key[0], value) != (name, digest)}

    @invariant()
    def holds(self) -> None:
        accept = {"Accept": media.OCI_MANIFEST}
        for name, blobs in self.blobs.items():
            for digest, data in blobs.items():
                assert self.ask("GET", f"/v2/{name}/blobs/{digest}").body == data
        for name, manifests in self.manifests.items():
            for digest, raw in manifests.items():
                assert self.ask("GET", f"/v2/{name}/manifests/{digest}", accept).body == raw
        for (name, tag), digest in self.tags.items():
            head = self.ask("HEAD", f"/v2/{name}/manifests/{tag}", accept)
            assert head.headers["Docker-Content-Digest"] == digest
        assert len(self.registry.uploads) == len(self.open)
        content = self.registry.storage.content
        assert {str(digest): content.get(digest) for digest, _ in content.walk()} == self.stored
        assert all(Digest(digest).matches(data) for digest, data in self.stored.items())
        scene = self.sim.trace.scene()
        assert scene.blobs.get("here", {}) == {digest: len(data) for digest, data in self.stored.items()}
        assert scene.references.get("here", {}) == {f"{n}:{t}": digest for (n, t), digest in self.tags.items()}


RegistryMachine.TestCase.settings = settings(max_examples=30, stateful_step_count=25, deadline=None)
TestRegistry = RegistryMachine.TestCase


def test_the_table_leads_only_to_states_that_it_has() -> None:
    assert {state for moves in TRANSITIONS.values() for state in moves.values()} <= set(TRANSITIONS)


@given(st.integers(0, 4_000_000_000), st.integers(0, 999_999_999))
def test_instants_are_written_as_the_calendar_has_them(seconds: int, fraction: int) -> None:
    sim = Simulation(start=0)
    sim.start_ns = seconds * 1_000_000_000 + fraction
    moment = datetime.datetime(1970, 1, 1) + datetime.timedelta(seconds=seconds)
    assert (
        rfc3339nano(sim.nanoseconds())
        == moment.isoformat() + (f".{fraction:09d}".rstrip("0") if fraction else "") + "Z"
    )


@given(st.text(max_size=30), st.sampled_from(["GET", "HEAD", "PUT", "POST", "PATCH", "DELETE", "BREW"]), BYTES)
def test_any_request_is_answered(path: str, method: str, body: bytes) -> None:
    sim = Simulation()
    registry = Registry("here", sim, deletes=True)
    for target in (
        path,
        f"/v2/{path}",
        f"/v2/a/blobs/{path}",
        f"/v2/a/manifests/{path}",
        f"/v2/a/blobs/uploads/{path}",
    ):
        for headers in ({}, {"Authorization": path, "Range": path, "Accept": path, "Content-Type": media.OCI_INDEX}):
            answer = registry.handle(Request(method, target, headers, body))
            if not isinstance(answer, Response):
                answer = sim.env.run(sim.process(answer))
            assert 200 <= answer.status < 500
