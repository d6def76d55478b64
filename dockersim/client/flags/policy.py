"""Options that are checked when all of a command line is known: restart, logging, security, storage, namespaces."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from dockersim.client.flags.env import to_map
from dockersim.fs import FsError
from dockersim.units import parse_int, quote
from dockersim.wire.gojson import fault


def restart(text: str) -> dict[str, object]:
    """``--restart no|always|unless-stopped|on-failure[:N]``; the daemon judges the name. Raises ``ValueError``."""
    name, colon, count = text.partition(":")
    if colon and not name:
        raise ValueError("invalid restart policy format: no policy provided before colon")
    try:
        retries = parse_int(count, base=10) if count else 0
    except ValueError:
        raise ValueError("invalid restart policy format: maximum retry count must be an integer") from None
    return {"Name": name, "MaximumRetryCount": retries}


def log_options(driver: str, pairs: list[str]) -> dict[str, str]:
    """``--log-opt``. Raises ``ValueError`` for options of the driver ``none``."""
    if driver == "none" and pairs:
        raise ValueError(f"invalid logging opts for driver {driver}")
    return to_map(pairs)


class Security(NamedTuple):
    """What the daemon is told, and which paths of /proc and /sys it is to hide (``None``: those of its own choice)."""

    options: list[str]
    system_paths: list[str] | None


def security_options(options: Iterable[str], read: Callable[[str], bytes]) -> Security:
    """``--security-opt``: each checked for its form, a seccomp profile taken from its file. Raises ``ValueError``."""
    kept, unconfined = [], False
    for option in options:
        key, mark, value = option.partition("=")
        if not mark and key != "no-new-privileges":
            key, mark, value = option.partition(":")
        if (not mark or not value) and key != "no-new-privileges":
            raise ValueError(f"Invalid --security-opt: {quote(option)}")
        if key == "seccomp" and value not in ("builtin", "unconfined"):
            option = f"seccomp={_profile(value, read)}"
        if option == "systempaths=unconfined":
            unconfined = True
        else:
            kept.append(option)
    return Security(kept, [] if unconfined else None)


def _profile(path: str, read: Callable[[str], bytes]) -> str:
    try:
        text = read(path).decode()
    except FsError as error:
        verb = "read" if error.code == "EISDIR" else "open"
        words = f"{verb} {path}: {error.strerror[:1].lower()}{error.strerror[1:]}"
        raise ValueError(f"opening seccomp profile ({path}) failed: {words}") from None
    try:
        json.loads(text)
    except ValueError:
        raise ValueError(f"compacting json for seccomp profile ({path}) failed: {fault(text)}") from None
    return re.sub(r'("(?:[^"\\]|\\.)*")|\s+', lambda match: match[1] or "", text)


def storage_options(options: Iterable[str]) -> dict[str, str]:
    """``--storage-opt key=value``. Raises ``ValueError``."""
    kept = list(options)
    if any("=" not in option for option in kept):
        raise ValueError("invalid storage option")
    return to_map(kept)


def namespace(flag: str, mode: str) -> str:
    """``--pid``, ``--uts``, ``--userns``, ``--cgroupns``: a mode that exists. Raises ``ValueError``."""
    allowed = {"pid": ("", "host"), "uts": ("", "host"), "userns": ("", "host"), "cgroupns": ("", "private", "host")}
    joins = flag == "pid" and mode.startswith("container:") and len(mode) > len("container:")
    if mode not in allowed[flag] and not joins:
        word = {"userns": "USER", "cgroupns": "CGROUP"}.get(flag, flag.upper())
        raise ValueError(f"--{flag}: invalid {word} mode")
    return mode


def swappiness(value: int) -> None:
    """``--memory-swappiness``: per cent, or -1 for the daemon's choice. Raises ``ValueError``."""
    if not -1 <= value <= 100:
        raise ValueError(f"invalid value: {value}. Valid memory swappiness range is 0-100")


def mac_address(text: str) -> str:
    """``--mac-address``. Raises ``ValueError``."""
    stripped = text.strip()
    hexes = "[0-9a-fA-F]{2}"
    if not re.fullmatch(
        rf"{hexes}(?:(:{hexes}){{5,7}}|(-{hexes}){{5,7}})|[0-9a-fA-F]{{4}}(\.[0-9a-fA-F]{{4}}){{2,3}}", stripped
    ):
        raise ValueError(f"{text} is not a valid mac address")
    return text


def health_durations(values: dict[str, int]) -> None:
    """``--health-*`` that are below zero are refused. Raises ``ValueError``."""
    for name, value in values.items():
        if value < 0:
            raise ValueError(f"--{name} cannot be negative")
