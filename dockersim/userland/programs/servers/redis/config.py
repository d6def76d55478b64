"""The settings of a Redis server."""

from __future__ import annotations

from dockersim.fs import FsError
from dockersim.userland.process import Process


class Config:
    """The settings by name."""

    def __init__(self, p: Process) -> None:
        self.p = p
        self.file = ""
        self.values = {
            "port": "6379",
            "bind": "* -::*",
            "requirepass": "",
            "appendonly": "no",
            "save": "3600 1 300 100 60 10000",
            "dir": p.cwd,
            "dbfilename": "dump.rdb",
            "databases": "16",
            "maxmemory": "0",
            "maxmemory-policy": "noeviction",
            "timeout": "0",
            "loglevel": "notice",
            "maxclients": "10000",
            "protected-mode": "no",
            "appendfsync": "everysec",
            "daemonize": "no",
        }

    def read(self, words: list[str]) -> str:
        """Take over the command line; a complaint or ``""``."""
        words = list(words)
        if words and not words[0].startswith("-"):
            self.file = words.pop(0)
            try:
                text = self.p.read_file(self.file).decode(errors="replace")
            except FsError as error:
                return f"Can't open config file '{self.file}', {error.strerror}"
            for line in text.splitlines():
                name, _, value = line.strip().partition(" ")
                if name and not name.startswith("#"):
                    self._put(name, value.strip().strip('"'))
        name, values = "", []
        for word in [*words, "--"]:
            if not word.startswith("--"):
                values.append(word)
                continue
            if name:
                self._put(name, " ".join(values))
            name, values = word[2:], []
        return ""

    def _put(self, name: str, value: str) -> None:
        self.values[name.lower()] = value

    @property
    def port(self) -> int:
        """Where the server listens."""
        return int(self.values["port"]) if self.values["port"].isdigit() else 6379
