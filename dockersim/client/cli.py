"""What every command holds: its process, its options and arguments, its daemon, and how it prints."""

from __future__ import annotations

import json
from typing import Any

from dockersim.client.flags import Invocation, Options
from dockersim.client.transport import DEFAULT_HOST, Daemon, Failure
from dockersim.fs import FsError
from dockersim.userland.process import Process


class Cli:
    """One call of a command."""

    def __init__(self, process: Process, invocation: Invocation) -> None:
        self.p = process
        self.invocation = invocation
        self.command = invocation.command
        self.options: Options = invocation.options
        self.args: list[str] = invocation.args
        self.daemon = Daemon(process, self._host())

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

    # ---- configuration

    def config(self) -> dict[str, Any]:
        """``~/.docker/config.json``; empty where there is none."""
        try:
            value = json.loads(self.p.read_file(self.config_path()))
        except (FsError, ValueError):
            return {}
        return value if isinstance(value, dict) else {}

    def config_path(self) -> str:
        directory = self.invocation.globals["config"] or self.p.env.get("DOCKER_CONFIG") or f"{self._home()}/.docker"
        return f"{directory}/config.json"

    def _home(self) -> str:
        return self.p.env.get("HOME", "/root")

    def _host(self) -> str:
        hosts = self.invocation.globals["host"]
        host = (
            (hosts[-1] if isinstance(hosts, list) and hosts else hosts) or self.p.env.get("DOCKER_HOST") or DEFAULT_HOST
        )
        if not isinstance(host, str):
            host = DEFAULT_HOST
        scheme = host.partition("://")[0]
        if scheme not in ("unix", "tcp", "npipe", "fd", "ssh"):
            raise Failure(
                f"Failed to initialize: unable to resolve docker endpoint: invalid bind address format: {host}"
            )
        return host
