"""Every image of the simulated Docker Hub builds, is what it says, and is honest content."""

from __future__ import annotations

import gzip
import json
import posixpath
from typing import Any

import pytest

from dockersim.fs.tree import Tree
from dockersim.hub import Catalogue
from dockersim.hub.images import PLATFORMS, Variant
from dockersim.hub.rootfs import parse_rootfs
from dockersim.oci import Digest, Index, Manifest, Reference
from dockersim.userland.binary import program_of

CATALOGUE = Catalogue()
VARIANTS = [variant for repository in CATALOGUE.repositories() for variant in CATALOGUE.variants(repository)]


def name(variant: Variant) -> str:
    return f"{variant.repository}:{variant.tags[0]}"


each = pytest.mark.parametrize("variant", VARIANTS, ids=name)


def resolve(tree: Tree, path: str) -> str | None:
    """Where a path leads, links followed; ``None`` if nowhere."""
    done: list[str] = []
    todo = path.strip("/").split("/")
    for _ in range(200):
        if not todo:
            return "/" + "/".join(done)
        part = todo.pop(0)
        if part in ("", "."):
            continue
        if part == "..":
            done = done[:-1]
            continue
        node = tree.get("/" + "/".join([*done, part]))
        if node is None:
            return None
        if node.kind == "symlink":
            done = [] if node.target.startswith("/") else done
            todo = node.target.split("/") + todo
        else:
            done.append(part)
    return None


def find(tree: Tree, program: str, config: dict[str, Any]) -> str | None:
    if "/" in program:
        return resolve(tree, posixpath.join(config["WorkingDir"], program))
    path = dict(entry.split("=", 1) for entry in config["Env"])["PATH"]
    return next((found for place in path.split(":") if (found := resolve(tree, f"{place}/{program}"))), None)


@each
def test_content_is_valid_and_verifies(variant: Variant) -> None:
    package = CATALOGUE.package(variant.repository, variant.tags[0])
    assert [str(entry.platform) for entry in package.index.manifests] == [str(platform) for platform in PLATFORMS]
    assert Index(package.index.raw, package.index.media_type) == package.index
    for entry, manifest in zip(package.index.manifests, package.manifests, strict=True):
        assert entry.digest == Digest.of(manifest.raw)
        assert Manifest(manifest.raw, manifest.media_type) == manifest
        config = json.loads(package.blobs[manifest.config.digest])
        assert config["architecture"] == entry.platform.architecture  # type: ignore[union-attr]
        for layer, diff_id in zip(manifest.layers, config["rootfs"]["diff_ids"], strict=True):
            blob = package.blobs[layer.digest]
            assert layer.size == len(blob)
            assert layer.nominal >= len(blob)
            assert Digest.of(gzip.decompress(blob)) == diff_id
    for digest, data in package.blobs.items():
        assert Digest.of(data) == digest


@each
def test_what_the_image_runs_is_in_it(variant: Variant) -> None:
    image = CATALOGUE.image(variant.repository, variant.tags[0])
    config = dict(image.config.config)
    entrypoint, command = config.get("Entrypoint") or [], config.get("Cmd") or []
    programs = entrypoint[:1] + (command[:1] if not entrypoint or "entrypoint" in entrypoint[-1] else [])
    assert programs, "an image of the catalogue says what to run"
    for program in programs:
        found = find(image.tree, program, config)
        assert found, f"{program} is not in the image"
        node = image.tree.nodes[found]
        assert node.kind == "file"
        if program.endswith(".yml"):
            continue  # an argument of the registry
        assert node.mode & 0o111
        assert program_of(node.data) or node.data.startswith(b"#!/")
        if node.data.startswith(b"#!"):
            interpreter = node.data.split(b"\n")[0][2:].decode().split()
            assert all(find(image.tree, word, config) for word in interpreter)


@each
def test_symbolic_links_lead_somewhere(variant: Variant) -> None:
    tree = CATALOGUE.image(variant.repository, variant.tags[0]).tree
    for path, node in tree.walk():
        if node.kind == "symlink":
            target = posixpath.normpath(posixpath.join(posixpath.dirname(path), node.target))
            if not target.startswith(("/proc/", "/dev/")):  # what the engine mounts
                assert resolve(tree, target), f"{path} -> {node.target}"


@each
def test_users_and_workdir_exist(variant: Variant) -> None:
    image = CATALOGUE.image(variant.repository, variant.tags[0])
    assert resolve(image.tree, image.config.config["WorkingDir"])
    user = str(image.config.config.get("User", "")).partition(":")[0]
    if user and not user.isdecimal():
        assert f"\n{user}:" in "\n" + image.tree.nodes["/etc/passwd"].data.decode()


def test_the_same_bytes_every_time() -> None:
    fresh = Catalogue()
    for variant in VARIANTS[::7]:
        tag = variant.tags[0]
        one, other = CATALOGUE.package(variant.repository, tag), fresh.package(variant.repository, tag)
        assert one.index == other.index
        assert one.blobs == other.blobs


def test_names_and_tags_are_references_and_unique() -> None:
    for repository in CATALOGUE.repositories():
        tags = [tag for variant in CATALOGUE.variants(repository) for tag in variant.tags]
        assert len(tags) == len(set(tags)), repository
        for tag in tags:
            reference = Reference.docker(f"{repository.removeprefix('library/')}:{tag}")
            assert (reference.path, reference.tag) == (repository, tag)


def test_each_dockerfile_is_read_only_when_asked_for() -> None:
    fresh = Catalogue()
    fresh.image("library/hello-world", "latest")
    assert [key[0] for key in fresh._images] == ["library/hello-world"]


def test_source_pushes_what_a_registry_lacks() -> None:
    pushed: list[tuple[str, tuple[str, ...]]] = []
    provide = CATALOGUE.source(lambda repository, tags, package: pushed.append((repository, tags)))
    assert provide("library/hello-world", "latest")
    assert not provide("library/hello-world", "nosuchtag")
    assert not provide("library/nosuch", "latest")
    digest = CATALOGUE.package("library/hello-world", "latest").index.digest
    assert provide("library/hello-world", digest)
    assert not provide("library/hello-world", "sha256:" + "0" * 64)
    assert {repository for repository, _ in pushed} == {"library/hello-world"}


def test_hello_world_is_the_smallest_whole_image() -> None:
    image = CATALOGUE.image("library/hello-world", "latest")
    assert image.config.config["Cmd"] == ["/hello"]
    assert program_of(image.tree.nodes["/hello"].data) == "hello"
    assert [entry["created_by"] for entry in image.config.history] == ["COPY hello / # buildkit", 'CMD ["/hello"]']
    assert sum(layer.layer.size for layer in image.layers) == 10072


IN_LIFE = [
    ("library/busybox", "latest", 4.43, 1),
    ("library/alpine", "3.22", 8.32, 1),
    ("library/ubuntu", "24.04", 78.1, 1),
    ("library/debian", "bookworm", 117, 1),
    ("library/debian", "bookworm-slim", 74.8, 1),
    ("library/nginx", "1.27", 192, 7),
    ("library/nginx", "alpine", 52.8, 8),
    ("library/redis", "latest", 137, 7),
    ("library/python", "3.12-slim", 124, 4),
    ("library/python", "3.12", 1020, 7),
    ("library/node", "22", 1120, 8),
    ("library/golang", "1.25", 853, 7),
    ("library/registry", "2", 25.4, 5),
]


@pytest.mark.parametrize(("repository", "tag", "megabytes", "layers"), IN_LIFE)
def test_sizes_and_layers_as_in_life(repository: str, tag: str, megabytes: float, layers: int) -> None:
    image = CATALOGUE.image(repository, tag)
    assert sum(layer.layer.size for layer in image.layers) / 1e6 == pytest.approx(megabytes, rel=0.03)
    assert len(image.layers) == layers


def test_images_share_the_layers_of_their_base() -> None:
    base = CATALOGUE.image("library/debian", "bookworm-slim")
    assert CATALOGUE.image("library/nginx", "1.27").layers[0] == base.layers[0]


def test_no_curl_in_a_slim_debian_and_no_ps() -> None:
    slim, ubuntu = CATALOGUE.image("library/debian", "12-slim").tree, CATALOGUE.image("library/ubuntu", "latest").tree
    assert [name for name in ("curl", "ping", "vi", "ps", "ip") if slim.get(f"/usr/bin/{name}")] == []
    assert ubuntu.get("/usr/bin/ps")
    assert program_of(slim.nodes["/usr/bin/dash"].data) == "dash"
    assert CATALOGUE.image("library/alpine", "latest").tree.nodes["/bin/ls"].target == "/bin/busybox"
    assert slim.nodes["/bin"].target == "usr/bin"


def test_search() -> None:
    first = CATALOGUE.search("hello")[0]
    assert (first.name, first.official) == ("hello-world", True)
    assert CATALOGUE.search("no such thing at all") == []
    assert [one.name for one in CATALOGUE.search("traefik", limit=1)] == ["traefik"]


def test_rootfs_entries() -> None:
    text = '/d/ 1777 5:6\n/d/f = "x\\n"\n/bin/{a:100,b} 755 program\n/l -> d\n/bin/c => /bin/a\n[run 1]\n/x ~=500\n'
    sections = parse_rootfs(text, str, 7)
    entries = sections["context"]
    assert (entries["/d"].mode, entries["/d"].uid, entries["/d"].gid) == (0o1777, 5, 6)
    assert entries["/d/f"].data == b"x\n"
    assert (program_of(entries["/bin/b"].data), entries["/bin/a"].size) == ("b", 100)
    assert entries["/bin/c"] == entries["/bin/a"]
    assert entries["/l"].target == "d"
    assert sections["run 1"]["/x"].size == 500
    with pytest.raises(ValueError, match="cannot understand"):
        parse_rootfs("/x what", str, 0)
