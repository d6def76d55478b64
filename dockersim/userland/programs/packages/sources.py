"""Where apt gets packages from: the sources list, in both of its forms."""

from __future__ import annotations

import re

from dockersim.fs import FsError
from dockersim.userland.process import Process


class Source:
    """One suite of one archive, as the sources list names it."""

    def __init__(self, url: str, suite: str, components: list[str]) -> None:
        self.url = url.rstrip("/")
        self.suite = suite
        self.components = components

    @property
    def host(self) -> str:
        """The host of the URL."""
        return self.url.partition("://")[2].partition("/")[0]

    @property
    def list_name(self) -> str:
        """What apt calls the file that it keeps the list in."""
        return f"{self.url.partition('://')[2].replace('/', '_')}_dists_{self.suite}"


def sources(p: Process) -> list[Source]:
    """What ``/etc/apt`` names, in both of its forms."""
    found: list[Source] = []
    for text in _source_texts(p):
        for line in text.splitlines():
            words = re.sub(r"\[[^]]*\]", "", line.partition("#")[0]).split()
            if len(words) > 2 and words[0] == "deb":
                found.append(Source(words[1], words[2], words[3:]))
        for stanza in re.split(r"\n\s*\n", text):
            fields = dict(re.findall(r"^([\w-]+):\s*(.*)$", stanza, re.M))
            for url in fields.get("URIs", "").split():
                found += [Source(url, suite, fields.get("Components", "main").split())
                          for suite in fields.get("Suites", "").split()]  # fmt: skip
    return found


def _source_texts(p: Process) -> list[str]:
    paths = ["/etc/apt/sources.list"]
    try:
        folder = "/etc/apt/sources.list.d"
        paths += [f"{folder}/{name}" for name in sorted(p.vfs.listdir(folder, cwd="/", cred=p.cred))]
    except FsError:
        pass
    texts = []
    for path in paths:
        try:
            texts.append(p.read_file(path).decode(errors="replace"))
        except FsError:
            continue
    return texts
