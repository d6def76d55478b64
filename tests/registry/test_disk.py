"""A registry's content on a disk: what was stored is there again for the next registry that looks at it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import dockersim
from dockersim.fs import Overlay, Vfs
from dockersim.oci import media
from dockersim.registry.disk import Disk
from dockersim.registry.errors import RegistryError
from dockersim.registry.storage import Storage
from dockersim.sim import Simulation

NAMES, TAGS, CONTENTS = ("app", "team/app"), ("latest", "1.0"), (b"{}", b"layer one", b"layer two")
STEPS = st.lists(
    st.tuples(st.sampled_from(("push", "untag", "unlink")), st.sampled_from(NAMES), st.sampled_from(TAGS),
              st.sampled_from(CONTENTS)),
    max_size=8,
)  # fmt: skip


def push(storage: Storage, name: str, tag: str, layer: bytes) -> None:
    config, stored = storage.put_blob(name, b"{}"), storage.put_blob(name, layer)
    manifest = {
        "schemaVersion": 2,
        "mediaType": media.OCI_MANIFEST,
        "config": {"mediaType": media.OCI_CONFIG, "digest": config, "size": 2},
        "layers": [{"mediaType": media.OCI_LAYER_GZIP, "digest": stored, "size": len(layer)}],
    }
    storage.put_manifest(name, tag, json.dumps(manifest).encode(), media.OCI_MANIFEST)


def step(storage: Storage, verb: str, name: str, tag: str, layer: bytes) -> None:
    try:
        if verb == "push":
            push(storage, name, tag, layer)
        elif verb == "untag":
            storage.delete_manifest(name, storage.manifest(name, tag)[0])
        else:
            storage.unlink_blob(name, next(iter(storage.repository(name).blobs), "sha256:" + "0" * 64))
    except RegistryError:
        return


def content(storage: Storage) -> dict[str, object]:
    return {
        name: (
            sorted(storage.repository(name).blobs),
            sorted(storage.repository(name).manifests),
            sorted((full, digest) for full, digest in storage.tags.items() if full.startswith(name + ":")),
        )
        for name in storage.repositories()
        if storage.repository(name).blobs or storage.repository(name).manifests
    }


@settings(deadline=None)
@given(STEPS)
def test_the_next_registry_finds_what_the_last_one_had(steps: list[tuple[str, str, str, bytes]]) -> None:
    sim, vfs = Simulation(0), Vfs(Overlay())
    storage = Storage(sim, "one", Disk(vfs, "/var/lib/registry"))
    for one in steps:
        step(storage, *one)
    if any(verb == "unlink" for verb, *_ in steps):
        return  # a manifest whose layer was taken away: the reference registry keeps it, a load refuses it
    assert content(Storage(sim, "two", Disk(vfs, "/var/lib/registry"))) == content(storage)


@pytest.fixture
def world() -> dockersim.World:
    world = dockersim.World(seed=0)
    world.sh("docker pull -q busybox; docker pull -q registry:2")
    world.sh("docker run -d --name reg -p 5000:5000 -v data:/var/lib/registry registry:2")
    world.sh("docker tag busybox localhost:5000/team/bb; docker push -q localhost:5000/team/bb")
    return world


def test_images_outlive_the_container_in_its_volume(world: dockersim.World) -> None:
    world.sh("docker rm -f reg; docker run -d --name next -p 5000:5000 -v data:/var/lib/registry registry:2")
    assert world.sh("curl -s localhost:5000/v2/_catalog").stdout == '{"repositories":["team/bb"]}\n'
    world.sh("docker rmi localhost:5000/team/bb")
    assert world.sh("docker run --rm localhost:5000/team/bb echo there").stdout == "there\n"
    world.sh("docker rm -f next; docker volume rm data")
    world.sh("docker run -d -p 5000:5000 -v data:/var/lib/registry registry:2")
    assert world.sh("curl -s localhost:5000/v2/_catalog").stdout == '{"repositories":[]}\n'


def test_blobs_lie_under_their_digests(world: dockersim.World) -> None:
    blobs = "/var/lib/registry/docker/registry/v2/blobs"
    listed = world.sh(f"docker exec reg sh -c 'cd {blobs}; sha256sum */*/*/data'").stdout
    rows = [line.split() for line in listed.splitlines()]
    assert len(rows) == 3
    assert all(path.split("/")[2] == digest for digest, path in rows)


def test_deleting_is_off_unless_it_was_asked_for(world: dockersim.World) -> None:
    digest = world.sh("docker images --digests --format '{{.Digest}}' localhost:5000/team/bb").stdout.strip()
    delete = f"curl -s -o /dev/null -w '%{{http_code}}' -X DELETE localhost:PORT/v2/team/bb/manifests/{digest}"
    assert world.sh(delete.replace("PORT", "5000")).stdout == "405"
    world.sh("docker run -d -p 5001:5000 -e REGISTRY_STORAGE_DELETE_ENABLED=true -v data:/var/lib/registry registry:2")
    assert world.sh(delete.replace("PORT", "5001")).stdout == "202"
