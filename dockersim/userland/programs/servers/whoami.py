"""traefik/whoami: a server that tells who it is and what it was asked."""

from __future__ import annotations

import json

from dockersim.sim import PortTaken
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.servers.core import Server, http_date, stamp
from dockersim.wire import Request, Response


def whoami(p: Process) -> Steps:
    """``whoami [--port PORT] [--name NAME] [--verbose]``, also by ``WHOAMI_PORT_NUMBER`` and ``WHOAMI_NAME``."""
    options = {"port": p.env.get("WHOAMI_PORT_NUMBER", "80"), "name": p.env.get("WHOAMI_NAME", "")}
    words = p.argv[1:]
    while words:
        name, equals, value = words.pop(0).lstrip("-").partition("=")
        options[name] = value if equals else words.pop(0) if words and not words[0].startswith("-") else ""
    port = int(options["port"]) if options["port"].isdigit() else 80
    with Server(p) as server:

        def handle(request: Request) -> Response:
            if "verbose" in options:
                at = stamp(p, "%d/%b/%Y:%H:%M:%S +0000")
                server.log(f'{request.peer} - - [{at}] "{request.method} {request.target} HTTP/1.1" - -\n')
            if request.path == "/health":
                return Response(200, {"Date": http_date(p.sim.nanoseconds()), "Content-Length": "0"})
            body, kind = _told(p, request, options["name"])
            headers = {"Date": http_date(p.sim.nanoseconds()), "Content-Length": str(len(body)), "Content-Type": kind}
            return Response(200, headers, body)

        try:
            server.http(port, handle)
        except PortTaken:
            p.err(f"{stamp(p, '%Y/%m/%d %H:%M:%S')} listen tcp :{port}: bind: address already in use\n")
            return 1
        p.err(f"{stamp(p, '%Y/%m/%d %H:%M:%S')} Starting up on port {port}\n")
        yield from p.flush()
        yield from p.block(p.sim.event())
    return 0


def _told(p: Process, request: Request, name: str) -> tuple[bytes, str]:
    addresses = ["127.0.0.1", "::1"]
    for interface in p.computer.net.interfaces if p.computer.net is not None else ():
        addresses += interface.addresses
    port = p.sim.rng.randrange(32768, 60999)
    headers = dict(sorted(request.headers.items()))
    host = headers.pop("Host", "")
    if request.path == "/api":
        told = {
            "hostname": p.computer.hostname,
            "ip": addresses,
            "headers": {key: [value] for key, value in headers.items()},
            "url": request.target,
            "host": host,
            "method": request.method,
            "remoteAddr": f"{request.peer}:{port}",
        }
        if name:
            told["name"] = name
        return json.dumps(told, separators=(",", ":")).encode() + b"\n", "application/json"
    lines = [f"Name: {name}"] if name else []
    lines += [f"Hostname: {p.computer.hostname}", *(f"IP: {address}" for address in addresses)]
    lines += [f"RemoteAddr: {request.peer}:{port}", f"{request.method} {request.target} HTTP/1.1", f"Host: {host}"]
    order = sorted(headers, key=lambda key: (key != "User-Agent", key))
    lines += [f"{key}: {headers[key]}" for key in order]
    return ("\n".join(lines) + "\n\n").encode(), "text/plain; charset=utf-8"
