"""Tools that tutorials mention and that are not simulated: each says so, and what to do instead."""

from __future__ import annotations

from dockersim.userland.process import Process
from dockersim.userland.programs.network.connect import has_capability


def tcpdump(p: Process) -> int:
    return p.fail("capturing packets is not simulated; every message is in the trace")


def openssl(p: Process) -> int:
    if p.argv[1:2] == ["version"]:
        p.out("OpenSSL 3.0.15 3 Sep 2024 (Library: OpenSSL 3.0.15 3 Sep 2024)\n")
        return 0
    return p.fail("cryptography by hand is not simulated")


def ssh(p: Process) -> int:
    return p.fail("remote logins are not simulated", 255)


def scp(p: Process) -> int:
    return p.fail("remote copies are not simulated", 255)


def ssh_keygen(p: Process) -> int:
    return p.fail("keys are not simulated")


def iptables(p: Process) -> int:
    """``iptables -L``: the empty chains of a container."""
    if p.cred.uid or not has_capability(p, "NET_ADMIN"):
        p.err("iptables v1.8.9 (nf_tables): Could not fetch rule set generation id: ")
        p.err("Permission denied (you must be root)\n")
        return 4
    if not any(word in ("-L", "--list", "-S") or word.startswith("-L") for word in p.argv[1:]):
        return p.fail("changing rules is not simulated", 2)
    chains = [
        f"Chain {name} (policy ACCEPT)\ntarget     prot opt source               destination         \n"
        for name in ("INPUT", "FORWARD", "OUTPUT")
    ]
    p.out("\n".join(chains))
    return 0
