"""``docker rmi`` and ``docker image prune``."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from dockersim.oci import Digest
from dockersim.trace import events

from .conftest import FakeContainer, Lab, built, publish


def tag(lab: Lab, image: str, name: str) -> None:
    assert lab.call("POST", f"/images/{image}/tag?repo={name}&tag=latest").status == 201


def prune(lab: Lab, **filters: Any) -> Any:
    text = quote(json.dumps({name: {value: True} for name, value in filters.items()}))
    return lab.call("POST", f"/images/prune?filters={text}").json


def test_the_last_name_takes_the_image_along(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    image = lab.images.get("hello-world")
    answer = lab.call("DELETE", "/images/hello-world")
    assert answer.json == [
        {"Untagged": "hello-world:latest"},
        {"Untagged": image_digest(lab)},
        {"Deleted": image.id},
        {"Deleted": image.chain_ids[0]},
    ]
    assert lab.kept() == ([], [], [], [])
    actions = [(message["Action"], message["Actor"]["Attributes"]) for message in lab.engine.events.history][1:]
    assert actions == [("untag", {"name": image.id}), ("delete", {"name": image.id})]


def image_digest(lab: Lab) -> str:
    return f"hello-world@{lab.hub.storage.manifest('library/hello-world', 'latest')[0]}"


def test_one_of_several_names_is_only_untagged(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    tag(lab, "hello-world", "other")
    assert lab.call("DELETE", "/images/other").json == [{"Untagged": "other:latest"}]
    assert lab.images.get("hello-world").repo_tags == ["hello-world:latest"]


@pytest.mark.parametrize("state", ["exited", "running"])
def test_a_container_keeps_its_image(lab: Lab, state: str) -> None:
    lab.pull("docker.io/library/hello-world")
    image = lab.images.get("hello-world")
    container = FakeContainer(lab.engine, image, state)
    lab.engine.containers.append(container)
    answer = lab.call("DELETE", "/images/hello-world")
    assert (answer.status, answer.message) == (
        409,
        'conflict: unable to remove repository reference "hello-world" (must force) - container '
        f"{container.id[:12]} is using its referenced image {image.id.short}",
    )
    answer = lab.call("DELETE", f"/images/{image.id.short}")
    manner = "cannot be forced" if state == "running" else "must be forced"
    kind = "running" if state == "running" else "stopped"
    assert answer.message == (
        f"conflict: unable to delete {image.id.short} ({manner}) - image is being used by {kind} container "
        f"{container.id[:12]}"
    )
    records = lab.call("DELETE", "/images/hello-world?force=1").json
    untagged = [{"Untagged": "hello-world:latest"}, {"Untagged": image_digest(lab)}]
    assert records == untagged + ([] if state == "running" else [{"Deleted": image.id}])
    assert image.chain_ids[0] in lab.engine.snapshots
    assert lab.images.layer_tar(image.diff_ids[0])
    lab.engine.containers.clear()
    lab.engine.snapshots.remove(container.id)
    if state == "exited":
        lab.images.collect()
        assert lab.kept() == ([], [], [], [])


def test_an_id_with_names_in_several_repositories(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    tag(lab, "hello-world", "other")
    identity = lab.images.get("hello-world").id
    answer = lab.call("DELETE", f"/images/{identity.short}")
    assert answer.message == (
        f"conflict: unable to delete {identity.short} (must be forced) - image is referenced in multiple repositories"
    )
    records = lab.call("DELETE", f"/images/{identity}?force=1").json
    assert [next(iter(record)) for record in records] == ["Untagged", "Untagged", "Untagged", "Deleted", "Deleted"]


def test_parents_of_what_was_made_here(lab: Lab) -> None:
    from dockersim.engine.images.commit import commit
    from dockersim.fs import Layer, Node

    lab.pull("docker.io/library/hello-world")
    base = lab.images.get("hello-world")
    middle = commit(lab.engine, base, Layer({"/a": Node.file(b"a")}), {})  # type: ignore[arg-type]
    top = commit(lab.engine, middle, Layer({"/b": Node.file(b"b")}), {})  # type: ignore[arg-type]
    tag(lab, top.id, "top")
    answer = lab.call("DELETE", f"/images/{base.id.short}?force=1")
    assert answer.message == (
        f"conflict: unable to delete {base.id.short} (cannot be forced) - image has dependent child images"
    )
    assert lab.call("DELETE", "/images/hello-world").json[-1]["Untagged"].startswith("hello-world@")
    assert lab.images.find(base.id) is not None
    records = lab.call("DELETE", "/images/top").json
    assert [record["Deleted"] for record in records if "Deleted" in record] == [
        top.id,
        top.chain_ids[-1],
        middle.id,
        middle.chain_ids[-1],
        base.id,
        base.chain_ids[-1],
    ]


def test_what_is_not_there(lab: Lab) -> None:
    for query in ("", "?force=1"):
        answer = lab.call("DELETE", f"/images/nosuch{query}")
        assert (answer.status, answer.message) == (404, "No such image: nosuch:latest")


def test_prune_takes_what_has_no_name(lab: Lab) -> None:
    assert prune(lab, dangling="true") == {"ImagesDeleted": None, "SpaceReclaimed": 0}
    lab.pull("docker.io/library/hello-world")
    tag(lab, "hello-world", "x")
    publish(lab.hub, "library/other", built({"/o": b"12345"}))
    lab.pull("docker.io/library/other")
    other = lab.images.get("other")
    lab.call("POST", "/images/hello-world/tag?repo=other&tag=latest")
    records = prune(lab, dangling="true")
    assert records["ImagesDeleted"][-2:] == [{"Deleted": other.id}, {"Deleted": other.chain_ids[-1]}]
    assert records["SpaceReclaimed"] == 5
    assert lab.engine.events.history[-1]["Actor"] == {"ID": "", "Attributes": {"reclaimed": "5"}}


def test_prune_all_spares_what_a_container_uses(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    publish(lab.hub, "library/other", built({"/o": b"12345"}))
    lab.pull("docker.io/library/other")
    container = FakeContainer(lab.engine, lab.images.get("other"))
    lab.engine.containers.append(container)
    records = prune(lab, dangling="false")
    assert [record.get("Untagged", "") for record in records["ImagesDeleted"]][:1] == ["hello-world:latest"]
    assert [image.repo_tags for image in lab.images.all()] == [["other:latest"]]


def test_prune_filters(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    assert prune(lab, dangling="false", until="72h")["ImagesDeleted"] is None
    assert prune(lab, dangling="false", label="x")["ImagesDeleted"] is None
    answer = lab.call("POST", '/images/prune?filters={"nosuch":{"1":true}}')
    assert (answer.status, answer.message) == (400, "invalid filter 'nosuch'")
    assert prune(lab, dangling="false", **{"label!": "x"})["ImagesDeleted"]


NAMES = st.sampled_from(["one", "two", "three"])


class Images(RuleBasedStateMachine):
    """Whatever is pulled, tagged, used, removed: names stand for images, and everything held hashes to its name."""

    def __init__(self) -> None:
        super().__init__()
        self.lab = Lab()
        shared = {"/shared": b"s"}
        for number, name in enumerate(["one", "two", "three"]):
            publish(self.lab.hub, f"library/{name}", built(shared, {f"/{name}": bytes([number])}))

    @rule(name=NAMES)
    def pull(self, name: str) -> None:
        assert self.lab.pull(f"docker.io/library/{name}").told[-1].startswith("Status: ")

    @rule(name=NAMES, other=st.sampled_from(["one", "two", "x", "localhost:5000/y"]))
    def tag(self, name: str, other: str) -> None:
        assert self.lab.call("POST", f"/images/{name}/tag?repo={other}&tag=latest").status in (201, 404)

    @rule(name=st.sampled_from(["one", "two", "three", "x", "localhost:5000/y"]), force=st.booleans())
    def remove(self, name: str, force: bool) -> None:
        assert self.lab.call("DELETE", f"/images/{name}?force={int(force)}").status in (200, 404, 409)

    @rule(which=st.integers(0, 9), force=st.booleans())
    def remove_by_id(self, which: int, force: bool) -> None:
        images = self.lab.images.all()
        if images:
            identity = images[which % len(images)].id
            assert self.lab.call("DELETE", f"/images/{identity}?force={int(force)}").status in (200, 409)

    @rule(which=st.integers(0, 9), running=st.booleans())
    def use(self, which: int, running: bool) -> None:
        images = self.lab.images.all()
        if images:
            image = images[which % len(images)]
            self.lab.engine.containers.append(FakeContainer(self.lab.engine, image, "running" if running else "exited"))

    @rule()
    def drop_containers(self) -> None:
        for container in self.lab.engine.containers:
            self.lab.engine.snapshots.remove(container.id)
        self.lab.engine.containers.clear()
        self.lab.images.collect()

    @rule(dangling=st.booleans())
    def prune(self, dangling: bool) -> None:
        prune(self.lab, dangling=str(dangling).lower())

    @invariant()
    def all_is_whole(self) -> None:
        images, content = self.lab.images, self.lab.engine.content
        for name, identity in images.references.items():
            assert images.find(identity) is not None, name
        for digest, _ in content.walk():
            assert Digest.of(content.get(digest)) == digest
        for image in images.all():
            assert Digest.of(image.config.raw) == image.id
            assert image.tree is self.lab.engine.snapshots.tree(image.top)
            for diff_id in image.diff_ids:
                assert Digest.of(images.layer_tar(diff_id)) == diff_id
        for container in self.lab.engine.containers:
            assert container.overlay.tree() is container.image.tree

    @invariant()
    def nothing_is_left_over(self) -> None:
        used = {name for image in self.lab.images.all() for name in image.chain_ids}
        used |= {name for container in self.lab.engine.containers for name in container.image.chain_ids}
        layers = {info.name for info in self.lab.engine.snapshots.walk() if info.kind == "committed"}
        assert layers == used
        if not self.lab.images.all() and not self.lab.engine.containers:
            assert len(self.lab.engine.content) == 0

    @invariant()
    def the_trace_tells_it_all(self) -> None:
        scene = self.lab.sim.trace.scene()
        assert set(scene.images.get("daemon", {})) == {image.id for image in self.lab.images.all()}
        assert scene.references.get("daemon", {}) == dict(self.lab.images.references.items())
        assert set(scene.blobs.get("daemon", {})) == {digest for digest, _ in self.lab.engine.content.walk()}


TestImages = Images.TestCase
TestImages.settings = settings(max_examples=15, stateful_step_count=15, deadline=None)


def test_a_refusal_is_a_decision_with_its_reason(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    image = lab.images.get("hello-world")
    lab.engine.containers.append(FakeContainer(lab.engine, image, "running"))
    lab.call("DELETE", "/images/hello-world?force=1")
    (kept,) = [event for event in lab.trace(events.Decided) if event.outcome == "image kept"]
    assert "image is being used by running container" in kept.reason
