"""Options that are checked when all of a command line is known: restart, logging, security, storage, namespaces."""

from __future__ import annotations

import re
from collections.abc import Iterable

from dockersim.client.flags.env import to_map
from dockersim.units import parse_int, quote


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


def security_options(options: Iterable[str]) -> list[str]:
    """``--security-opt``: each checked for its form. Raises ``ValueError``."""
    kept = list(options)
    for option in kept:
        key, mark, value = option.partition("=")
        if not mark and key != "no-new-privileges":
            key, mark, value = option.partition(":")
        if (not mark or not value) and key != "no-new-privileges":
            raise ValueError(f"Invalid --security-opt: {quote(option)}")
    return kept


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
