"""``docker commit``."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockersim.fs import Cred, Vfs
from dockersim.oci import Digest

from .conftest import FakeContainer, Lab, built, publish

ROOT = Cred(0, 0)


def container(lab: Lab, state: str = "exited") -> FakeContainer:
    lab.pull("docker.io/library/hello-world")
    made = FakeContainer(lab.engine, lab.images.get("hello-world"), state, ("sh", "-c", "echo x > /f"))
    lab.engine.containers.append(made)
    return made


def write(one: FakeContainer, path: str, data: bytes) -> None:
    Vfs(one.overlay).write_file(path, data)


def commit(lab: Lab, one: FakeContainer, changes: tuple[str, ...] = (), **query: str) -> Any:
    pairs = [("container", one.id), *query.items(), *(("changes", change) for change in changes)]
    return lab.call("POST", f"/commit?{urlencode(pairs)}")


def test_a_commit_is_the_image_and_what_changed(lab: Lab) -> None:
    one = container(lab)
    write(one, "/f", b"x\n")
    answer = commit(lab, one, repo="docker.io/library/made", tag="v1", author="A U Thor", comment="a message")
    image = lab.images.get("made:v1")
    assert (answer.status, answer.json) == (201, {"Id": image.id})
    assert image.tree == one.overlay.tree()
    assert image.parent == one.image.id
    assert image.chain_ids[:-1] == one.image.chain_ids
    view = lab.call("GET", "/images/made:v1/json").json
    assert (view["Author"], view["Comment"], view["DockerVersion"]) == ("A U Thor", "a message", "28.5.2")
    assert view["Config"]["Cmd"] == ["sh", "-c", "echo x > /f"]
    rows = lab.call("GET", "/images/made:v1/history").json
    assert [row["Id"] for row in rows] == [image.id, one.image.id, "<missing>"]
    assert (rows[0]["CreatedBy"], rows[0]["Size"], rows[0]["Comment"]) == ("sh -c echo x > /f", 2, "a message")
    assert [message["Action"] for message in lab.engine.events.history][-2:] == ["create", "tag"]
    assert lab.engine.lifecycle.noted == [
        ("commit", {"comment": "a message", "imageID": image.id, "imageRef": "made:v1"}),
    ]


def test_changes(lab: Lab) -> None:
    one = container(lab)
    changes = ('CMD ["echo","hi"]', "ENV X=1", "EXPOSE 80", "LABEL a=b", "WORKDIR /srv", "USER app", "VOLUME /data")
    identity = commit(lab, one, changes).json["Id"]
    config = lab.call("GET", f"/images/{identity}/json").json["Config"]
    assert config["Cmd"] == ["echo", "hi"]
    assert config["Env"] == ["PATH=/bin", "X=1"]
    assert config["ExposedPorts"] == {"80/tcp": {}}
    assert config["Labels"] == {"a": "b"}
    assert (config["WorkingDir"], config["User"], config["Volumes"]) == ("/srv", "app", {"/data": {}})
    assert one.spec.config["Env"] == ["PATH=/bin"]


@pytest.mark.parametrize("change", ["NOSUCH x", "RUN x"])
def test_changes_that_are_none(lab: Lab, change: str) -> None:
    answer = commit(lab, container(lab), (change,))
    assert (answer.status, answer.message) == (400, f"{change.split()[0]} is not a valid change command")


def test_a_running_container_stands_still_meanwhile(lab: Lab) -> None:
    one = container(lab, "running")
    commit(lab, one)
    paused, (told, _), resumed = lab.engine.lifecycle.noted
    assert (paused, told, resumed) == ("pause", "commit", "unpause")
    commit(lab, one, pause="0")
    assert [told for told, _ in lab.engine.lifecycle.noted[3:]] == ["commit"]


def test_nothing_changed_is_no_new_layer(lab: Lab) -> None:
    one = container(lab)
    identity = commit(lab, one).json["Id"]
    image = lab.images.get(identity)
    assert image.chain_ids == one.image.chain_ids
    assert image.config.history[-1]["empty_layer"] is True


@pytest.mark.parametrize(
    ("query", "status", "message"),
    [
        ("container=nosuch", 404, "No such container: nosuch"),
        ("container=&repo=x", 404, "No such container: "),
    ],
)
def test_no_container(lab: Lab, query: str, status: int, message: str) -> None:
    answer = lab.call("POST", f"/commit?{query}")
    assert (answer.status, answer.message) == (status, message)


@given(st.dictionaries(st.sampled_from(["/a", "/etc", "/hello", "/new"]), st.binary(max_size=20), min_size=1))
@settings(max_examples=20, deadline=None)
def test_commit_save_load_and_push_keep_the_tree(files: dict[str, bytes]) -> None:
    lab = Lab()
    publish(lab.hub, "library/hello-world", built({"/hello": b"hello"}, {"/a": b"old"}))
    one = container(lab)
    for path, data in files.items():
        write(one, path, data)
    Vfs(one.overlay).unlink("/a")
    commit(lab, one, repo="localhost:5000/made", tag="v1")
    image = lab.images.get("localhost:5000/made:v1")
    assert image.tree == one.overlay.tree()
    assert all(Digest.of(lab.images.layer_tar(diff_id)) == diff_id for diff_id in image.diff_ids)
    other = Lab()
    other.call("POST", "/images/load?quiet=1", lab.call("GET", "/images/get?names=localhost:5000/made:v1").body)
    assert other.images.get(image.id).tree == image.tree
    assert lab.call("POST", "/images/localhost:5000/made/push?tag=v1").told[-1].startswith("v1: digest: ")
    identity, tree = image.id, image.tree
    lab.engine.containers.clear()
    lab.engine.snapshots.remove(one.id)
    lab.call("DELETE", "/images/localhost:5000/made:v1")
    lab.call("DELETE", "/images/hello-world")
    assert lab.images.all() == []
    lab.pull("localhost:5000/made", "v1")
    assert lab.images.get(identity).tree == tree
