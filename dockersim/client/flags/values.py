"""What one value of a flag must look like: docker/cli's ``opts`` validators and go-units' ``ParseUlimit``.

Each function takes the text and returns what is kept; it raises ``ValueError`` with the words that the client prints
after ``invalid argument "..." for "..." flag: ``.
"""

from __future__ import annotations

import re

from dockersim.units import parse_int, parse_uint, quote, ram_in_bytes

_DOMAIN = (
    r"((?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])(?:\.(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9]))*)"
    r"\.?\s*"
)
_CGROUP_RULE = r"[acb] ([0-9]+|\*):([0-9]+|\*) [rwm]{1,3}"
_SYSCTLS = frozenset(
    f"kernel.{name}" for name in ("msgmax", "msgmnb", "msgmni", "sem", "shmall", "shmmax", "shmmni", "shm_rmid_forced")
)
_ULIMITS = frozenset(
    "core cpu data fsize locks memlock msgqueue nice nofile nproc rss rtprio rttime sigpending stack".split()
)
_RATIONAL = r"[+-]?(?:[0-9]+/[0-9]+|(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"


def attach(text: str) -> str:
    """``-a``: stdin, stdout or stderr, in any case."""
    if text.lower() not in ("stdin", "stdout", "stderr"):
        raise ValueError("valid streams are STDIN, STDOUT and STDERR")
    return text.lower()


def label(text: str) -> str:
    """``-l key[=value]``."""
    key = text.partition("=")[0].lstrip(" \t")
    if not key:
        raise ValueError(f"invalid label '{text}': empty name")
    if " " in key or "\t" in key:
        raise ValueError(f"label '{key}' contains whitespaces")
    return text


def sysctl(text: str) -> str:
    """``--sysctl key=value``, only the namespaced ones."""
    key, equals, _ = text.partition("=")
    if not (equals and key and (key in _SYSCTLS or key.startswith(("net.", "fs.mqueue.")))):
        raise ValueError(f"sysctl '{text}' is not allowed")
    return text


def ip_address(text: str) -> str:
    """``--dns``: an IPv4 or IPv6 address, in its canonical form."""
    parsed = parse_ip(text.strip())
    if parsed is None:
        raise ValueError(f"IP address is not correctly formatted: {text}")
    return parsed


def parse_ip(text: str) -> str | None:
    """``net.ParseIP``: the canonical text of an address, or ``None``."""
    if "%" in text or (":" not in text and not re.fullmatch(r"\d{1,3}(\.\d{1,3}){3}", text, re.ASCII)):
        return None
    import ipaddress

    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return str(mapped or address)


def extra_host(text: str) -> str:
    """``--add-host name:address`` or ``name=address``; kept as ``name:address``."""
    name, mark, address = text.partition("=")
    if not mark:
        name, mark, address = text.partition(":")
    if not mark or not name:
        raise ValueError(f"bad format for add-host: {quote(text)}")
    if len(address) > 2 and address[0] == "[" and address[-1] == "]":
        address = address[1:-1]
    if address != "host-gateway":
        ip = parse_ip(address.strip())
        if ip is None:
            raise ValueError(f"invalid IP address in add-host: {quote(address)}")
    return f"{name}:{address}"


def dns_search(text: str) -> str:
    """``--dns-search``: a domain, or ``.`` for none."""
    text = text.strip(" ")
    if text == ".":
        return text
    match = re.fullmatch(_DOMAIN, text)
    if match is None or len(match[1]) >= 255 or not re.search("[a-zA-Z]", text):
        raise ValueError(f"{text} is not a valid domain")
    return match[1]


def link(text: str) -> str:
    """``--link name[:alias]``."""
    if not text:
        raise ValueError("empty string specified for links")
    if text.count(":") > 1:
        raise ValueError(f"bad format for links: {text}")
    return text


def cgroup_rule(text: str) -> str:
    """``--device-cgroup-rule 'c 42:* rmw'``."""
    if not re.fullmatch(_CGROUP_RULE, text):
        raise ValueError(f"invalid device cgroup format '{text}'")
    return text


def filter_pair(text: str) -> tuple[str, str] | None:
    """``--filter name=value``; an empty text is no filter at all."""
    if not text:
        return None
    name, equals, value = text.partition("=")
    if not equals:
        raise ValueError("bad format of filter (expected name=value)")
    return name.strip().lower(), value.strip()


def nano_cpus(text: str) -> int:
    """``--cpus``: a rational number of CPUs, in billionths of one."""
    if not re.fullmatch(_RATIONAL, text) or re.search("/0+$", text):
        raise ValueError(f"failed to parse {text} as a rational number")
    if len(text.lower().partition("e")[2]) > 4:
        raise ValueError("value is too precise")
    from fractions import Fraction

    nano = Fraction(text) * 1_000_000_000
    if nano.denominator != 1:
        raise ValueError("value is too precise")
    return int(nano)


def swap(text: str) -> int:
    """``--memory-swap``: bytes, or -1 for no limit."""
    return -1 if text == "-1" else ram_in_bytes(text)


def ulimit(text: str) -> dict[str, object]:
    """``--ulimit name=soft[:hard]``, in the shape of the Engine API."""
    name, equals, limits = text.partition("=")
    if not equals:
        raise ValueError(f"invalid ulimit argument: {text}")
    if name not in _ULIMITS:
        raise ValueError(f"invalid ulimit type: {name}")
    parts = limits.split(":")
    if len(parts) > 2:
        raise ValueError(f"too many limit value arguments - {limits}, can only have up to two, `soft[:hard]`")
    hard = parse_int(parts[-1], base=10)
    soft = parse_int(parts[0], base=10)
    if hard != -1 and (soft == -1 or soft > hard):
        shown = f"soft: -1 (unlimited), hard: {hard}" if soft == -1 else f"{soft} > {hard}"
        raise ValueError(f"ulimit soft limit must be less than or equal to hard limit: {shown}")
    return {"Name": name, "Hard": hard, "Soft": soft}


def _device(text: str) -> tuple[str, str]:
    path, colon, value = text.partition(":")
    if not colon or not path:
        raise ValueError(f"bad format: {text}")
    if not path.startswith("/dev/"):
        raise ValueError(f"bad format for device path: {text}")
    return path, value


def weight_device(text: str) -> dict[str, object]:
    """``--blkio-weight-device /dev/x:10..1000``."""
    path, value = _device(text)
    try:
        weight = parse_uint(value, 16, 10)
    except ValueError:
        weight = 1
    if weight and not 10 <= weight <= 1000:
        raise ValueError(f"invalid weight for device: {text}")
    return {"Path": path, "Weight": weight}


def rate_bps(text: str) -> dict[str, object]:
    """``--device-read-bps /dev/x:1mb``."""
    path, value = _device(text)
    try:
        return {"Path": path, "Rate": ram_in_bytes(value)}
    except ValueError:
        raise ValueError(
            f"invalid rate for device: {text}. The correct format is <device-path>:<number>[<unit>]. "
            "Number must be a positive integer. Unit is optional and can be kb, mb, or gb",
        ) from None


def rate_iops(text: str) -> dict[str, object]:
    """``--device-read-iops /dev/x:1000``."""
    path, value = _device(text)
    try:
        return {"Path": path, "Rate": parse_uint(value, 64, 10)}
    except ValueError:
        raise ValueError(
            f"invalid rate for device: {text}. The correct format is <device-path>:<number>. "
            "Number must be a positive integer",
        ) from None
