"""``docker cp`` and ``docker diff``."""

from __future__ import annotations

import base64
import json
import posixpath
from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.files import go_error, resolved
from dockersim.client.paths import path_of
from dockersim.client.rebase import CopyInfo, asserts_directory, keep_ending, plan, rebase_name, renamed, split
from dockersim.client.transport import Failure, Refused
from dockersim.fs import FsError, TarError
from dockersim.fs.archive import Member, read_members, write_members
from dockersim.fs.copying import extract, members_of
from dockersim.sim import read_all
from dockersim.units import human_size, quote
from dockersim.units.time import rfc3339
from dockersim.wire import Response

Steps = Generator[Any, Any, int]
SECOND = 1_000_000_000
SYMLINK, DIRECTORY, DEVICE = 1 << 27, 1 << 31, 1 << 26
MAX_LINKS = 10


def diff(cli: Cli) -> Steps:
    """List what a container changed in its file system."""
    if not cli.args[0]:
        raise Failure("Container name cannot be empty")
    found = yield from cli.daemon.get(path_of("container", cli.args[0], "changes"))
    for change in found or ():
        cli.print(f"{'CAD'[change['Kind']]} {change['Path']}")
    return 0


def cp(cli: Cli) -> Steps:
    """Copy files between a container and the laptop."""
    (from_container, source), (to_container, target) = (_split_argument(text) for text in cli.args)
    for what, text in zip(("source", "destination"), cli.args, strict=True):
        if not text:
            raise Failure(f"{what} can not be empty")
    if from_container and to_container:
        raise Failure("copying between containers is not supported")
    if from_container:
        return (yield from _Copy(cli, from_container).out(source, target))
    if to_container:
        return (yield from _Copy(cli, to_container).into(source, target))
    raise Failure("must specify at least one container source")


def _split_argument(text: str) -> tuple[str, str]:
    """``CONTAINER:PATH``, or a local path, which may be written ``./NAME:WITH_COLON``: it has an empty container."""
    container, colon, path = text.partition(":")
    if text.startswith(("/", ".")) or not colon:
        return "", text
    return container, path


class _Copy:
    """One copy, from or to ``container``."""

    def __init__(self, cli: Cli, container: str) -> None:
        self._cli = cli
        self._container = container
        self._vfs, self._who = cli.p.vfs, {"cwd": cli.p.cwd, "cred": cli.p.cred}
        quiet = cli.options["quiet"] if cli.options.changed("quiet") else not cli.p.isatty(1)
        self._shown = not quiet

    # ---- out of the container

    def out(self, source: str, target: str) -> Steps:
        if target != "-":
            target = self._local(target)
            self._check_target(target)
        name = ""
        if self._cli.options["follow-link"]:
            source, name = yield from self._followed(source)
        response = yield from self._cli.daemon.call(
            "GET", path_of("container", self._container, "archive"), {"path": source}
        )
        data = yield from read_all(response.body)
        if target == "-":
            yield from self._cli.p.write(1, data)
            return 0
        is_directory = bool(_stat(response)["mode"] & DIRECTORY)
        members = list(read_members(data))
        if name:
            members = renamed(members, split(source)[1], name)
        self._extract(members, CopyInfo(source, True, is_directory, name), target)
        self._tell(data, members, target)
        return 0

    def _followed(self, source: str) -> Generator[Any, Any, tuple[str, str]]:
        found = yield from self._stat(source)
        if found is None or not found["mode"] & SYMLINK:
            return source, ""
        target = found["linkTarget"]
        return rebase_name(source, target if target.startswith("/") else posixpath.join(split(source)[0], target))

    def _extract(self, members: list[Member], source: CopyInfo, target: str) -> None:
        directory, old, new = plan(source, self._target(target))
        try:
            extract(
                self._vfs,
                directory,
                renamed(members, old, new),
                cwd=self._cli.p.cwd,
                cred=self._cli.p.cred,
                owner=(self._cli.p.cred.uid, self._cli.p.cred.gid),
                keep_kinds=True,
            )
        except FsError as error:
            raise Failure(_unpacking(error, posixpath.normpath(directory))) from None
        except TarError as error:
            raise Failure(str(error)) from None

    def _target(self, path: str) -> CopyInfo:
        """What there is at the target, links followed."""
        for _ in range(MAX_LINKS):
            try:
                found = self._vfs.lstat(path, **self._who)
            except FsError as error:
                if error.code != "ENOENT":
                    raise Failure(f"lstat {path}: {go_error(error)}") from None
                self._check_parent(split(path)[0])
                return CopyInfo(path)
            if found.kind != "symlink":
                return CopyInfo(path, True, found.is_dir)
            path = posixpath.join(split(path)[0], self._vfs.readlink(path.rstrip("/"), **self._who))
        raise Failure(f"too many links: {path}")

    def _check_parent(self, directory: str) -> None:
        try:
            is_directory = self._vfs.stat(directory, **self._who).is_dir
        except FsError as error:
            raise Failure(f"stat {directory}: {go_error(error)}") from None
        if not is_directory:
            raise Failure("not a directory")

    def _check_target(self, path: str) -> None:
        directory = posixpath.dirname(posixpath.normpath(path))
        if not self._vfs.exists(directory, **self._who):
            raise Failure(f"invalid output path: directory {quote(directory)} does not exist")
        if not self._vfs.is_dir(directory, **self._who):
            raise Failure("not a directory")
        try:
            kind = self._vfs.stat(path, **self._who).kind
        except FsError as error:
            if error.code != "ENOENT":
                raise Failure(f"stat {path}: {go_error(error)}") from None
            return
        if kind in ("char", "block"):
            text = f"invalid output path: {quote(path)} must be a directory or a regular file"
            raise Failure(f"{text}: got a device")

    # ---- into the container

    def into(self, source: str, target: str) -> Steps:
        if source != "-":
            source = self._local(source)
        info = yield from self._destination(target)
        if source == "-":
            if not info.is_directory:
                raise Failure(f'destination "{self._container}:{target}" must be a directory')
            data = yield from self._cli.p.read_all(0)
            members: list[Member] = []
            directory = info.path
        else:
            origin = self._source(source)
            try:
                directory, old, new = plan(origin, info)
            except Failure as failure:
                raise Failure(f"{self._closed_pipe(origin.path)}{failure}") from None
            members = renamed(self._archive(origin), old, new)
            data = write_members(members)
        query = {"path": directory, "noOverwriteDirNonDir": "true"}
        if self._cli.options["archive"]:
            query["copyUIDGID"] = "true"
        headers = {"Transfer-Encoding": "chunked", "Content-Type": "text/plain"}
        yield from self._cli.daemon.call("PUT", path_of("container", self._container, "archive"), query, data, headers)
        self._tell(data, members, f"{self._container}:{info.path}")
        return 0

    def _destination(self, target: str) -> Generator[Any, Any, CopyInfo]:
        path = target
        found = yield from self._stat(path)
        if found is not None and found["mode"] & SYMLINK:
            path = posixpath.join(split(path)[0], found["linkTarget"])
            found = yield from self._stat(path)
        if found is None:
            return CopyInfo(path)
        if found["mode"] & DEVICE:
            text = f'destination "{self._container}:{target}" must be a directory or a regular file'
            raise Failure(f"{text}: got a device")
        return CopyInfo(path, True, bool(found["mode"] & DIRECTORY))

    def _source(self, path: str) -> CopyInfo:
        if self._cli.options["follow-link"] or path.endswith("/"):
            real, name = rebase_name(path, resolved(self._cli, path))
        else:
            directory, base = posixpath.split(path)
            real, name = posixpath.join(resolved(self._cli, directory), base), ""
        try:
            is_directory = self._vfs.lstat(posixpath.normpath(real), **self._who).is_dir
        except FsError as error:
            raise Failure(f"lstat {path}: {go_error(error)}") from None
        if not is_directory and asserts_directory(path):
            raise Failure("not a directory")
        return CopyInfo(real, True, is_directory, name)

    def _archive(self, origin: CopyInfo) -> list[Member]:
        directory, base = split(origin.path)
        path = directory if base == "." else posixpath.join(directory, base)
        try:
            found = list(members_of(self._vfs, path, origin.rebase_name or base, cred=self._cli.p.cred))
        except FsError as error:
            raise Failure(f"open {error.path or path}: {go_error(error)}") from None
        return [one._replace(mtime_ns=one.mtime_ns // SECOND * SECOND) for one in found]

    def _closed_pipe(self, path: str) -> str:
        """The client's own log of the archive that it began to send and nobody took."""
        now = rfc3339(self._cli.p.sim.nanoseconds())
        failed = (f"Can't add file {path} to tar", "Can't close tar writer")
        lines = (quote(f"{what}: io: read/write on closed pipe") for what in failed)
        return "".join(f"time={quote(now)} level=error msg={line}\n" for line in lines)

    # ---- both

    def _stat(self, path: str) -> Generator[Any, Any, dict[str, Any] | None]:
        try:
            response = yield from self._cli.daemon.call(
                "HEAD", path_of("container", self._container, "archive"), {"path": path}
            )
        except Refused:
            return None
        return _stat(response)

    def _local(self, path: str) -> str:
        absolute = posixpath.normpath(posixpath.join(self._cli.p.cwd, path))
        return keep_ending(absolute, path)

    def _tell(self, data: bytes, members: list[Member], target: str) -> None:
        if self._shown:
            size = len(data) + sum(one.size - len(one.data) for one in members)
            self._cli.warn(f"Successfully copied {human_size(size, 3)} to {target}")


def _stat(response: Response) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(base64.b64decode(response.headers["X-Docker-Container-Path-Stat"]))
    return value


def _unpacking(error: FsError, directory: str) -> str:
    if error.code == "EISDIR":
        return f"cannot overwrite directory {quote(error.path)} with non-directory {quote(directory)}"
    if error.code == "ENOTDIR":
        return f"cannot overwrite non-directory {quote(error.path)} with directory {quote(directory)}"
    return f"open {error.path}: {go_error(error)}" if error.path else go_error(error)
