"""nslookup, dig and host: asking the name server by hand."""

from __future__ import annotations

from dockersim.fs import FsError
from dockersim.sim import Stack
from dockersim.sim.address import family_of, reverse_name
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.options import is_busybox

NO_SERVER_AFTER = 15.0


def server_of(p: Process) -> str:
    """The first name server of /etc/resolv.conf."""
    try:
        text = p.read_file("/etc/resolv.conf").decode(errors="replace")
    except FsError:
        return "127.0.0.1"
    for line in text.splitlines():
        words = line.split()
        if len(words) > 1 and words[0] == "nameserver":
            return words[1]
    return "127.0.0.1"


def look_up(p: Process, name: str, kind: str = "A") -> list[str]:
    """What the DNS has for ``name``: the addresses of a ``kind`` (A, AAAA, ANY), or the name of an address (PTR)."""
    stack: Stack | None = p.computer.net
    if stack is None:
        return []
    if kind == "PTR":
        return [pointed] if (pointed := stack.name_of(name)) else []
    answer = stack.look_up(name)
    return {"A": answer.of(4), "AAAA": answer.of(6), "ANY": answer.addresses}.get(kind, [])


def _silent(p: Process) -> bool:
    return p.computer.net is None or not (p.computer.net.interfaces or p.computer.net.online)


def nslookup(p: Process) -> Steps:
    """``nslookup [-type=KIND] name [server]``."""
    flags = [word for word in p.argv[1:] if word.startswith("-")]
    words = [word for word in p.argv[1:] if not word.startswith("-")]
    if not words:
        return p.fail("interactive mode is not simulated; give a name")
    name, server = words[0], words[1] if len(words) > 1 else server_of(p)
    yield from p.sleep(0.0004)
    if _silent(p):
        yield from p.sleep(NO_SERVER_AFTER)
        if is_busybox(p):
            p.out(";; connection timed out; no servers could be reached\n\n")
        else:
            p.out(f";; communications error to {server}#53: timed out\n;; no servers could be reached\n\n\n")
        return 1
    port = ":53" if is_busybox(p) else "#53"
    p.out(f"Server:\t\t{server}\nAddress:\t{server}{port}\n\n")
    kinds = [flag.partition("=")[2].upper() for flag in flags if flag.startswith(("-type=", "-ty=", "-q", "-t="))]
    if family_of(name) and not kinds:
        return _pointed(p, name)
    return (_busybox_answers if is_busybox(p) else _bind_answers)(p, name, kinds)


def _pointed(p: Process, address: str) -> int:
    """The name of an address."""
    shown = reverse_name(address)
    found = look_up(p, address, "PTR")
    if not found:
        p.out(f"** server can't find {shown}: NXDOMAIN\n\n")
        return 1
    head = "Non-authoritative answer:\n" if is_busybox(p) else ""
    p.out(f"{head}{shown}\tname = {found[0]}{'' if is_busybox(p) else '.'}\n\n")
    return 0


def _busybox_answers(p: Process, name: str, kinds: list[str]) -> int:
    """One block for each question; without a kind, busybox asks for addresses of both families."""
    asked = kinds or ["A", "AAAA"]
    if not look_up(p, name, "ANY"):
        p.out(f"** server can't find {name}: NXDOMAIN\n\n" * len(asked))
        return 1
    for kind in asked:
        found = look_up(p, name, kind)
        p.out("Non-authoritative answer:\n" + "".join(f"Name:\t{name}\nAddress: {one}\n" for one in found) + "\n")
    return 0


def _bind_answers(p: Process, name: str, kinds: list[str]) -> int:
    """One block for all; an answer without what was asked for says so."""
    if not look_up(p, name, "ANY"):
        p.out(f"** server can't find {name}: NXDOMAIN\n\n")
        return 1
    found = [one for kind in kinds or ["ANY"] for one in look_up(p, name, kind)]
    if not found:
        p.out(f"*** Can't find {name}: No answer\n\n")
        return 0
    p.out("Non-authoritative answer:\n" + "".join(f"Name:\t{name}\nAddress: {one}\n" for one in found) + "\n")
    return 0


def host(p: Process) -> Steps:
    """``host name``."""
    words = [word for word in p.argv[1:] if not word.startswith("-")]
    if not words:
        p.err("Usage: host [-t type] {name} [server]\n")
        return 1
    yield from p.sleep(0.0004)
    if _silent(p):
        yield from p.sleep(NO_SERVER_AFTER)
        p.out(";; communications error: timed out\n;; no servers could be reached\n\n")
        return 1
    name = words[0]
    if family_of(name):
        shown, found = reverse_name(name), look_up(p, name, "PTR")
        p.out(f"{shown} domain name pointer {found[0]}.\n" if found else f"Host {shown}. not found: 3(NXDOMAIN)\n")
        return 0 if found else 1
    found = look_up(p, name, "ANY")
    for one in found:
        p.out(f"{name} has {'IPv6 ' if ':' in one else ''}address {one}\n")
    if not found:
        p.out(f"Host {name} not found: 3(NXDOMAIN)\n")
    return 0 if found else 1


def dig(p: Process) -> Steps:
    """``dig [@server] name [type] [+short]``."""
    words = p.argv[1:]
    flags = [word for word in words if word.startswith("+")]
    server = next((word[1:] for word in words if word.startswith("@")), server_of(p))
    rest = [word for word in words if word[:1] not in ("+", "@", "-")]
    kinds = [word.upper() for word in rest if word.upper() in ("A", "AAAA", "ANY", "MX", "TXT", "NS", "PTR", "CNAME")]
    names = [word for word in rest if word.upper() not in kinds]
    kind = kinds[0] if kinds else "A"
    name = names[0] if names else "."
    if "-x" in words and family_of(name):
        kind, question = "PTR", reverse_name(name)
    else:
        question = name
    yield from p.sleep(0.0004)
    if _silent(p):
        yield from p.sleep(NO_SERVER_AFTER)
        p.out(f";; communications error to {server}#53: timed out\n")
        if "+short" not in flags:
            p.out(";; no servers could be reached\n")
        return 9
    found = look_up(p, name, kind)
    dotted = f"{question.rstrip('.')}."
    if kind == "PTR":
        found = [f"{one}." for one in found]
    if "+short" in flags:
        p.out("".join(f"{one}\n" for one in found))
        return 0
    status = "NOERROR" if found or look_up(p, name, "ANY") else "NXDOMAIN"
    number = p.sim.rng.randrange(1, 65536)
    p.out(
        f"\n; <<>> DiG 9.18.28 <<>> {' '.join(words)}\n;; global options: +cmd\n;; Got answer:\n"
        f";; ->>HEADER<<- opcode: QUERY, status: {status}, id: {number}\n"
        f";; flags: qr rd ra; QUERY: 1, ANSWER: {len(found)}, AUTHORITY: 0, ADDITIONAL: 0\n\n"
        f";; QUESTION SECTION:\n;{dotted:<23}IN\t{kind}\n\n"
    )
    if found:
        kinds = [kind if kind != "ANY" else "AAAA" if ":" in one else "A" for one in found]
        rows = "".join(f"{dotted:<24}600\tIN\t{of}\t{one}\n" for of, one in zip(kinds, found, strict=True))
        p.out(f";; ANSWER SECTION:\n{rows}\n")
    from dockersim.userland.programs.servers.core import stamp

    p.out(
        f";; Query time: 0 msec\n;; SERVER: {server}#53({server}) (UDP)\n"
        f";; WHEN: {stamp(p, '%a %b %d %H:%M:%S UTC %Y')}\n;; MSG SIZE  rcvd: {40 + len(name)}\n\n"
    )
    return 0
