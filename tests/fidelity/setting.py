"""The world that the record was made in: a laptop called ``oracle``, its user root, no internet, three registries.

``localhost:5000`` is open, and stands in for Docker Hub as the daemon's mirror; ``localhost:5002`` knows alice;
``localhost:5003`` answers as Docker Hub does for a repository that one may not read. The name server cannot be reached.
"""

from __future__ import annotations

import json
from typing import Any

from dockersim import World
from dockersim.sim import Service
from dockersim.userland.computer import Computer
from dockersim.userland.process import Process
from dockersim.wire import Request, Response
from tests.fidelity import standins

MIRROR, SECRET, DENIER = "localhost:5000", "localhost:5002", "localhost:5003"
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
}
FILES = {
    "/etc/hostname": "oracle\n",
    "/etc/hosts": "127.0.0.1 localhost\n127.0.1.1 oracle\n::1 localhost\n",
    "/etc/resolv.conf": "nameserver 192.0.2.53\n",
    "/etc/os-release": 'PRETTY_NAME="Debian GNU/Linux forky/sid"\nNAME="Debian GNU/Linux"\nID=debian\n',
    "/srv/labs/run/env.list": "# a comment\nA=1\nB=two words\nHOSTVAR\n\nC=\n",
    "/srv/labs/run/bad.list": "A B=1\n",
    "/srv/labs/run/labels": "com.example.a=1\ncom.example.b\n",
    "/srv/labs/run/data/file.txt": "from the host\n",
}
PUSHED_BEFORE = ((MIRROR, "pushed"), (MIRROR, "pushed2"), (SECRET, "app"))
"""Repositories that had alpine's layer from an earlier recording."""

KERNEL = "6.18.44-fc-v657"
MEMORY = 25_276_510_208


def new_world() -> tuple[World, Computer]:
    """The world, and a second seat at the laptop: what is typed there is not recorded."""
    world = World(seed=0, registries={MIRROR: {}, SECRET: {"alice": "secret"}})
    standins.push(world.registries[MIRROR])
    for address, repository in PUSHED_BEFORE:
        standins.push_layers(world.registries[address], "alpine", repository)
    engine, laptop = world.engine, world.laptop
    engine.mirrors = ("http://127.0.0.1:5000/",)
    engine.stack.listen(5003, service=Service(DENIER, _deny))
    engine.stack.online = False
    engine.stack.interfaces[0].unplug()  # it had no network but docker's own
    laptop.hostname = "oracle"
    kernel = laptop.kernel
    kernel.release, kernel.memory, kernel.cpus = KERNEL, MEMORY, 2
    desk = Computer(kernel, "desk", laptop.vfs, laptop.hostname, laptop.net)
    init = desk.spawn(["/sbin/init"], main=_wait)
    init.reaps = True
    for path, text in FILES.items():
        write(world, path, text)
    return world, desk


def write(world: World, path: str, text: str) -> None:
    """A file on the laptop, with the directories above it."""
    vfs = world.laptop.vfs
    parts = path.strip("/").split("/")[:-1]
    for count in range(1, len(parts) + 1):
        directory = "/" + "/".join(parts[:count])
        if not vfs.exists(directory):
            vfs.mkdir(directory)
    vfs.write_file(path, text.encode())


def _wait(p: Process) -> Any:
    yield from p.block(p.sim.event())
    return 0


def _deny(request: Request) -> Response:
    """Docker Hub's answers: a token for everybody, and with it still no access."""
    path = request.target.partition("?")[0]
    authorization = request.headers.get("Authorization", "")
    challenge = 'Bearer realm="http://localhost:5003/token",service="registry.docker.io"'
    if path == "/token":
        if authorization.startswith("Basic"):
            return _answer(401, {"details": "incorrect username or password"})
        return _answer(200, {"token": "t0ken", "access_token": "t0ken", "expires_in": 300})
    unauthorized: dict[str, Any] = {"code": "UNAUTHORIZED", "message": "authentication required", "detail": None}
    if path.rstrip("/") == "/v2":
        if authorization.startswith("Bearer"):
            return _answer(200, {})
        return _answer(401, {"errors": [unauthorized]}, challenge)
    name = path.removeprefix("/v2/").partition("/manifests")[0].partition("/blobs")[0]
    unauthorized["detail"] = [{"Type": "repository", "Class": "", "Name": name, "Action": "pull"}]
    challenge += f',scope="repository:{name}:pull",error="insufficient_scope"'
    return _answer(401, {"errors": [unauthorized]}, challenge)


def _answer(status: int, value: Any, challenge: str = "") -> Response:
    headers = {"Content-Type": "application/json", "Docker-Distribution-Api-Version": "registry/2.0"}
    if challenge:
        headers["WWW-Authenticate"] = challenge
    body = json.dumps(value).encode()
    return Response(status, {**headers, "Content-Length": str(len(body))}, body)
