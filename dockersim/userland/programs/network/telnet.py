"""telnet: a connection to talk over, by hand."""

from __future__ import annotations

from dockersim.sim import ConnectFailed
from dockersim.sim.failure import UNRESOLVED
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.network.connect import dial, relay, resolve, strerror
from dockersim.userland.programs.options import is_busybox


def telnet(p: Process) -> Steps:
    """``telnet host [port]``; Ctrl-D ends it."""
    words = [word for word in p.argv[1:] if not word.startswith("-")]
    if not words:
        return p.fail("interactive mode is not simulated; give a host")
    host, port = words[0], words[1] if len(words) > 1 else "23"
    if not port.isdigit():
        p.err(f"telnet: {port}: bad port\n")
        return 1
    busybox = is_busybox(p)
    try:
        address = resolve(p, host)
        if not busybox:
            p.out(f"Trying {address}...\n")
        yield from p.flush()
        connection = yield from dial(p, host, int(port))
    except ConnectFailed as failed:
        if failed.kind == UNRESOLVED:
            if busybox:
                return p.fail(f"bad address '{host}'")
            p.err(f"telnet: could not resolve {host}/{port}: Name or service not known\n")
            return 1
        words_ = strerror(p, failed.kind)
        if busybox:
            return p.fail(f"can't connect to remote host ({address}): {words_}")
        p.err(f"telnet: Unable to connect to remote host: {words_}\n")
        return 1
    if busybox:
        p.out("Connected to " + host + "\n\nEntering character mode\nEscape character is '^]'.\n\n")
    else:
        p.out(f"Connected to {host}.\nEscape character is '^]'.\n")
    yield from p.flush()
    yield from relay(p, connection)
    connection.close()
    p.err("Connection closed by foreign host.\n" if not busybox else "Connection closed by foreign host\r\n")
    return 1
