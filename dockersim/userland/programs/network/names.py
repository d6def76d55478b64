"""nslookup, dig and host: asking the name server by hand."""

from __future__ import annotations

from dockersim.fs import FsError
from dockersim.sim.address import is_address
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.network.ping import reverse_name
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


def look_up(p: Process, name: str) -> str:
    """The address of ``name``, or the name of an address; ``""`` for none."""
    stack = p.computer.net
    if stack is None:
        return ""
    if is_address(name):
        return reverse_name(stack, name)
    return str(stack.resolve(name)[0])


def _silent(p: Process) -> bool:
    return p.computer.net is None or not (p.computer.net.interfaces or p.computer.net.online)


def reversed_address(address: str) -> str:
    return ".".join(reversed(address.split("."))) + ".in-addr.arpa"


def nslookup(p: Process) -> Steps:
    """``nslookup name [server]``."""
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
    answer = look_up(p, name)
    port = ":53" if is_busybox(p) else "#53"
    p.out(f"Server:\t\t{server}\nAddress:\t{server}{port}\n\n")
    if not answer:
        shown = reversed_address(name) if is_address(name) else name
        line = f"** server can't find {shown}: NXDOMAIN\n\n"
        p.out(line * (2 if is_busybox(p) and not is_address(name) else 1))
        return 1
    if is_address(name):
        head = "Non-authoritative answer:\n" if is_busybox(p) else ""
        p.out(f"{head}{reversed_address(name)}\tname = {answer}{'' if is_busybox(p) else '.'}\n\n")
        return 0
    found = f"Non-authoritative answer:\nName:\t{name}\nAddress: {answer}\n\n"
    p.out(found + ("Non-authoritative answer:\n\n" if is_busybox(p) else ""))
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
    name, answer = words[0], look_up(p, words[0])
    if is_address(name):
        shown = reversed_address(name)
        p.out(f"{shown} domain name pointer {answer}.\n" if answer else f"Host {shown}. not found: 3(NXDOMAIN)\n")
    else:
        p.out(f"{name} has address {answer}\n" if answer else f"Host {name} not found: 3(NXDOMAIN)\n")
    return 0 if answer else 1


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
    if "-x" in words and is_address(name):
        kind, question = "PTR", reversed_address(name)
    else:
        question = name
    yield from p.sleep(0.0004)
    if _silent(p):
        yield from p.sleep(NO_SERVER_AFTER)
        p.out(f";; communications error to {server}#53: timed out\n")
        if "+short" not in flags:
            p.out(";; no servers could be reached\n")
        return 9
    answer = look_up(p, name) if kind in ("A", "ANY", "PTR") else ""
    dotted = f"{question.rstrip('.')}."
    if kind == "PTR" and answer:
        answer += "."
    if "+short" in flags:
        p.out(f"{answer}\n" if answer else "")
        return 0
    status = "NOERROR" if answer or look_up(p, name) else "NXDOMAIN"
    number = p.sim.rng.randrange(1, 65536)
    p.out(
        f"\n; <<>> DiG 9.18.28 <<>> {' '.join(words)}\n;; global options: +cmd\n;; Got answer:\n"
        f";; ->>HEADER<<- opcode: QUERY, status: {status}, id: {number}\n"
        f";; flags: qr rd ra; QUERY: 1, ANSWER: {1 if answer else 0}, AUTHORITY: 0, ADDITIONAL: 0\n\n"
        f";; QUESTION SECTION:\n;{dotted:<23}IN\t{kind}\n\n"
    )
    if answer:
        p.out(f";; ANSWER SECTION:\n{dotted:<24}600\tIN\t{kind if kind != 'ANY' else 'A'}\t{answer}\n\n")
    from dockersim.userland.programs.servers.core import stamp

    p.out(
        f";; Query time: 0 msec\n;; SERVER: {server}#53({server}) (UDP)\n"
        f";; WHEN: {stamp(p, '%a %b %d %H:%M:%S UTC %Y')}\n;; MSG SIZE  rcvd: {40 + len(name)}\n\n"
    )
    return 0
