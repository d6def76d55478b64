"""ping and traceroute, as iputils and busybox have them."""

from __future__ import annotations

from dockersim.sim import ConnectFailed
from dockersim.sim.failure import NO_ADDRESS, NO_ROUTE, NO_WAY, TIMEOUT, UNREACHABLE
from dockersim.trace import events as e
from dockersim.userland import signals
from dockersim.userland.process import Interrupted, Process, Steps
from dockersim.userland.programs.network.connect import resolve, stack_of, strerror, unresolved
from dockersim.userland.programs.options import Options, is_busybox, parse, quoted

UNREACHABLE_AFTER = 3.06
ICMP_HEADERS = 42
"""Bytes of Ethernet, IP and ICMP around a ping's data."""
NOT_ROOT = "permission denied (are you root?)"


def ping6(p: Process) -> Steps:
    """``ping6``: ping, by IPv6 only."""
    return (yield from ping(p, family=6))


def ping(p: Process, family: int = 0) -> Steps:
    """``ping [-46] [-c count] [-i interval] [-W timeout] [-w deadline] [-q] host``."""
    options = parse(p, "46c:i:W:w:qns:t:I:vA", status=1 if is_busybox(p) else 2)
    status = 1 if is_busybox(p) else 2
    if not options.operands:
        if is_busybox(p):
            p.err("BusyBox: ping needs a host\n")
        else:
            p.err("ping: usage error: Destination address required\n")
        return status
    for letter in "ciWws":
        if letter in options and _number(options.get(letter)) is None:
            wrong = "number" if is_busybox(p) else "argument:"
            return p.fail(f"invalid {wrong} {quoted(options.get(letter))}", status)
    family = family or (4 if "4" in options else 6 if "6" in options else 0)
    permitted = "NET_RAW" in p.computer.capabilities  # the file has the capability, whoever runs it
    if not permitted and not is_busybox(p):
        p.err("ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\n")
        p.err("ping: => missing cap_net_raw+p capability or setuid?\n")
        return 2
    host = options.operands[-1]
    try:
        address = resolve(p, host, family)
    except ConnectFailed:
        if is_busybox(p):
            return p.fail(f"bad address '{host}'")
        return p.fail(f"{host}: {unresolved(p)}", 2)
    return (yield from Pinger(p, options, host, address).run(permitted))


def _number(text: str) -> float | None:
    try:
        return max(0.0, float(text))
    except ValueError:
        return None


class Pinger:
    """One run of ping."""

    def __init__(self, p: Process, options: Options, host: str, address: str) -> None:
        self.p = p
        self.stack = stack_of(p)
        self.busybox = is_busybox(p)
        self.host = host
        self.address = address
        self.six = ":" in address
        self.count = int(_number(options.get("c", "0")) or 0)
        self.interval = _number(options.get("i", "1")) or 0.2
        self.wait = _number(options.get("W", "10")) or 10.0
        self.deadline = _number(options.get("w", "0")) or 0.0
        self.size = int(_number(options.get("s", "56")) or 0)
        self.quiet = "q" in options
        self.times: list[float] = []
        self.sent = 0
        self.errors = 0
        self.begun = p.sim.now
        self.told = False

    def run(self, permitted: bool) -> Steps:
        p = self.p
        try:
            self.stack.locate(self.address)
        except ConnectFailed as failed:
            if failed.kind in (NO_ROUTE, NO_ADDRESS):
                self._tell(failed)
                if not self.busybox:
                    return p.fail(f"connect: {strerror(p, failed.kind)}", 2)
                self._head()
                return p.fail(f"sendto: {strerror(p, failed.kind)}" if permitted else NOT_ROOT)
        self._head()
        if not permitted:
            return p.fail(NOT_ROOT)
        p.handlers[signals.INT] = lambda _: None
        try:
            while not self._over():
                yield from self._once()
        except Interrupted:
            pass
        self._summary()
        if self.busybox:
            return 0 if self.times else 1
        return 0 if self.times and (not self.count or not self.deadline or len(self.times) >= self.count) else 1

    def _head(self) -> None:
        size = f"{self.size} data bytes"
        if not self.busybox and not self.six:
            size = f"{self.size}({self.size + 28}) bytes of data."
        self.p.out(f"PING {self.host} ({self.address}){':' if self.busybox else ''} {size}\n")

    def _over(self) -> bool:
        if self.count and self.sent >= self.count:
            return True
        return bool(self.deadline) and self.p.sim.now - self.begun >= self.deadline

    def _once(self) -> Steps:
        p = self.p
        yield from p.flush()
        self.sent += 1
        started = p.sim.now
        try:
            spent = self._round_trip()
            yield from p.block(p.sim.timeout(spent), interruptible=True)
            self._answered(spent)
            left = self.interval
        except ConnectFailed as failed:
            self._tell(failed)
            left = yield from self._lost(failed)
        yield from p.flush()
        if not self._over():
            left = max(0.0, left - (p.sim.now - started))
            yield from p.block(p.sim.timeout(left), interruptible=True)

    def _round_trip(self) -> float:
        target = self.stack.locate(self.address)
        for end in self.stack.net.ends(self.stack, target):
            if end is not None:  # each packet comes back as long as it went
                end.count(1, self.size + ICMP_HEADERS, 1, self.size + ICMP_HEADERS)
        link = self.stack.net.link(self.p.computer.name, target.name)
        if link.down:
            raise ConnectFailed(TIMEOUT, f"the wire between {self.p.computer.name} and {target.name} is cut")
        if target is self.stack:
            return 3e-5 + self.p.sim.rng.random() * 3e-5
        return max(2 * link.latency * (0.15 if link.latency < 1e-3 else 1.0), 5e-5) + self.p.sim.rng.random() * 5e-5

    def _tell(self, failed: ConnectFailed) -> None:
        if not self.told:
            self.told = True
            self.p.sim.trace.record(e.ConnectionFailed, self.p.computer.name, self.host, 0, failed.reason)

    def _answered(self, spent: float) -> None:
        self.times.append(spent * 1000)
        if self.quiet:
            return
        ttl = self._hops_left()
        if self.busybox:
            self.p.out(
                f"{self.size + 8} bytes from {self.address}: seq={self.sent - 1} ttl={ttl} time={spent * 1000:.3f} ms\n"
            )
            return
        name = self.stack.name_of(self.address) if self.host != self.address else ""
        if not name and self.host != self.address:
            name = self.host
        who = f"{name} ({self.address})" if name else self.address
        time = spent * 1000
        shown = f"{time:.3f}" if time < 1 else f"{time:.2f}" if time < 10 else f"{time:.1f}"
        self.p.out(f"{self.size + 8} bytes from {who}: icmp_seq={self.sent} ttl={ttl} time={shown} ms\n")

    def _hops_left(self) -> int:
        """What is left of the answer's hop limit: a router less for a network further on, seven for the internet."""
        target = self.stack.locate(self.address)
        mine = {id(interface.segment) for interface in self.stack.interfaces}
        if target is self.stack or any(id(interface.segment) in mine for interface in target.interfaces):
            return 64
        return 63 if target.interfaces else 57

    def _lost(self, failed: ConnectFailed) -> Steps:
        """No answer: what is told of it, and how long until the next one."""
        p = self.p
        last = self.count and self.sent >= self.count
        if failed.kind == UNREACHABLE:
            if not last and not self.busybox:
                yield from p.block(p.sim.timeout(self.interval), interruptible=True)
            else:
                yield from p.block(p.sim.timeout(UNREACHABLE_AFTER), interruptible=True)
            self._complain(self._own(), "Address unreachable")
            return 0.0
        if failed.kind == NO_WAY:
            self._complain(self._gateway(), "No route")
        if last:
            wait = self.wait if not self.deadline else min(self.wait, self.deadline - (p.sim.now - self.begun))
            yield from p.block(p.sim.timeout(max(0.0, wait)), interruptible=True)
            return 0.0
        return self.interval

    def _complain(self, who: str, why6: str) -> None:
        """``who`` says that a packet cannot be delivered."""
        self.errors += 1
        if not self.busybox and not self.quiet:
            words = f"Destination unreachable: {why6}" if self.six else "Destination Host Unreachable"
            self.p.out(f"From {who} icmp_seq={self.sent} {words}\n")

    def _own(self) -> str:
        found = (one.address6 if self.six else one.address for one in self.stack.interfaces)
        return next(filter(None, found), "127.0.0.1")

    def _gateway(self) -> str:
        found = (one.gateway6 if self.six else one.gateway for one in self.stack.interfaces)
        return next(filter(None, found), "")

    def _summary(self) -> None:
        p, received = self.p, len(self.times)
        loss = round(100 * (self.sent - received) / self.sent) if self.sent else 0
        p.out(f"\n--- {self.host} ping statistics ---\n")
        if self.busybox:
            p.out(f"{self.sent} packets transmitted, {received} packets received, {loss}% packet loss\n")
            if received:
                least, most, mean = min(self.times), max(self.times), sum(self.times) / received
                p.out(f"round-trip min/avg/max = {least:.3f}/{mean:.3f}/{most:.3f} ms\n")
            return
        errors = f", +{self.errors} errors" if self.errors else ""
        spent = round((p.sim.now - self.begun) * 1000) if self.sent > 1 else 0
        p.out(f"{self.sent} packets transmitted, {received} received{errors}, {loss}% packet loss, time {spent}ms\n")
        if received:
            mean = sum(self.times) / received
            deviation = (sum((time - mean) ** 2 for time in self.times) / received) ** 0.5
            p.out(f"rtt min/avg/max/mdev = {min(self.times):.3f}/{mean:.3f}/{max(self.times):.3f}/{deviation:.3f} ms\n")
        else:
            p.out("\n")


def traceroute(p: Process) -> Steps:
    """``traceroute [-n] [-m hops] host``: the gateway, then the host itself."""
    options = parse(p, "46nm:w:q:I")
    if not options.operands:
        return p.fail("missing host operand", 2)
    host = options.operands[0]
    try:
        address = resolve(p, host, 4 if "4" in options else 6 if "6" in options else 0)
    except ConnectFailed:
        if is_busybox(p):
            return p.fail(f"bad address '{host}'")
        p.err(f"{host}: Name or service not known\n")
        p.err(f'Cannot handle "host" cmdline arg `{host}\' on position 1 (argc 1)\n')
        return 2
    stack = stack_of(p)
    limit = int(options.get("m", "30")) if options.get("m", "30").isdigit() else 30
    size = "46 byte packets" if is_busybox(p) else "60 byte packets"
    p.out(f"traceroute to {host} ({address}), {limit} hops max, {size}\n")
    on_link = any(address in interface.segment for interface in stack.interfaces)
    hops = [] if on_link else [interface.gateway for interface in stack.interfaces if interface.gateway][:1]
    try:
        stack.locate(address)
        hops.append(address)
    except ConnectFailed as failed:
        p.sim.trace.record(e.ConnectionFailed, p.computer.name, host, 0, failed.reason)
        hops += [""] * 4
    for number, hop in enumerate(hops[:limit], 1):
        yield from p.flush()
        if not hop:
            yield from p.sleep(15)
            p.out(f"{number:2}  * * *\n")
            continue
        link = stack.net.link(p.computer.name, host) if hop == address else None
        base = 2000 * link.latency if link is not None else 0.01
        times = "  ".join(f"{max(0.005, base * (0.9 + p.sim.rng.random() / 5)):.3f} ms" for _ in range(3))
        name = "" if "n" in options else f"{stack.name_of(hop) or hop} "
        p.out(f"{number:2}  {name}{'(' if name else ''}{hop}{')' if name else ''}  {times}\n")
    return 0
