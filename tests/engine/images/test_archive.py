"""``docker save`` and ``docker load``; ``docker import``."""

from __future__ import annotations

import io
import json
import tarfile
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockersim.fs.archive import Member, read_members, write_members
from dockersim.fs.tar import gzip, pack
from dockersim.oci import Digest
from dockersim.trace import events
from dockersim.world import World

from .conftest import HELLO, Lab, built, publish

LAYERS = st.lists(
    st.dictionaries(st.sampled_from(["/a", "/b", "/etc/c"]), st.binary(max_size=30), min_size=1), min_size=1, max_size=4
)


@given(LAYERS, LAYERS)
@settings(max_examples=15, deadline=None)
def test_save_then_load_is_the_identity(one: Any, two: Any) -> None:
    lab = Lab()
    for name, layers in (("one", one), ("two", two)):
        publish(lab.hub, f"library/{name}", built(*layers))
        lab.pull(f"docker.io/library/{name}")
    saved = lab.call("GET", "/images/get?names=one&names=two").body
    other = Lab()
    answer = other.call("POST", "/images/load?quiet=1", saved)
    assert answer.told == ["Loaded image: one:latest", "Loaded image: two:latest"]
    for name in ("one", "two"):
        before, after = lab.images.get(name), other.images.get(name)
        assert (after.id, after.config.raw, after.tree) == (before.id, before.config.raw, before.tree)
        assert after.size == before.size
    assert other.call("GET", "/images/get?names=one&names=two").body == saved
    assert all(digest == Digest.of(other.engine.content.get(digest)) for digest, _ in other.engine.content.walk())


def test_the_archive_is_an_oci_layout_and_dockers_own_form(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    image = lab.images.get("hello-world")
    answer = lab.call("GET", "/images/hello-world/get")
    with tarfile.open(fileobj=io.BytesIO(answer.body)) as archive:
        names = archive.getnames()
        files = {name: archive.extractfile(name) for name in names if archive.getmember(name).isfile()}
        read = {name: file.read() for name, file in files.items() if file is not None}
    assert names[:2] == ["blobs", "blobs/sha256"]
    assert names[-4:] == ["index.json", "manifest.json", "oci-layout", "repositories"]
    for name, data in read.items():
        if name.startswith("blobs/"):
            assert Digest.of(data).encoded == name.rpartition("/")[2]
    (layer,) = image.diff_ids
    assert json.loads(read["manifest.json"]) == [
        {
            "Config": f"blobs/sha256/{image.id.encoded}",
            "RepoTags": ["hello-world:latest"],
            "Layers": [f"blobs/sha256/{layer.encoded}"],
            "LayerSources": {
                layer: {
                    "mediaType": "application/vnd.oci.image.layer.v1.tar",
                    "size": len(lab.images.layer_tar(layer)),
                    "digest": layer,
                }
            },
        }
    ]
    (entry,) = json.loads(read["index.json"])["manifests"]
    assert entry["annotations"] == {
        "io.containerd.image.name": "docker.io/library/hello-world:latest",
        "org.opencontainers.image.ref.name": "latest",
    }
    assert json.loads(read["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    assert json.loads(read["repositories"]) == {"hello-world": {"latest": layer.encoded}}


def test_loading_tells_its_progress(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    saved = lab.call("GET", "/images/get?names=hello-world").body
    other = Lab()
    answer = other.call("POST", "/images/load?quiet=0", gzip(saved))
    loading = [line for line in answer.lines if line.get("status") == "Loading layer"]
    assert {line["id"] for line in loading} == {lab.images.get("hello-world").diff_ids[0].short}
    assert loading[-1]["progressDetail"]["current"] == loading[-1]["progressDetail"]["total"] > 9400
    assert answer.lines[-1] == {"stream": "Loaded image: hello-world:latest\n"}
    assert other.engine.events.history[-1]["Action"] == "load"


def test_an_image_saved_by_its_id_has_no_name(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    identity = lab.images.get("hello-world").id
    saved = lab.call("GET", f"/images/get?names={identity.short}").body
    assert Lab().call("POST", "/images/load?quiet=1", saved).told == [f"Loaded image ID: {identity}"]


def test_a_name_that_is_taken_moves(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    saved = lab.call("GET", "/images/get?names=hello-world").body
    publish(lab.hub, "library/other", built({"/x": b"x"}))
    lab.pull("docker.io/library/other")
    old = lab.images.get("other").id
    lab.call("POST", "/images/other/tag?repo=hello-world&tag=latest")
    assert lab.call("POST", "/images/load?quiet=1", saved).told == [
        f"The image hello-world:latest already exists, renaming the old one with ID {old} to empty string",
        "Loaded image: hello-world:latest",
    ]


@pytest.mark.parametrize("data", [b"", b"junk\n", b"\x1f\x8b" + b"x" * 50])
def test_what_is_no_archive(lab: Lab, data: bytes) -> None:
    answer = lab.call("POST", "/images/load?quiet=1", data)
    assert answer.status == 200
    assert "error" in answer.lines[-1]
    assert lab.kept() == ([], [], [], [])


def test_an_archive_of_something_else(lab: Lab) -> None:
    data = write_members([Member("bin", "directory", 0o755), Member("bin/sh", data=b"x")])
    answer = lab.call("POST", "/images/load?quiet=1", data)
    assert answer.told[-1].startswith("error: open /var/lib/docker/tmp/docker-import-")
    assert answer.told[-1].endswith("/bin/json: no such file or directory")


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 255))
@settings(max_examples=40, deadline=None)
def test_a_damaged_archive_gives_an_error_or_the_image_never_half_of_it(which: int, where: int, flip: int) -> None:
    lab = Lab()
    publish(lab.hub, "library/x", built({"/a": b"a" * 99}, {"/b": b"b"}))
    lab.pull("docker.io/library/x")
    members = list(read_members(lab.call("GET", "/images/get?names=x").body))
    chosen = which % len(members)
    data = bytearray(members[chosen].data or b"x")
    data[where % len(data)] ^= flip
    members[chosen] = members[chosen]._replace(data=bytes(data)) if members[chosen].type == "file" else members[chosen]
    other = Lab()
    answer = other.call("POST", "/images/load?quiet=1", write_members(members))
    if "error" in answer.lines[-1]:
        assert other.kept()[3] == []
        assert other.kept()[1] == []
    for image in other.images.all():
        assert Digest.of(image.config.raw) == image.id
        for diff_id in image.diff_ids:
            assert Digest.of(other.images.layer_tar(diff_id)) == diff_id


def test_a_layer_that_is_not_what_the_configuration_says(lab: Lab) -> None:
    lab.pull("docker.io/library/hello-world")
    layer = lab.images.get("hello-world").diff_ids[0]
    members = [
        one._replace(data=pack(built({"/evil": b"x"}).tree)) if one.name.endswith(layer.encoded) else one
        for one in read_members(lab.call("GET", "/images/get?names=hello-world").body)
    ]
    other = Lab()
    told = other.call("POST", "/images/load?quiet=1", write_members(members)).told
    assert told[-1].startswith(f"error: invalid diffID for layer: expected {layer}, got sha256:")
    assert [event.expected for event in other.trace(events.BlobRefused)] == [layer]


def test_saving_what_is_not_there(lab: Lab) -> None:
    answer = lab.call("GET", "/images/get?names=nosuch")
    assert (answer.status, answer.message) == (404, "No such image: nosuch")


def test_import_makes_one_layer_of_a_file_tree(lab: Lab) -> None:
    tree = built(HELLO, {"/etc/x": b"x"}).tree
    target = "/images/create?changes=CMD+%5B%22sh%22%5D&changes=ENV+A%3D1&fromSrc=-&message=msg&repo=imported%3Av2"
    answer = lab.call("POST", target, pack(tree))
    image = lab.images.get("imported:v2")
    assert answer.lines == [{"status": image.id}]
    assert image.tree == tree
    view = lab.call("GET", "/images/imported:v2/json").json
    assert (view["Comment"], view["Config"]["Cmd"], view["Config"]["Env"]) == ("msg", ["sh"], ["A=1"])
    assert "ArgsEscaped" not in view["Config"]
    (row,) = lab.call("GET", "/images/imported:v2/history").json
    assert (row["CreatedBy"], row["Comment"], row["Tags"]) == ("", "msg", ["imported:v2"])
    assert lab.call("POST", "/images/create?fromSrc=-", gzip(pack(tree))).status == 200


@pytest.mark.parametrize(
    ("query", "data", "status", "message"),
    [
        ("fromSrc=-&repo=junk", b"this is not a tar file\n", 500, "unexpected EOF"),
        ("fromSrc=-&repo=junk", b"this is not a tar file\n" * 100, 500, "archive/tar: invalid tar header"),
        (
            "fromSrc=-&repo=UPPER",
            b"",
            400,
            "invalid reference format: repository name (library/UPPER) must be lowercase",
        ),
        ("fromSrc=-&changes=RUN+x", write_members([]), 400, "RUN is not a valid change command"),
        (
            "fromSrc=http%3A%2F%2F127.0.0.1%3A1%2Fx.tar&repo=x",
            b"",
            500,
            'Get "http://127.0.0.1:1/x.tar": dial tcp 127.0.0.1:1: connect: connection refused',
        ),
    ],
)
def test_what_cannot_be_imported(lab: Lab, query: str, data: bytes, status: int, message: str) -> None:
    answer = lab.call("POST", f"/images/create?{query}", data)
    assert (answer.status, answer.message) == (status, message)
    assert lab.kept() == ([], [], [], [])


def test_an_image_for_another_processor_is_made_into_a_container_with_a_warning() -> None:
    world = World(seed=0)
    line = "docker run --name box busybox true && docker export box > box.tar"
    assert world.sh(f"docker pull -q busybox && {line}").exit_code == 0
    words = "does not match the detected host platform (linux/amd64/v3) and no specific platform was requested\n"
    for asked, shown in (
        ("linux/arm64/8", "linux/arm64/v8"),
        ("arm", "linux/arm"),
        ("linux/386", ""),
        ("linux/amd64/v2", ""),
    ):
        assert world.sh(f"docker import --platform {asked} box.tar other").exit_code == 0
        made = world.sh("docker create other true")
        assert made.stderr == (f"WARNING: The requested image's platform ({shown}) {words}" if shown else "")
        assert world.sh(f"docker create --platform {asked} other true").stderr == ""
