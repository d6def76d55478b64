"""Contexts: daemons by name. Each is a ``meta.json`` under ``~/.docker/contexts/meta``, in a directory named by the
SHA-256 of the context's name, as docker/cli keeps them."""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING, Any

from dockersim.client.transport import DEFAULT_HOST, Failure
from dockersim.fs import FsError
from dockersim.fs.copying import remove_all

if TYPE_CHECKING:
    from dockersim.client.cli import Cli

Json = dict[str, Any]
DEFAULT = "default"
DESCRIPTION = "Current DOCKER_HOST based configuration"
_NAME = re.compile(r"[a-zA-Z0-9][a-zA-Z0-9_.+-]+", re.ASCII)


class Contexts:
    """The contexts that the client of ``cli`` finds in its configuration directory."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli
        who: dict[str, Any] = {"cwd": cli.p.cwd, "cred": cli.p.cred}
        self._vfs, self._who = cli.p.vfs, who

    def directory(self, kind: str, name: str) -> str:
        """Where a context keeps its ``meta`` or ``tls`` files."""
        digest = hashlib.sha256(name.encode()).hexdigest()
        return f"{self._cli.config_directory()}/contexts/{kind}/{digest}"

    def names(self) -> list[str]:
        """All but the default one, sorted."""
        root = f"{self._cli.config_directory()}/contexts/meta"
        found = []
        try:
            for entry in self._vfs.listdir(root, **self._who):
                found.append(str(json.loads(self._cli.p.read_file(f"{root}/{entry}/meta.json"))["Name"]))
        except (FsError, ValueError, KeyError):
            pass
        return sorted(found)

    def get(self, name: str) -> Json:
        """The ``meta.json`` of a context; :class:`Failure` where there is none."""
        if name == DEFAULT:
            return default_meta(self._cli.default_host())
        path = f"{self.directory('meta', name)}/meta.json"
        try:
            value: Json = json.loads(self._cli.p.read_file(path))
        except FsError:
            raise Failure(f'context "{name}": context not found: open {path}: no such file or directory') from None
        except ValueError:
            raise Failure(f'context "{name}": parsing {path}: unexpected end of JSON input') from None
        return value

    def exists(self, name: str) -> bool:
        return name == DEFAULT or self._vfs.exists(f"{self.directory('meta', name)}/meta.json", **self._who)

    def put(self, name: str, meta: Json) -> None:
        """Write a context."""
        directory = self.directory("meta", name)
        self._vfs.makedirs(directory, 0o755, **self._who)
        self._cli.p.write_file(f"{directory}/meta.json", json.dumps(meta, separators=(",", ":")).encode(), 0o644)

    def remove(self, name: str) -> None:
        """Forget a context; no error if there is none."""
        for kind in ("meta", "tls"):
            if self._vfs.exists(self.directory(kind, name), **self._who):
                remove_all(self._vfs, self.directory(kind, name), **self._who)


def check_name(name: str) -> None:
    """:class:`Failure` for what can name no context of one's own."""
    if name == DEFAULT:
        raise Failure('"default" is a reserved context name')
    if not _NAME.fullmatch(name):
        raise Failure(f'context name "{name}" is invalid, names are validated against regexp "^{_NAME.pattern}$"')


def default_meta(host: str) -> Json:
    """What the default context amounts to."""
    return {"Name": DEFAULT, "Metadata": {}, "Endpoints": {"docker": {"Host": host, "SkipTLSVerify": False}}}


def parse_host(text: str) -> str:
    """An address as docker/cli completes it: ``:2375`` is ``tcp://localhost:2375``. Raises :class:`Failure`."""
    text = text.strip()
    scheme, mark, rest = text.partition("://")
    if not text:
        return DEFAULT_HOST
    if not mark:
        scheme, rest = "tcp", text
    if scheme == "unix":
        return f"unix://{rest}" if rest else DEFAULT_HOST
    if scheme in ("npipe", "fd", "ssh"):
        return text
    if scheme != "tcp":
        raise Failure(f"invalid bind address format: {text}")
    address, slash, path = rest.partition("/")
    host, colon, port = address.rpartition(":") if ":" in address else (address, "", "")
    if colon and not port.isdigit():
        raise Failure(f'parse "{text if mark else f"tcp://{text}"}": invalid port ":{port}" after host')
    return f"tcp://{host or 'localhost'}:{port or '2375'}{slash}{path}"
