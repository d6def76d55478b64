"""iptables: the rules that dockerd keeps on its host, read from the networks and published ports that there are.

Chains and rules: libnetwork's bridge driver of Docker 28 (``iptabler``), as ``iptables -S`` prints them on a host.
"""

from __future__ import annotations

from collections.abc import Iterator

from dockersim.sim import Forward, Interface, Stack
from dockersim.userland.process import Process
from dockersim.userland.programs.network.connect import has_capability

VERSION = "v1.8.9 (nf_tables)"
BUILT_IN = {"filter": ("INPUT", "FORWARD", "OUTPUT"), "nat": ("PREROUTING", "INPUT", "OUTPUT", "POSTROUTING")}
ANYWHERE = "0.0.0.0/0"
TITLES = "target     prot opt source               destination         "


def iptables(p: Process) -> int:
    """``iptables [-t filter|nat] -L|-S [chain] [-n] [-v]``; changes are refused."""
    if not has_capability(p, "NET_ADMIN"):
        p.err(f"iptables {VERSION}: Could not fetch rule set generation id: Permission denied (you must be root)\n")
        return 4
    words = p.argv[1:]
    table = words[words.index("-t") + 1] if "-t" in words[:-1] else "filter"
    if table not in BUILT_IN:
        return p.fail(f"the table {table} is not simulated", 2)
    listing = next((word for word in words if word in ("-S", "--list-rules") or _lists(word)), "")
    if not listing:
        return p.fail("changing rules is not simulated", 2)
    chains = _chains(p.computer.net, table) if p.computer.net is not None else {}
    wanted = [word for word in words if word in chains]
    show = _rules if listing in ("-S", "--list-rules") else _table
    p.out(show(table, chains, wanted or list(chains)))
    return 0


def _lists(word: str) -> bool:
    return word == "--list" or (word.startswith("-") and not word.startswith("--") and "L" in word)


def _chains(stack: Stack, table: str) -> dict[str, list[str]]:
    """Each chain of a table with its rules, as ``-S`` writes them without the chain."""
    bridges = [one for one in stack.interfaces if one.segment.router is stack and one.address]
    chains: dict[str, list[str]] = {name: [] for name in BUILT_IN[table]}
    if not bridges:
        return chains
    return chains | (_nat(stack, bridges) if table == "nat" else _filter(stack, bridges))


def _nat(stack: Stack, bridges: list[Interface]) -> dict[str, list[str]]:
    newest = [one for one in reversed(bridges) if not one.segment.internal]
    return {
        "PREROUTING": ["-m addrtype --dst-type LOCAL -j DOCKER"],
        "OUTPUT": ["! -d 127.0.0.0/8 -m addrtype --dst-type LOCAL -j DOCKER"],
        "POSTROUTING": [
            f"-s {one.segment.subnet(4)} ! -o {one.name} -j MASQUERADE" for one in newest if one.segment.masquerade
        ],
        "DOCKER": [
            *(f"-i {one.name} -j RETURN" for one in newest),
            *(
                f"{_destination(forward)}! -i {bridge.name} -p {forward.protocol} -m {forward.protocol} "
                f"--dport {forward.port} -j DNAT --to-destination {address}:{forward.target_port}"
                for forward, bridge, address in _published(stack, bridges)
            ),
        ],
    }


def _destination(forward: Forward) -> str:
    return "" if forward.address == "0.0.0.0" else f"-d {forward.address}/32 "


def _published(stack: Stack, bridges: list[Interface]) -> Iterator[tuple[Forward, Interface, str]]:
    for forward in stack.forwards:
        address = forward.target_address or (forward.target.addresses() or [""])[0]
        for bridge in bridges:
            if ":" not in forward.address and address in bridge.segment.members:
                yield forward, bridge, address


def _filter(stack: Stack, bridges: list[Interface]) -> dict[str, list[str]]:
    names = [one.name for one in bridges if not one.segment.internal]
    shut = [(one.name, one.segment.subnet(4)) for one in bridges if one.segment.internal]
    opened = dict.fromkeys(
        f"-d {address}/32 ! -i {bridge.name} -o {bridge.name} -p {forward.protocol} -m {forward.protocol} "
        f"--dport {forward.target_port} -j ACCEPT"
        for forward, bridge, address in _published(stack, bridges)
    )
    return {
        "FORWARD": ["-j DOCKER-USER", "-j DOCKER-FORWARD"],
        "DOCKER": [*reversed(opened), *(f"! -i {name} -o {name} -j DROP" for name in names)],
        "DOCKER-BRIDGE": [f"-o {name} -j DOCKER" for name in names],
        "DOCKER-CT": [f"-o {name} -m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT" for name in names],
        "DOCKER-FORWARD": [
            "-j DOCKER-CT", "-j DOCKER-ISOLATION-STAGE-1", "-j DOCKER-BRIDGE",
            *(f"-i {name} -j ACCEPT" for name in names),
            *(f"-i {name} -o {name} -j ACCEPT" for name, _ in shut),
        ],
        "DOCKER-ISOLATION-STAGE-1": [
            *(
                rule
                for name, net in shut
                for rule in (f"! -s {net} -o {name} -j DROP", f"! -d {net} -i {name} -j DROP")
            ),
            *(f"-i {name} ! -o {name} -j DOCKER-ISOLATION-STAGE-2" for name in names),
        ],
        "DOCKER-ISOLATION-STAGE-2": [f"-o {name} -j DROP" for name in reversed(names)],
        "DOCKER-USER": [],
    }  # fmt: skip


def _rules(table: str, chains: dict[str, list[str]], wanted: list[str]) -> str:
    lines = [f"-P {name} ACCEPT" if name in BUILT_IN[table] else f"-N {name}" for name in wanted]
    lines += [f"-A {name} {rule}" for name in wanted for rule in chains[name]]
    return "".join(f"{line}\n" for line in lines)


def _table(table: str, chains: dict[str, list[str]], wanted: list[str]) -> str:
    blocks = []
    for name in wanted:
        uses = sum(rule.endswith(f"-j {name}") for others in chains.values() for rule in others)
        about = "policy ACCEPT" if name in BUILT_IN[table] else f"{uses} references"
        rows = "".join(map(_row, chains[name]))
        blocks.append(f"Chain {name} ({about})\n{TITLES}\n{rows}")
    return "\n".join(blocks)


def _row(rule: str) -> str:
    """A rule of ``-S`` as ``-L -n`` shows it: interfaces are left out."""
    words = rule.split()

    def value(flag: str, default: str = "") -> str:
        return words[words.index(flag) + 1].removesuffix("/32") if flag in words else default

    def inverted(flag: str) -> str:
        return "!" if flag in words[1:] and words[words.index(flag) - 1] == "!" else " "

    more = ""
    if "addrtype" in words:
        more = " ADDRTYPE match dst-type LOCAL"
    elif "--dport" in words:
        more = f" {value('-p')} dpt:{value('--dport')}"
        more += f" to:{value('--to-destination')}" if "--to-destination" in words else ""
    elif "--ctstate" in words:
        more = f" ctstate {value('--ctstate')}"
    source = f"{inverted('-s')}{value('-s', ANYWHERE):<19}"
    destination = f"{inverted('-d')}{value('-d', ANYWHERE):<19}"
    return f"{value('-j'):<9}  {value('-p', 'all'):<4} -- {source} {destination} {more}\n"
