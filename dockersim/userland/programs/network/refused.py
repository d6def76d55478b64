"""Tools that tutorials mention and that are not simulated: each says so, and what to do instead."""

from __future__ import annotations

from dockersim.userland.process import Process


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
