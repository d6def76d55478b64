"""pflag: one flag set, its values and its errors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from dockersim.client.flags import values
from dockersim.client.grammar import Flag
from dockersim.units import parse_bool, parse_duration, parse_float, parse_int, parse_uint, quote, ram_in_bytes
from dockersim.units.strconv import quote_rune

_NUMBERS = {"int": 0, "uint": 0, "uint16": 0, "uint32": 0, "bytes": 0, "decimal": 0, "duration": 0, "float": 0.0}
_MAPS = ("map", "stringToString", "filter", "ulimit")
_LISTS = ("list", "strings", "stringArray", "mount", "network", "gpu-request", "ipNetSlice")
_MANY = frozenset(_MAPS + _LISTS)
_SCALARS: dict[str, Any] = {
    "bool": parse_bool,
    "int": parse_int,
    "uint": parse_uint,
    "uint16": lambda text: parse_uint(text, 16),
    "uint32": lambda text: parse_uint(text, 32),
    "float": parse_float,
    "duration": parse_duration,
    "bytes": ram_in_bytes,
    "bytes:swap": values.swap,
    "decimal": values.nano_cpus,
}
_CHECKS: dict[str, Any] = {
    "attach": values.attach,
    "label": values.label,
    "sysctl": values.sysctl,
    "ip": values.ip_address,
    "host": values.extra_host,
    "domain": values.dns_search,
    "link": values.link,
    "cgrouprule": values.cgroup_rule,
    "weight": values.weight_device,
    "bps": values.rate_bps,
    "iops": values.rate_iops,
}


class FlagError(Exception):
    """What pflag says of a bad flag; the message alone, without a trailer."""


class Options(Mapping[str, Any]):
    """The values of a command's flags by name, defaults included; :meth:`changed` tells which were given.

    bool, int and float are Python's; bytes are bytes, durations nanoseconds, ``decimal`` billionths; lists are lists,
    maps dicts; ``filter`` maps a name to its values; ``mount``, ``network`` and ``ulimit`` hold what
    the modules beside this one make of them.
    """

    def __init__(self, flags: Mapping[str, Flag]) -> None:
        self._flags = flags
        self._set: dict[str, Any] = {}

    def __getitem__(self, name: str) -> Any:
        if name in self._set:
            return self._set[name]
        return default(self._flags[name])

    def __iter__(self) -> Any:
        return (name for name, flag in self._flags.items() if not flag.target)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def changed(self, name: str) -> bool:
        """Whether the command line gave the flag, be it with its default."""
        return name in self._set

    @property
    def given(self) -> list[Flag]:
        """The flags that the command line gave."""
        return [self._flags[name] for name in self._set]

    def put(self, flag: Flag, text: str, environ: Mapping[str, str], cwd: str) -> None:
        """Set or append one value. Raises ``ValueError`` with the reason alone."""
        key = flag.key
        kind = flag.type
        if kind == "bool" or kind in _NUMBERS:
            scalar = f"{kind}:{flag.check}" if flag.check else kind
            self._set[key] = _SCALARS[scalar](text)
        elif kind in _MAPS:
            self._put_map(key, flag, text)
        elif kind in _LISTS:
            self._set.setdefault(key, []).extend(_items(flag, text, environ, cwd))
        else:
            self._set[key] = text

    def _put_map(self, key: str, flag: Flag, text: str) -> None:
        held = self._set.setdefault(key, {})
        if flag.type == "filter":
            pair = values.filter_pair(text)
            if pair and pair[1] not in held.setdefault(pair[0], []):
                held[pair[0]].append(pair[1])
        elif flag.type == "ulimit":
            limit = values.ulimit(text)
            held[limit["Name"]] = limit
        else:
            if flag.type == "stringToString":
                _update_csv(held, text)
                return
            checked: str = _CHECKS[flag.check](text) if flag.check else text
            name, _, value = checked.partition("=")
            held[name] = value


def _update_csv(held: dict[str, str], text: str) -> None:
    from dockersim.client.flags.csv import read_record

    for pair in read_record(text) if text.count("=") > 1 else [text]:
        name, equals, value = pair.partition("=")
        if not equals:
            raise ValueError(f"{pair} must be formatted as key=value")
        held[name] = value


def _items(flag: Flag, text: str, environ: Mapping[str, str], cwd: str) -> list[Any]:
    kind = flag.type
    if kind in ("strings", "ipNetSlice"):
        from dockersim.client.flags.csv import read_record

        return read_record(text) if text else []
    if kind == "mount":
        from dockersim.client.flags.mounts import mount

        return [mount(text, cwd)]
    if kind == "network":
        from dockersim.client.flags.network import network

        return [network(text)]
    if kind == "gpu-request":
        from dockersim.client.flags.devices import gpus

        return [gpus(text)]
    if flag.check == "env":
        from dockersim.client.flags.env import env

        return [env(text, environ)]
    if flag.check == "tag":
        from dockersim.client.flags.tags import tag

        return [tag(text)]
    return [_CHECKS[flag.check](text)] if flag.check else [text]


def default(flag: Flag) -> Any:
    """The value of a flag that was not given, as :class:`Options` types it."""
    kind = flag.type
    if kind in _MANY:
        return {} if kind in _MAPS else []
    return _scalar_default(kind, flag.default)


@lru_cache(512)
def _scalar_default(kind: str, text: str) -> Any:
    if kind == "bool":
        return text == "true"
    if kind in _NUMBERS:
        return _SCALARS[kind](text) if text else _NUMBERS[kind]
    return text.strip('"')


class FlagSet:
    """The flags of one command, and the reading of its arguments."""

    def __init__(self, flags: Sequence[Flag], environ: Mapping[str, str], cwd: str, interspersed: bool = True) -> None:
        self._long = {flag.name: flag for flag in flags}
        self.options = Options(self._long)
        self.args: list[str] = []
        self.notices = ""
        self._short = {flag.short: flag for flag in flags if flag.short}
        self._environ = environ
        self._cwd = cwd
        self._interspersed = interspersed

    def parse(self, argv: Sequence[str]) -> None:
        """Read all arguments. Raises :class:`FlagError` at the first bad one."""
        left = list(argv)
        while left:
            word = left.pop(0)
            if len(word) < 2 or word[0] != "-":
                self.args.append(word)
                if not self._interspersed:
                    break
            elif word == "--":
                break
            elif word.startswith("--"):
                self._read_long(word, left)
            else:
                self._read_short(word[1:], left)
        self.args += left

    def _read_long(self, word: str, left: list[str]) -> None:
        if word[2] in "-=":
            raise FlagError(f"bad flag syntax: {word}")
        name, equals, value = word[2:].partition("=")
        flag = self._long.get(name)
        if flag is None:
            raise FlagError(f"unknown flag: --{name}")
        if not equals:
            if flag.type != "bool" and not left:
                raise FlagError(f"flag needs an argument: {word}")
            value = "true" if flag.type == "bool" else left.pop(0)
        self._set(flag, value)

    def _read_short(self, letters: str, left: list[str]) -> None:
        while letters and not letters.startswith("test."):
            letter, rest = letters[0], letters[1:]
            flag = self._short.get(letter)
            if flag is None:
                # Go indexes bytes: a letter beyond ASCII is named by its first byte, as a rune.
                shown = letter if letter < "\x80" else chr(letter.encode(errors="surrogateescape")[0])
                raise FlagError(f"unknown shorthand flag: {quote_rune(shown)} in -{letters}")
            if len(rest) > 1 and rest[0] == "=":
                value, letters = rest[1:], ""
            elif flag.type == "bool":
                value, letters = "true", rest
            elif rest:
                value, letters = rest, ""
            elif left:
                value, letters = left.pop(0), ""
            else:
                raise FlagError(f"flag needs an argument: {quote_rune(letter)} in -{letters}")
            if flag.name == "help" and letter == "h":
                self.notices += "Flag shorthand -h has been deprecated, use --help\n"
            self._set(flag, value)

    def _set(self, flag: Flag, value: str) -> None:
        try:
            self.options.put(flag, value, self._environ, self._cwd)
        except ValueError as error:
            named = f"-{flag.short}, --{flag.name}" if flag.short and flag.name != "help" else f"--{flag.name}"
            raise FlagError(f"invalid argument {quote(value)} for {quote(named)} flag: {error}") from None
        if flag.deprecated:
            self.notices += f"Flag --{flag.name} has been deprecated, {flag.deprecated}\n"
