"""The catalogue: repositories and tags; their images, built when they are first asked for; search."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from dockersim.engine.builder.assemble import Command, assemble_now
from dockersim.engine.builder.image import Image, Package, package
from dockersim.fs.layer import Layer
from dockersim.fs.node import Node
from dockersim.fs.tree import Tree
from dockersim.oci import ImageConfig, Platform, Reference

PLATFORMS = (Platform("linux", "amd64"), Platform("linux", "arm64", "v8"))


class SearchResult(NamedTuple):
    """One line of ``docker search``; ``name`` is as Docker shows it (``nginx``, ``traefik/whoami``)."""

    name: str
    description: str
    stars: int
    official: bool


class Variant(NamedTuple):
    """One image of a repository: its tags, the folder's files that it is made of, and the words put into them."""

    repository: str
    tags: tuple[str, ...]
    created_ns: int
    dockerfile: str
    rootfs: str
    words: dict[str, str]


Push = Callable[[str, tuple[str, ...], Package], Any]


class Catalogue:
    """Docker Hub's images. Nothing is read before it is needed, and only what is asked for is built."""

    def __init__(self) -> None:
        self._index: dict[str, dict[str, Any]] = {}
        self._images: dict[tuple[str, str], Image] = {}

    @property
    def index(self) -> dict[str, dict[str, Any]]:
        """``catalogue/index.json``: by repository (``library/nginx``) its description, stars and variants."""
        if not self._index:
            import json

            self._index = json.loads(_read("index.json"))
        return self._index

    def repositories(self) -> list[str]:
        """The names of all repositories, ``library/`` included."""
        return sorted(self.index)

    def tags(self, repository: str) -> list[str]:
        """All tags of a repository; none for an unknown one."""
        return sorted(tag for variant in self.variants(repository) for tag in variant.tags)

    def variants(self, repository: str) -> list[Variant]:
        """The images of a repository; none for an unknown one."""
        entry = self.index.get(repository, {})
        return [_variant(repository, value) for value in entry.get("variants", ())]

    def variant(self, repository: str, tag: str) -> Variant | None:
        """The image that a tag names."""
        return next((variant for variant in self.variants(repository) if tag in variant.tags), None)

    def search(self, term: str, limit: int = 25) -> list[SearchResult]:
        """What ``docker search TERM`` shows: repositories with the term in their name or description.

        Official images and those named like the term come first, then by stars.
        """
        term = term.lower().removeprefix("library/")
        found = []
        for repository, entry in self.index.items():
            name = repository.removeprefix("library/")
            if term in name or term in entry["description"].lower():
                official = repository.startswith("library/")
                found.append(SearchResult(name, entry["description"], entry["stars"], official))
        found.sort(key=lambda one: (one.name != term, term not in one.name, -one.stars, one.name))
        return found[:limit]

    def image(self, repository: str, tag: str, platform: Platform = PLATFORMS[0]) -> Image:
        """The image for one platform, built from its Dockerfile at the first call. Raises :class:`KeyError`."""
        variant = self.variant(repository, tag)
        if variant is None:
            raise KeyError(f"{repository}:{tag}")
        key = (repository, variant.tags[0])
        if key not in self._images:
            self._images[key] = self._build(variant)
        return _on(self._images[key], platform)

    def package(self, repository: str, tag: str) -> Package:
        """The image for all platforms, as content for a registry. Raises :class:`KeyError`."""
        return package([self.image(repository, tag, platform) for platform in PLATFORMS])

    def source(self, push: Push) -> Callable[[str, str], bool]:
        """The hook for a registry that lacks a repository or tag.

        ``push(repository, tags, package)`` is called with the content asked for; the hook says whether there was any.
        A digest is looked for among all tags of its repository.
        """

        def provide(repository: str, reference: str) -> bool:
            if ":" in reference:
                return any(self._provide_digest(push, variant, reference) for variant in self.variants(repository))
            variant = self.variant(repository, reference)
            if variant is None:
                return False
            push(repository, variant.tags, self.package(repository, reference))
            return True

        return provide

    def _provide_digest(self, push: Push, variant: Variant, digest: str) -> bool:
        made = self.package(variant.repository, variant.tags[0])
        known = {str(made.index.digest), *(str(manifest.digest) for manifest in made.manifests)}
        if digest in known:
            push(variant.repository, variant.tags, made)
        return digest in known

    def _build(self, variant: Variant) -> Image:
        from dockersim.dockerfile import parse

        from .rootfs import parse_rootfs

        folder = variant.repository.removeprefix("library/")

        def read(name: str) -> str:
            text = _read(f"{folder}/{name}") if _exists(f"{folder}/{name}") else _read(f"_shared/{name}")
            for word, value in variant.words.items():
                text = text.replace(f"@{word}@", value)
            return text

        dockerfile = parse(read(variant.dockerfile))
        sections = parse_rootfs(read(variant.rootfs), read, variant.created_ns)
        runs = [i for stage in dockerfile.stages for i in stage.instructions if i.name == "RUN"]

        def run(tree: Tree, command: Command) -> Layer:
            return _recorded(tree, sections.get(f"run {runs.index(command.instruction) + 1}", {}))

        def base(name: str, wanted: Platform) -> Image:
            reference = Reference.docker(name)
            return self.image(reference.path, reference.tag, wanted)

        context = _context(sections)
        return assemble_now(dockerfile, context, base=base, run=run, created_ns=variant.created_ns)


def _on(image: Image, platform: Platform) -> Image:
    """The image for another platform: simulated programs are the same for all, so only the configuration differs."""
    config = image.config
    if config.platform == platform:
        return image
    made = ImageConfig.build(
        platform=platform,
        diff_ids=config.diff_ids,
        config=config.config,
        history=config.history,
        created=config.created,
        author=config.author,
    )
    return image._replace(config=made)


def _recorded(tree: Tree, entries: dict[str, Node]) -> Layer:
    """What a RUN left behind, with the directories above it."""
    from dockersim.engine.builder.copy import Attributes, Copy

    copying = Copy(tree, Attributes())
    for path, node in entries.items():
        parent, _, name = path.rpartition("/")
        copying.put(copying.make_directory(parent or "/").rstrip("/") + "/" + name, node)
    return copying.layer()


def _context(sections: dict[str, dict[str, Node]]) -> Tree:
    files = dict(sections["context"])
    for heading, entries in sections.items():
        kind, _, name = heading.partition(" ")
        if kind == "tar":
            from dockersim.fs.tar import pack

            files["/" + name] = Node("file", data=pack(Tree.of(entries)))
    return Tree.of(files)


def _variant(repository: str, value: dict[str, Any]) -> Variant:
    return Variant(
        repository,
        tuple(value["tags"].split()),
        value["created"] * 10**9,
        value.get("dockerfile", "Dockerfile"),
        value.get("rootfs", "rootfs.txt"),
        value.get("words", {}),
    )


def _path(name: str) -> str:
    return __file__.rpartition("images")[0] + "catalogue/" + name


def _read(name: str) -> str:
    """A data file of the catalogue, through the package's own loader: it may lie in a zip archive."""
    data: bytes = _loader().get_data(_path(name))
    return data.decode()


def _exists(name: str) -> bool:
    try:
        _loader().get_data(_path(name))
    except OSError:
        return False
    return True


def _loader() -> Any:
    assert __spec__ is not None
    return __spec__.loader
