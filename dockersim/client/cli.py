"""What every command holds: its process, its options and arguments, its daemon, and how it prints."""

from __future__ import annotations

import json
from typing import Any

from dockersim.client.flags import Invocation, Options
from dockersim.client.transport import DEFAULT_HOST, Daemon, Failure
from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.wire import gojson
from dockersim.wire.gotypes import Misfit, fit

_FROM_HEADERS = "from DOCKER_CUSTOM_HEADERS environment variable"
LEVELS = ("panic", "fatal", "error", "warn", "warning", "info", "debug", "trace")


class Cli:
    """One call of a command."""

    def __init__(self, process: Process, invocation: Invocation) -> None:
        self.p = process
        self.invocation = invocation
        self.command = invocation.command
        self.options: Options = invocation.options
        self.args: list[str] = invocation.args
        self._daemon: Daemon | None = None
        self._config: dict[str, Any] | None = None
        level, hosts = invocation.globals["log-level"], invocation.globals["host"]
        if level.lower() not in LEVELS:
            raise Failure(f"Unable to parse logging level: {level}")
        if hosts and invocation.globals["context"]:
            raise Failure("conflicting options: cannot specify both --host and --context")

    def print(self, text: str = "") -> None:
        """A line on standard output."""
        self.p.out(f"{text}\n")

    def warn(self, text: str) -> None:
        """A line on standard error."""
        self.p.err(f"{text}\n")

    @property
    def full(self) -> str:
        """The command's name as it stands in messages: ``docker run``."""
        return self.command.full

    @property
    def detach_keys(self) -> str:
        """``--detach-keys``, or what the configuration has in its place."""
        return str(self.options["detach-keys"] or self.config().get("detachKeys") or "")

    def list_format(self, kind: str) -> str:
        """The format of a list of containers, images, ...: of ``--format``, or what the configuration has for it."""
        given = str(self.options.get("format", ""))
        if given or self.options.get("quiet", False):
            return given
        name = "ps" if kind == "container" else kind if kind == "stats" else f"{kind}s"
        return str(self.config().get(f"{name}Format") or "")

    @property
    def debug(self) -> bool:
        return bool(self.invocation.globals["debug"])

    # ---- the daemon

    @property
    def daemon(self) -> Daemon:
        """The daemon of the context; :class:`Failure` for a context that is not, and an address that is none."""
        if self._daemon is None:
            self._daemon = Daemon(self.p, self._host(), self._custom_headers())
        return self._daemon

    @property
    def has_daemon(self) -> bool:
        """Whether the command has reached for its daemon: then it says hello to it, even if it asks nothing."""
        return self._daemon is not None

    @property
    def context(self) -> str:
        """The name of the context in use: of ``--context``, ``DOCKER_CONTEXT``, or ``docker context use``."""
        options = self.invocation.globals
        if options["context"]:
            return str(options["context"])
        if options["host"] or self.p.env.get("DOCKER_HOST"):
            return "default"
        return self.p.env.get("DOCKER_CONTEXT") or self.config().get("currentContext") or "default"

    def default_host(self) -> str:
        """The address of the default context, as ``-H`` and ``DOCKER_HOST`` say it. Raises :class:`Failure`."""
        hosts: list[str] = self.invocation.globals["host"]
        if len(hosts) > 1:
            raise Failure("Specify only one -H")
        text = hosts[0] if hosts else self.p.env.get("DOCKER_HOST", "")
        if not text:
            return DEFAULT_HOST
        from dockersim.client.contexts import parse_host

        return parse_host(text)

    def _host(self) -> str:
        try:
            host = self._endpoint()
            self._check_tls()
        except Failure as failure:
            raise Failure(f"Failed to initialize: unable to resolve docker endpoint: {failure}") from None
        scheme = host.partition("://")[0]
        if scheme == "fd":
            raise Failure(f"Failed to initialize: unable to parse docker host `{host}`")
        if scheme == "npipe":
            raise Failure("Failed to initialize: protocol not available")
        if scheme == "ssh":
            raise Failure(f"docker: daemons over SSH are not simulated: {host}", 125)
        return host

    def _endpoint(self) -> str:
        name = self.context
        if name == "default":
            return self.default_host()
        from dockersim.client.contexts import Contexts, parse_host

        endpoint = Contexts(self).get(name)["Endpoints"].get("docker", {})
        return parse_host(endpoint.get("Host", ""))

    def _check_tls(self) -> None:
        options = self.invocation.globals
        by_environment = self.p.env.get("DOCKER_TLS_VERIFY") or self.p.env.get("DOCKER_TLS")
        if not (options["tlsverify"] or (options["tls"] if options.changed("tls") else by_environment)):
            return
        path = options["tlscacert"] if options.changed("tlscacert") else f"{self.config_directory()}/ca.pem"
        if not self.p.vfs.exists(path, cwd=self.p.cwd, cred=self.p.cred):
            raise Failure(f"open {path}: no such file or directory")
        raise Failure("TLS is not simulated")

    def _custom_headers(self) -> dict[str, str]:
        """``DOCKER_CUSTOM_HEADERS``, or what the configuration has in its place: they go along with every request."""
        text = self.p.env.get("DOCKER_CUSTOM_HEADERS", "")
        if not text:
            return dict(self.config().get("HttpHeaders") or {})
        from dockersim.client.flags.csv import read_record

        try:
            pairs = read_record(text)
        except ValueError:
            why = "value must be formatted as comma-separated key=value pairs"
            raise Failure(f"Failed to initialize: failed to parse custom headers {_FROM_HEADERS}: {why}") from None
        headers = {}
        for pair in pairs:
            name, equals, value = pair.partition("=")
            if not name.strip():
                why = f"value contains a key=value pair with an empty key: '{pair}'"
            else:
                why = "" if equals else f"missing \"=\" in key=value pair: '{pair}'"
            if why:
                raise Failure(f"Failed to initialize: failed to set custom headers {_FROM_HEADERS}: {why}")
            headers[name.strip()] = value
        return headers

    # ---- configuration

    def config(self) -> dict[str, Any]:
        """``~/.docker/config.json`` as it was when first asked for; empty where there is none."""
        if self._config is None:
            self._config = self._read_config()
        return self._config

    def _read_config(self) -> dict[str, Any]:
        """Empty, with a warning, where the file cannot be read or is none of a client's."""
        from dockersim.client.configuration import FILE

        path = self.config_path()
        try:
            text = self.p.read_file(path).decode(errors="replace")
            value: dict[str, Any] = gojson.read(text)[0] if text.strip() else {}
            fit(FILE, value)
            return value
        except FsError as error:
            if error.code != "ENOENT":
                from dockersim.client.files import go_error

                self.warn(f"WARNING: Error loading config file: open {path}: {go_error(error)}")
        except (ValueError, Misfit) as fault:
            self.warn(f"WARNING: Error parsing config file ({path}): {fault}")
        return {}

    def save_config(self, value: dict[str, Any]) -> None:
        """Write ``~/.docker/config.json``, for its owner's eyes only."""
        who: dict[str, Any] = {"cwd": self.p.cwd, "cred": self.p.cred}
        self.p.vfs.makedirs(self.config_directory(), 0o700, **who)
        ordered = {"auths": value.get("auths", {}), **{name: value[name] for name in sorted(value) if name != "auths"}}
        self.p.write_file(self.config_path(), json.dumps(ordered, indent="\t").encode(), mode=0o600)

    def config_directory(self) -> str:
        options = self.invocation.globals
        given: str = options["config"] if options.changed("config") else ""
        return given or self.p.env.get("DOCKER_CONFIG") or f"{self.p.env.get('HOME', '/root')}/.docker"

    def config_path(self) -> str:
        return f"{self.config_directory()}/config.json"
