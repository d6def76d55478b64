"""A registry's content on a disk, laid out as the reference registry does (distribution, registry/storage/paths.go).

Blobs lie under their digests; that a repository has one, or what a tag names, is a small file with the digest in it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from dockersim.fs import Vfs

if TYPE_CHECKING:
    from dockersim.registry.storage import Storage

LAYERS, REVISIONS = "_layers", "_manifests/revisions"


class Disk:
    """The directory ``root`` (``/var/lib/registry``) in the file tree of the computer that runs the registry."""

    def __init__(self, vfs: Vfs, root: str) -> None:
        self._vfs = vfs
        self._base = f"{root.rstrip('/')}/docker/registry/v2"

    # ---- writing

    def keep(self, name: str, kind: str, digest: str, data: bytes) -> None:
        """A repository has a blob: a layer (or configuration), or the revision of a manifest."""
        path = self._blob(digest)
        if not self._vfs.exists(path):
            self._write(path, data)
        self._write(self._link(name, kind, digest), digest.encode())

    def drop(self, name: str, kind: str, digest: str) -> None:
        """A repository has a blob no longer; the blob stays, as it does until garbage is collected."""
        self._remove(self._link(name, kind, digest))

    def tag(self, name: str, tag: str, digest: str) -> None:
        """A tag names a manifest, now and in the tag's history."""
        base = f"{self._base}/repositories/{name}/_manifests/tags/{tag}"
        for path in (f"{base}/current/link", f"{base}/index/{digest.replace(':', '/')}/link"):
            self._write(path, digest.encode())

    def untag(self, name: str, tag: str) -> None:
        """A tag is gone."""
        self._remove(f"{self._base}/repositories/{name}/_manifests/tags/{tag}/current/link")

    def _write(self, path: str, data: bytes) -> None:
        self._vfs.makedirs(path.rpartition("/")[0])
        self._vfs.write_file(path, data)

    def _remove(self, path: str) -> None:
        if self._vfs.exists(path):
            self._vfs.unlink(path)

    def _blob(self, digest: str) -> str:
        algorithm, _, encoded = digest.partition(":")
        return f"{self._base}/blobs/{algorithm}/{encoded[:2]}/{encoded}/data"

    def _link(self, name: str, kind: str, digest: str) -> str:
        return f"{self._base}/repositories/{name}/{kind}/{digest.replace(':', '/')}/link"

    # ---- reading

    def load(self, storage: Storage) -> None:
        """Put what lies here into an empty ``storage``: layers first, then what refers to them, then tags."""
        for kind in (LAYERS, REVISIONS, "_manifests/tags"):
            pending = list(self._links(kind))
            for name, tag, digest in sorted(pending, key=lambda one: self._is_index(one[2])):
                data = self._vfs.read_file(self._blob(digest))
                if kind == LAYERS:
                    storage.put_blob(name, data, digest)
                else:
                    storage.put_manifest(name, tag or digest, data)

    def _is_index(self, digest: str) -> bool:
        return b'"manifests"' in self._vfs.read_file(self._blob(digest))

    def _links(self, kind: str) -> Iterator[tuple[str, str, str]]:
        """Each link of a kind: repository, tag (empty for none), digest."""
        base = f"{self._base}/repositories"
        if not self._vfs.exists(base):
            return
        for path, stat in self._vfs.walk(base):
            name, found, rest = path[len(base) + 1 :].partition(f"/{kind}/")
            parts = rest.split("/")
            if not found or stat.is_dir or parts[-1] != "link":
                continue
            digest = self._vfs.read_file(path).decode()
            if kind != "_manifests/tags":
                yield name, "", digest
            elif parts[1] == "current":
                yield name, parts[0], digest
