"""curl's command line."""

from __future__ import annotations

from dockersim.userland.programs.network.connect import FOREVER

FLAGS = dict(
    line.split()
    for line in """s silent
S show-error
f fail
L location
i include
I head
v verbose
k insecure
O remote-name
J remote-header-name
G get
g globoff
N no-buffer
4 ipv4
6 ipv6
q disable
V version
h help
n netrc
a append
Z parallel
p proxytunnel""".splitlines()
)
VALUES = {
    "o": "output",
    "X": "request",
    "d": "data",
    "H": "header",
    "u": "user",
    "A": "user-agent",
    "e": "referer",
    "m": "max-time",
    "w": "write-out",
    "b": "cookie",
    "c": "cookie-jar",
    "F": "form",
    "T": "upload-file",
    "x": "proxy",
    "r": "range",
    "E": "cert",
    "C": "continue-at",
    "D": "dump-header",
    "K": "config",
    "y": "speed-time",
    "Y": "speed-limit",
}
LONG_FLAGS = frozenset(FLAGS.values()) | {
    "compressed",
    "http1.0",
    "http1.1",
    "http2",
    "create-dirs",
    "fail-with-body",
    "no-progress-meter",
    "retry-connrefused",
    "retry-all-errors",
    "tcp-nodelay",
    "location-trusted",
    "tlsv1.2",
    "ssl-reqd",
    "no-keepalive",
}
LONG_VALUES = frozenset(VALUES.values()) | {
    "connect-timeout",
    "retry",
    "retry-delay",
    "retry-max-time",
    "data-raw",
    "data-binary",
    "data-urlencode",
    "json",
    "unix-socket",
    "url",
    "max-redirs",
    "resolve",
    "cacert",
    "key",
    "proto",
    "interface",
    "limit-rate",
    "output-dir",
    "noproxy",
    "oauth2-bearer",
}
CARRIES = ("data", "data-raw", "data-binary", "data-urlencode", "json", "form", "upload-file")
"""Options that give the request a body, be it empty."""


class Options:
    """The command line: flags by long name, values by long name in order, and the URLs; and what is sent from stdin."""

    def __init__(self) -> None:
        self.standard_input = b""
        self.flags: set[str] = set()
        self.values: dict[str, list[str]] = {}
        self.urls: list[str] = []

    def has(self, name: str) -> bool:
        """Whether the flag was given."""
        return name in self.flags

    def get(self, name: str, default: str = "") -> str:
        """The last value of an option."""
        return self.values.get(name, [default])[-1]

    def all(self, *names: str) -> list[tuple[str, str]]:
        """Names and values of all of these options, name by name."""
        return [(name, value) for name in names for value in self.values.get(name, [])]

    @property
    def sends_standard_input(self) -> bool:
        """Whether the body, or a part of it, is to be read from there."""
        if self.get("upload-file") in ("-", "."):
            return True
        return any(value == "@-" for _, value in self.all("data", "data-binary", "json")) or any(
            value.endswith("=@-") for _, value in self.all("form")
        )

    def seconds(self, name: str) -> float:
        """A time limit; without one, for ever."""
        try:
            return float(self.get(name)) if name in self.values else FOREVER
        except ValueError:
            return FOREVER


def read_words(words: list[str], options: Options) -> str:
    """Read ``words`` into ``options``; what is wrong with them, or nothing."""
    words = list(words)
    while words:
        word = words.pop(0)
        if word.startswith("--"):
            complaint = _long(word, words, options)
        elif word.startswith("-") and len(word) > 1:
            complaint = _short(word, words, options)
        else:
            options.urls.append(word)
            continue
        if complaint:
            return complaint
    options.urls += options.values.pop("url", [])
    return ""


def _long(word: str, words: list[str], options: Options) -> str:
    name = word[2:]
    if name in LONG_FLAGS:
        options.flags.add(name)
    elif name in LONG_VALUES:
        if not words:
            return f"option {word}: requires parameter"
        options.values.setdefault(name, []).append(words.pop(0))
    elif name.startswith("no-") and name[3:] in LONG_FLAGS:
        options.flags.discard(name[3:])
    else:
        return f"option {word}: is unknown"
    return ""


def _short(word: str, words: list[str], options: Options) -> str:
    for at, letter in enumerate(word[1:], 1):
        if letter in FLAGS:
            options.flags.add(FLAGS[letter])
        elif letter in VALUES:
            value = word[at + 1 :]
            if not value and not words:
                return f"option {word}: requires parameter"
            options.values.setdefault(VALUES[letter], []).append(value or words.pop(0))
            return ""
        else:
            return f"option {word}: is unknown"
    return ""
