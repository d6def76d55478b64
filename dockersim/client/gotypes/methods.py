"""The methods that a template can call on values of Go's types, and how some of them print themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dockersim.client.template.values import Int, Methods, Struct
from dockersim.units.duration import SECOND, format_duration
from dockersim.units.time import ZERO, go_string, layout, parse_rfc3339, parts, rfc3339nano

Value = Any


def methods_of(type_name: str, value: Value) -> Methods:
    """The methods of a ``type_name`` that has the text, or the fields, ``value``."""
    make = _METHODS.get(type_name)
    return make(value) if make else {}


def text_of(type_name: str, fields: Mapping[str, Any]) -> str | None:
    """What the type's ``String`` method gives; ``None`` if it has none."""
    make = _TEXTS.get(type_name)
    return make(fields) if make else None


def _is(value: str, *names: str) -> Callable[[], bool]:
    return lambda: value in names


def _joined(value: str) -> tuple[bool, str]:
    """Whether the mode is that of another container, and which."""
    kind, colon, name = value.partition(":")
    return kind == "container" and bool(colon), name if kind == "container" else ""


def _network_mode(value: str) -> Methods:
    joined, name = _joined(value)
    own = value not in ("default", "bridge", "host", "none") and not joined
    called = "container" if joined else value if value in ("bridge", "host", "none", "default") or own else ""
    return {
        "IsDefault": _is(value, "default"),
        "IsPrivate": lambda: value != "host" and not joined,
        "IsBridge": _is(value, "bridge"),
        "IsHost": _is(value, "host"),
        "IsNone": _is(value, "none"),
        "IsContainer": lambda: joined,
        "IsUserDefined": lambda: own,
        "ConnectedContainer": lambda: name,
        "UserDefined": lambda: value if own else "",
        "NetworkName": lambda: called,
    }


def _ipc_mode(value: str) -> Methods:
    joined, name = _joined(value)
    known = value in ("", "none", "private", "host", "shareable")
    return {
        "IsPrivate": _is(value, "private"),
        "IsHost": _is(value, "host"),
        "IsShareable": _is(value, "shareable"),
        "IsNone": _is(value, "none"),
        "IsEmpty": _is(value, ""),
        "IsContainer": lambda: joined,
        "Container": lambda: name,
        "Valid": lambda: known or joined,
    }


def _pid_mode(value: str) -> Methods:
    joined, name = _joined(value)
    return {
        "IsPrivate": lambda: value != "host" and not joined,
        "IsHost": _is(value, "host"),
        "IsContainer": lambda: joined,
        "Container": lambda: name,
        "Valid": lambda: value in ("", "host") or bool(name),
    }


def _host_or_private(value: str) -> Methods:
    return {
        "IsPrivate": lambda: value != "host",
        "IsHost": _is(value, "host"),
        "Valid": _is(value, "", "host"),
    }


def _cgroup_namespace(value: str) -> Methods:
    return {
        "IsPrivate": _is(value, "private"),
        "IsHost": _is(value, "host"),
        "IsEmpty": _is(value, ""),
        "Valid": _is(value, "", "private", "host"),
    }


def _cgroup(value: str) -> Methods:
    joined, name = _joined(value)
    return {"IsContainer": lambda: joined, "Container": lambda: name, "Valid": lambda: not value or joined}


def _isolation(value: str) -> Methods:
    return {
        "IsDefault": lambda: value.lower() in ("", "default"),
        "IsHyperV": lambda: value.lower() == "hyperv",
        "IsProcess": lambda: value.lower() == "process",
    }


def _restart_policy(fields: Mapping[str, Any]) -> Methods:
    name = fields["Name"]
    return {
        "IsNone": _is(name, "no", ""),
        "IsAlways": _is(name, "always"),
        "IsOnFailure": _is(name, "on-failure"),
        "IsUnlessStopped": _is(name, "unless-stopped"),
    }


def _port(value: str) -> Methods:
    number, _, protocol = value.partition("/")
    first = number.partition("-")[0]
    return {
        "Port": lambda: number,
        "Proto": lambda: protocol or "tcp",
        "Int": lambda: int(first) if first.isdigit() else 0,
    }


_METHODS: dict[str, Callable[[Any], Methods]] = {
    "container.NetworkMode": _network_mode,
    "container.IpcMode": _ipc_mode,
    "container.PidMode": _pid_mode,
    "container.UTSMode": _host_or_private,
    "container.UsernsMode": _host_or_private,
    "container.CgroupnsMode": _cgroup_namespace,
    "container.CgroupSpec": _cgroup,
    "container.Isolation": _isolation,
    "container.RestartPolicy": _restart_policy,
    "nat.Port": _port,
}
_TEXTS: dict[str, Callable[[Mapping[str, Any]], str]] = {
    "units.Ulimit": lambda fields: f"{fields['Name']}={fields['Soft']}:{fields['Hard']}",
    "blkiodev.WeightDevice": lambda fields: f"{fields['Path']}:{fields['Weight']}",
    "blkiodev.ThrottleDevice": lambda fields: f"{fields['Path']}:{fields['Rate']}",
}


def permissions(mode: int) -> str:
    """How a ``fs.FileMode`` without a file's type prints itself: ``-rwxr-xr-x``."""
    letters = zip("rwxrwxrwx", range(8, -1, -1), strict=True)
    return "-" + "".join(letter if mode >> bit & 1 else "-" for letter, bit in letters)


def duration(nanoseconds: int) -> Int:
    """A ``time.Duration``."""
    methods: Methods = {
        "Nanoseconds": lambda: Int.of(nanoseconds, "int64"),
        "Microseconds": lambda: Int.of(nanoseconds // 1_000, "int64"),
        "Milliseconds": lambda: Int.of(nanoseconds // 1_000_000, "int64"),
        "Seconds": lambda: nanoseconds / SECOND,
        "Minutes": lambda: nanoseconds / SECOND / 60,
        "Hours": lambda: nanoseconds / SECOND / 3600,
        "String": lambda: format_duration(nanoseconds),
    }
    return Int.of(nanoseconds, "time.Duration", format_duration(nanoseconds), methods)


def instant(text: str | None) -> Struct:
    """A ``time.Time`` from its JSON; nothing is Go's zero time."""
    at = parse_rfc3339(text) if text else ZERO
    year, month, day, hour, minute, second, nanosecond = parts(at)
    methods: Methods = {
        "Year": lambda: year,
        "Month": lambda: Int.of(month, "time.Month", layout(at, "January")),
        "Day": lambda: day,
        "Hour": lambda: hour,
        "Minute": lambda: minute,
        "Second": lambda: second,
        "Nanosecond": lambda: nanosecond,
        "Weekday": lambda: Int.of((at // SECOND // 86400 + 4) % 7, "time.Weekday", layout(at, "Monday")),
        "Unix": lambda: Int.of(at // SECOND, "int64"),
        "UnixMilli": lambda: Int.of(at // 1_000_000, "int64"),
        "UnixNano": lambda: Int.of(at, "int64"),
        "IsZero": lambda: at == ZERO,
        "Format": lambda form: layout(at, form),
        "UTC": lambda: instant(text),
        "Local": lambda: instant(text),
        "String": lambda: go_string(at, fraction=True),
    }
    return Struct({}, "time.Time", methods, text=go_string(at, fraction=True), json=rfc3339nano(at))
