"""Volumes, and the mounts of containers.

A volume is a directory of the host, ``/var/lib/docker/volumes/NAME/_data``; so a volume and a bind mount are one thing
once they are mounted, and a write through one mount is seen through every other at once.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from typing import TYPE_CHECKING, Any

from dockersim.engine.api import filters as f
from dockersim.engine.volumes import tmpfs
from dockersim.engine.volumes import volume as v
from dockersim.engine.volumes.copying import existing, populate
from dockersim.engine.volumes.mountpoint import MountPoint, from_bind, from_mount, volumes_from
from dockersim.engine.volumes.places import MountFailed, Places
from dockersim.engine.volumes.volume import ANONYMOUS, DRIVER, Volume
from dockersim.errors import Conflict, InvalidParameter, NotFound, System
from dockersim.fs import FsError, Vfs
from dockersim.trace import events as e

if TYPE_CHECKING:
    from dockersim.engine.containers.container import Container
    from dockersim.engine.daemon import Engine

Json = dict[str, Any]
ROOT = "/var/lib/docker/volumes"


class Volumes:
    """Volumes by name. Iteration is in order of creation."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._by_name: dict[str, Volume] = {}

    def __iter__(self) -> Iterator[Volume]:
        return iter(list(self._by_name.values()))

    @property
    def _host(self) -> Vfs:
        return self._engine.host.vfs

    # ---- volumes

    def get(self, name: str) -> Volume:
        """The volume called ``name``. NotFound in the engine's words."""
        found = self._by_name.get(name)
        if found is None:
            raise NotFound(f"get {name}: no such volume")
        return found

    def create(
        self,
        name: str = "",
        driver: str = "",
        options: dict[str, str] | None = None,
        labels: dict[str, str] | None = None,
    ) -> Volume:
        """The volume called ``name``, made if it is not there; an anonymous one without a name.

        Raises InvalidParameter (name, options), NotFound (driver), System.
        """
        if not name:
            name, labels = self._engine.sim.hex(64), {**(labels or {}), ANONYMOUS: ""}
        known = self._by_name.get(name)
        if driver not in ("", DRIVER):
            raise NotFound(f'create {name}: error looking up volume plugin {driver}: plugin "{driver}" not found')
        if known is not None:
            return known
        v.check_name(name)
        v.check_options(name, options or {})
        created = Volume(name, f"{ROOT}/{name}/_data", self._engine.sim.nanoseconds(), labels, options or None)
        self._make_directory(created)
        self._by_name[name] = created
        self._engine.sim.trace.record(e.VolumeAdded, self._engine.name, name, DRIVER)
        self.log(created, "create")
        return created

    def _make_directory(self, volume: Volume) -> None:
        host = self._host
        host.makedirs(ROOT, 0o701, umask=0)
        top = f"{ROOT}/{volume.name}"
        try:
            host.makedirs(top, 0o701, umask=0)
        except FsError as error:
            words = f"mkdir {top}: {error.strerror.lower()}"
            raise System(f"create {volume.name}: error while creating volume root path '{top}': {words}") from None
        host.makedirs(volume.path, 0o755, umask=0)

    def remove(self, volume: Volume) -> None:
        """Remove a volume and all that is in it. Conflict while a container has it."""
        if volume.refs:
            raise Conflict(f"remove {volume.name}: volume is in use - [{', '.join(volume.refs)}]")
        self._remove_files(volume)
        del self._by_name[volume.name]
        self._engine.sim.trace.record(e.VolumeRemoved, self._engine.name, volume.name)
        self.log(volume, "destroy")

    def _remove_files(self, volume: Volume) -> None:
        from dockersim.fs.copying import remove_all

        directory = posixpath.dirname(volume.path)
        if self._host.exists(directory):
            remove_all(self._host, directory)

    def prune(self, chosen: f.Filters) -> tuple[list[str], int]:
        """Remove unused volumes without options: the anonymous ones, or with the filter ``all`` any. Names, bytes."""
        everything = _prune_all(chosen)
        gone, freed = [], 0
        for volume in self:
            if volume.refs or volume.options or not (everything or volume.anonymous):
                continue
            if f.pruned(chosen, volume.labels):
                size = self.size(volume)
                self.remove(volume)
                gone.append(volume.name)
                freed += size
        self._engine.events.log("volume", "prune", "", {"reclaimed": str(freed)})
        return gone, freed

    def size(self, volume: Volume) -> int:
        """Bytes in a volume's files."""
        seen: dict[int, int] = {}
        for _, stat in self._host.walk(volume.path):
            if stat.kind != "directory":
                seen[stat.ino] = stat.size
        return sum(seen.values())

    def select(self, chosen: f.Filters) -> list[Volume]:
        """The volumes that the filters let through. InvalidParameter."""
        dangling = f.boolean(chosen, "dangling")
        return [
            volume
            for volume in self
            if (dangling is None or dangling != bool(volume.refs))
            and ("driver" not in chosen or DRIVER in chosen["driver"])
            and ("name" not in chosen or f.any_matches(chosen["name"], volume.name))
            and f.labels_match(chosen, volume.labels)
        ]

    def log(self, volume: Volume, action: str, **attributes: str) -> None:
        """Tell ``docker events`` about a volume."""
        self._engine.events.log("volume", action, volume.name, dict(sorted({**attributes, "driver": DRIVER}.items())))

    # ---- a container's wishes

    def check(self, host: Json) -> None:
        """InvalidParameter for mounts that cannot be, before anything is made."""
        for spec in host.get("Mounts") or ():
            from_mount(spec, self._host.exists)
        for destination in host.get("Tmpfs") or {}:
            if posixpath.normpath(destination) == "/":
                raise InvalidParameter("invalid specification: destination can't be '/'")
            if not destination.startswith("/"):
                raise InvalidParameter(f"invalid mount path: '{destination}' mount path must be absolute")

    def prepare(self, container: Container) -> None:
        """Make the volumes that a new container asks for, and fill the empty ones from its image."""
        host, config = container.host, container.spec.config
        if not (host["Binds"] or host.get("Mounts") or host["VolumesFrom"] or config["Volumes"] or host.get("Tmpfs")):
            return
        points: dict[str, MountPoint] = {}
        try:
            self._inherit(container, points)
            self._asked(container, points)
            for path, options in (host.get("Tmpfs") or {}).items():
                self._displace(container, points, MountPoint("tmpfs", path, options=options, listed=False))
            self._declared(container, points)
            for point in points.values():
                if point.volume is not None and point.copy:
                    self._populate(container, point)
        except BaseException:
            container.mounts = list(points.values())
            self.release(container, anonymous=True)
            raise
        container.mounts = list(points.values()) or None

    def _inherit(self, container: Container, points: dict[str, MountPoint]) -> None:
        for text in container.host["VolumesFrom"] or ():
            reference, mode = volumes_from(text)
            for point in self._container(reference).mounts or ():
                if not point.listed:
                    continue
                copy = point.again(mode)
                self._hold(container, copy, copy.volume)
                self._hold_image(copy)
                points[copy.destination] = copy

    def _container(self, reference: str) -> Container:
        """Whose volumes are wanted. InvalidParameter: NotFound would make clients look for an image."""
        try:
            return self._engine.containers.get(reference)
        except NotFound as missing:
            raise InvalidParameter(missing.message) from None

    def _asked(self, container: Container, points: dict[str, MountPoint]) -> None:
        host = container.host
        binds: Iterator[tuple[MountPoint, str, Json]] = ((from_bind(text), text, {}) for text in host["Binds"] or ())
        mounts = ((from_mount(spec, self._host.exists), spec["Target"], spec) for spec in host.get("Mounts") or ())
        seen: set[str] = set()
        tmpfses = {posixpath.normpath(path) for path in host.get("Tmpfs") or ()}
        for point, text, spec in chain(binds, mounts):
            if point.destination in seen or (not spec and point.destination in tmpfses):
                raise InvalidParameter(f"Duplicate mount point: {point.destination if not spec else text}")
            if point.type == "volume":
                options = spec.get("VolumeOptions") or {}
                config = options.get("DriverConfig") or {}
                driver = config.get("Name") or ("" if spec else host["VolumeDriver"])
                self._hold(
                    container, point, self.create(point.name, driver, config.get("Options"), options.get("Labels"))
                )
                point.mode = point.mode or "z"
            elif point.type == "image":
                point.image = self._engine.images.get(point.name)
                if any(other.image is point.image for other in points.values()):
                    raise System("mount already exists with name")
                self._hold_image(point)
            seen.add(point.destination)
            self._displace(container, points, point)

    def _displace(self, container: Container, points: dict[str, MountPoint], point: MountPoint) -> None:
        """Put a mount where an inherited one may be."""
        before = points.pop(point.destination, None)
        points[point.destination] = point
        if before is not None and before.volume is not None:
            others = {other.volume for other in points.values()}
            if before.volume not in others:
                before.volume.refs.pop(container.id, None)

    def _declared(self, container: Container, points: dict[str, MountPoint]) -> None:
        """Anonymous volumes: ``-v /data`` and the image's VOLUME."""
        for path in container.spec.config["Volumes"] or ():
            point = MountPoint("volume", path)
            if point.destination in points:
                continue
            _, stat = existing(container, point.destination, self._engine.sim.time())
            if stat is not None and not stat.is_dir:
                raise System(f"cannot mount volume over existing file, file exists {self._merged(container, path)}")
            self._hold(container, point, self.create("", container.host["VolumeDriver"]))
            points[point.destination] = point

    def places(self, container: Container, vfs: Vfs) -> Places:
        """The mount points of a container, as ``vfs`` shows it."""
        return Places(container, vfs, self._merged(container, ""))

    def _merged(self, container: Container, path: str) -> str:
        return f"{self._engine.root}/overlay2/{container.id}/merged{path}"

    @staticmethod
    def _hold(container: Container, point: MountPoint, volume: Volume | None) -> None:
        point.volume = volume
        if volume is not None:
            point.name = volume.name
            volume.refs[container.id] = None

    def _hold_image(self, point: MountPoint) -> None:
        """Stand a view of its own on the layers of an image, which they outlive it for."""
        if point.image is not None:
            point.layer = self._engine.sim.hex(64)
            self._engine.snapshots.view(point.layer, point.image.top)
            point.source = f"{self._engine.root}/overlay2/{point.layer}/merged"

    def _populate(self, container: Container, point: MountPoint) -> None:
        assert point.volume is not None
        if existing(container, point.destination, self._engine.sim.time())[1] is None:
            return
        try:
            self._acquire(point)
        except System as failed:
            raise System(f"failed to populate volume: {failed.message}") from None
        try:
            copied = populate(container, point, self._host, self._engine.sim.time(), self._merged(container, ""))
        finally:
            point.volume.release(self._host)
        if copied:
            reason = f"it was empty, and the image has files at {point.destination}"
            self._engine.sim.trace.record(
                e.Decided, self._engine.name, point.volume.name, "filled from the image", reason
            )

    def _acquire(self, point: MountPoint) -> None:
        assert point.volume is not None
        try:
            point.volume.acquire(self._host)
        except System as failed:
            raise System(f"error while mounting volume '{point.volume.path}': {failed.message}") from None

    # ---- mounting

    def mount_into(self, container: Container, vfs: Vfs) -> None:
        """Mount what a container that starts asked for. System in the engine's words.

        Shallow places come first, and of one depth those in memory.
        """
        for point in sorted(container.mounts or (), key=_order):
            if point.type == "tmpfs":
                self._mount_tmpfs(container, vfs, point)
            elif point.type == "image":
                self._mount_image(container, vfs, point)
            else:
                self._mount(container, vfs, point)
            point.mounted = True
            source = point.volume.name if point.volume is not None else point.source
            self._engine.sim.trace.record(
                e.Mounted, self._engine.name, container.id, point.type, source, point.destination, not point.rw
            )

    @contextmanager
    def visit(self, container: Container) -> Iterator[None]:
        """While somebody works on a container's files from outside: its volumes are mounted for that, too."""
        for point in container.mounts or ():
            if point.volume is not None:
                self._tell_mounted(container, point)
        try:
            yield
        finally:
            for point in container.mounts or ():
                if point.volume is not None:
                    self._tell_unmounted(container, point.volume)

    def show_in(self, container: Container, vfs: Vfs) -> None:
        """Mount what a container that does not run would see, for a look: nothing is told, nothing held."""
        for point in sorted(container.mounts or (), key=_order):
            source = point.volume.path if point.volume is not None else point.source
            if point.type == "image":
                self._mount_image(container, vfs, point)
            elif point.type != "tmpfs" and self._host.exists(source):
                try:
                    self.places(container, vfs).make(source, point.destination, self._host.is_dir(source))
                    self._bind(vfs, source, point)
                except FsError as error:
                    raise MountFailed.call(source, point.destination, error) from None

    def _mount(self, container: Container, vfs: Vfs, point: MountPoint) -> None:
        source = self._source(point)
        if point.volume is not None:
            self._tell_mounted(container, point)
        try:
            self.places(container, vfs).make(source, point.destination, self._host.is_dir(source))
            self._bind(vfs, source, point)
        except (FsError, MountFailed) as error:
            if point.volume is not None:
                point.volume.release(self._host)
            if isinstance(error, MountFailed):
                raise
            raise MountFailed.call(source, point.destination, error) from None

    def _tell_mounted(self, container: Container, point: MountPoint) -> None:
        assert point.volume is not None
        attributes = {
            "container": container.id,
            "destination": point.destination,
            "propagation": point.propagation,
            "read/write": "true" if point.rw else "false",
        }
        self.log(point.volume, "mount", **attributes)

    def _tell_unmounted(self, container: Container, volume: Volume) -> None:
        self.log(volume, "unmount", container=container.id)

    def _source(self, point: MountPoint) -> str:
        """The path on the host; a volume's own mount is made, a missing directory too where that is the custom."""
        if point.volume is not None:
            self._acquire(point)
            if not point.subpath:
                return point.volume.path
            path = posixpath.join(point.volume.path, point.subpath)
            if not self._host.exists(path):
                point.volume.release(self._host)
                raise System(f"cannot access path {path}: lstat {path}: no such file or directory")
            return path
        if not self._host.exists(point.source):
            if not point.made:
                raise System(f'invalid mount config for type "bind": bind source path does not exist: {point.source}')
            try:
                self._host.makedirs(point.source, 0o755)
            except FsError as error:
                words = f"mkdir {error.path or point.source}: {error.strerror.lower()}"
                raise System(f"error while creating mount source path '{point.source}': {words}") from None
        return point.source

    def _bind(self, vfs: Vfs, source: str, point: MountPoint) -> None:
        """Show a place of the host, with what is mounted below it, as ``mount --rbind`` does."""
        host = self._host
        path = host.realpath(source)
        there = host.mount_of(source)
        read_only = not point.rw or there.read_only
        target = vfs.realpath(point.destination)
        vfs.mount(target, there.fs, there.inner(path), read_only=read_only, source=there.source, options=there.options)
        below = path.rstrip("/") + "/"
        for mount in host.mounts():
            if mount.path.startswith(below) and mount.path != path:
                place = f"{target}/{mount.path[len(below) :]}"
                vfs.mount(place, mount.fs, mount.subpath, read_only=read_only or mount.read_only, source=mount.source,
                          options=mount.options)  # fmt: skip

    def _mount_image(self, container: Container, vfs: Vfs, point: MountPoint) -> None:
        view = self._engine.snapshots.mounts(point.layer)
        source = posixpath.join(point.source, point.subpath).rstrip("/")
        inner = posixpath.normpath(f"/{point.subpath}")
        entry = view.lookup(inner)
        if entry is None:
            raise System(f"cannot access path {source}: lstat {source}: no such file or directory")
        try:
            self.places(container, vfs).make(source, point.destination, entry.kind == "directory")
            vfs.mount(point.destination, view, inner, read_only=True, source="overlay")
        except FsError as error:
            raise MountFailed.call(source, point.destination, error) from None

    def _mount_tmpfs(self, container: Container, vfs: Vfs, point: MountPoint) -> None:
        existing: int | None = None
        try:
            stat = self.places(container, vfs).make("tmpfs", point.destination, True)
            existing = stat.mode if stat is not None else None
            tmpfs.mount(vfs, point.destination, point.options, existing)
        except FsError as error:
            asked = tmpfs.Options(point.options).asked(existing)
            raise MountFailed.call("tmpfs", point.destination, error, asked) from None

    def unmount_from(self, container: Container) -> None:
        """A container ended, or could not start."""
        for point in container.mounts or ():
            if not point.mounted:
                continue
            point.mounted = False
            self._engine.sim.trace.record(e.Unmounted, self._engine.name, container.id, point.destination)
            if point.volume is not None:
                point.volume.release(self._host)
                self._tell_unmounted(container, point.volume)

    def release(self, container: Container, anonymous: bool) -> None:
        """A container was removed; its anonymous volumes go with it where that was asked, unless others have them."""
        for point in container.mounts or ():
            if point.image is not None:
                self._release_image(point)
            if point.volume is None:
                continue
            point.volume.refs.pop(container.id, None)
            if anonymous and not point.named and not point.volume.refs and point.volume.name in self._by_name:
                self.remove(point.volume)

    def _release_image(self, point: MountPoint) -> None:
        assert point.image is not None
        self._engine.snapshots.remove(point.layer)
        if self._engine.images.find(point.image.id) is None:
            self._engine.images.collect()  # it was removed by force, and this was the last to hold its layers

    # ---- what is shown

    def mount_points(self, container: Container) -> list[Json]:
        """``Mounts`` of ``docker inspect``."""
        return [point.json() for point in container.mounts or () if point.listed]

    def matches(self, container: Container, wanted: list[str] | None) -> bool:
        """The filter ``volume`` of ``docker ps``: a volume's name, or a place of the container."""
        if wanted is None:
            return True
        mine = {text for point in container.mounts or () for text in (point.name, point.source, point.destination)}
        return any(value in mine for value in wanted)


def _order(point: MountPoint) -> tuple[int, bool]:
    return point.destination.count("/"), point.type != "tmpfs"


def _prune_all(chosen: f.Filters) -> bool:
    values = chosen.pop("all", [])
    if len(values) > 1:
        raise InvalidParameter(f"invalid filter 'all=[{' '.join(values)}]': only one value is expected")
    if not values:
        return False
    truth = {"1": True, "t": True, "true": True, "0": False, "f": False, "false": False}.get(values[0].lower())
    if truth is None:
        raise InvalidParameter(f"invalid filter 'all': strconv.ParseBool: parsing \"{values[0]}\": invalid syntax")
    return truth
