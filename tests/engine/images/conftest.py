"""A small setting: a daemon with nothing but images, Docker Hub with its token service, and private registries."""

from __future__ import annotations

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from dockersim.engine.api import images as api
from dockersim.engine.builder.image import Image as BuiltImage
from dockersim.engine.builder.image import ImageLayer, package, tree_of
from dockersim.engine.events import EventLog
from dockersim.engine.images import Image, ImageStore
from dockersim.errors import DockersimError, NotFound
from dockersim.fs import Layer, Node, Overlay, Tree, Vfs
from dockersim.oci import ImageConfig, Platform
from dockersim.registry import Basic, Registry, Rules, TokenAuth, TokenService
from dockersim.sim import Net, Service, Simulation, exchange, names, read_all
from dockersim.store import ContentStore, Snapshotter
from dockersim.trace import Event, events
from dockersim.wire import Request, Response, Router

AMD64, ARM64 = Platform("linux", "amd64"), Platform("linux", "arm64")
CREATED = "2026-01-10T10:00:00Z"
KEY = b"shared"


class FakeKernel:
    release = "6.8.0"


class FakeEngine:
    """What the image handlers need of a daemon."""

    name = "daemon"
    root = "/var/lib/docker"
    kernel = FakeKernel()

    def __init__(self, sim: Simulation, net: Net, mirrors: tuple[str, ...] = ()) -> None:
        self.sim, self.net, self.mirrors = sim, net, mirrors
        files = Tree.of({"/etc/resolv.conf": "# the network's own\nnameserver 192.0.2.53\n"})
        self.host = SimpleNamespace(vfs=Vfs(Overlay(files)))
        self.stack = net.add_server("laptop", "192.168.1.10")
        self.stack.online = True
        self.stack.resolvers = [
            lambda name: names.Answer("127.0.0.1", "/etc/hosts") if name == "localhost" else None,
            net.dns,
        ]
        self.content = ContentStore(sim.trace, self.name)
        self.snapshots = Snapshotter(sim.trace, self.name)
        self.events = EventLog(self)  # type: ignore[arg-type]
        self.containers = FakeContainers()
        self.lifecycle = FakeLifecycle()
        self.search: Any = lambda term: []
        self.images = ImageStore(self)  # type: ignore[arg-type]


class FakeContainer:
    """What the image handlers need of a container."""

    def __init__(self, engine: FakeEngine, image: Image, state: str = "exited", cmd: tuple[str, ...] = ("sh",)) -> None:
        self.id = engine.sim.hex(64)
        self.image = image
        self.state = state
        self.overlay = engine.snapshots.prepare(self.id, image.top)
        self.spec = SimpleNamespace(
            config={"Hostname": self.id[:12], "Cmd": list(cmd), "Env": ["PATH=/bin"], "Labels": {}}
        )

    @property
    def running(self) -> bool:
        return self.state == "running"

    def uses(self, image: str) -> bool:
        return self.image.id == image


class FakeContainers(list[FakeContainer]):
    """The daemon's containers, found by ID."""

    def get(self, name: str) -> FakeContainer:
        for container in self:
            if container.id.startswith(name):
                return container
        raise NotFound(f"No such container: {name}")


class FakeLifecycle:
    """What happens to containers, noted down."""

    def __init__(self) -> None:
        self.noted: list[Any] = []

    def pause(self, container: FakeContainer) -> None:
        self.noted.append("pause")

    def unpause(self, container: FakeContainer) -> None:
        self.noted.append("unpause")

    def log(self, container: FakeContainer, action: str, **attributes: str) -> None:
        self.noted.append((action, attributes))


class Answer:
    """A whole response, its stream read to the end."""

    def __init__(self, status: int, body: bytes) -> None:
        self.status, self.body = status, body

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def lines(self) -> list[Any]:
        return [json.loads(line) for line in self.body.splitlines()]

    @property
    def told(self) -> list[str]:
        """The stream's sentences, as a client without a terminal prints them."""
        shown = []
        for line in self.lines:
            if "error" in line:
                shown.append("error: " + line["error"])
            elif "stream" in line:
                shown.append(line["stream"].rstrip("\n"))
            elif "status" in line and not line.get("progress"):
                shown.append(f"{line['id']}: {line['status']}" if line.get("id") else line["status"])
        return shown

    @property
    def message(self) -> str:
        return str(self.json["message"])


class Lab:
    """The setting, and what one does in it."""

    def __init__(self, mirrors: tuple[str, ...] = ()) -> None:
        self.sim = Simulation(seed=1)
        self.net = Net(self.sim)
        self.engine = FakeEngine(self.sim, self.net, mirrors)
        self.router = Router()
        api.routes(self.engine, self.router)  # type: ignore[arg-type]
        hub = self.net.add_server("registry-1.docker.io", "192.0.2.1")
        tokens = self.net.add_server("auth.docker.io", "192.0.2.2")
        auth = TokenAuth(
            self.sim,
            "registry-1.docker.io",
            realm="https://auth.docker.io/token",
            service="registry.docker.io",
            key=KEY,
        )
        self.hub = Registry("registry-1.docker.io", self.sim, auth=auth, scheme="https")
        users = {"alice": "secret"}
        rules = Rules(self.hub.storage.has)
        self.tokens = TokenService(
            "auth.docker.io", self.sim, service="registry.docker.io", key=KEY, users=users, rules=rules
        )
        self.tamper: Callable[[Request, Response], None] = lambda request, response: None
        hub.listen(443, service=Service(self.hub.name, self._hub))
        tokens.listen(443, service=Service(self.tokens.name, self.tokens.handle))
        self.open = self.private(5000, None)
        self.closed = self.private(5002, Basic({"alice": "secret"}))

    def _hub(self, request: Request) -> Any:
        """Docker Hub, or what somebody on the way makes of its answers."""
        answer = self.hub.handle(request)
        response = answer if isinstance(answer, Response) else (yield from answer)
        self.tamper(request, response)
        return response

    @property
    def images(self) -> ImageStore:
        return self.engine.images

    def private(self, port: int, auth: Any) -> Registry:
        """A registry on the daemon's own machine."""
        registry = Registry(f"localhost:{port}", self.sim, auth=auth)
        self.engine.stack.listen(port, service=Service(registry.name, registry.handle))
        return registry

    def call(self, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None) -> Answer:
        """One request to the daemon, from a client over a wire."""
        request = Request(method, target, headers or {"User-Agent": "Docker-Client/28.2.2 (linux)"}, body)
        process = self.sim.process(self._call(request))
        answer: Answer = self.sim.env.run(process)
        return answer

    def _call(self, request: Request) -> Any:
        service = Service("daemon", self._handle)
        try:
            response = yield from exchange(self.sim, "client", self.net.link("client", "daemon"), service, request)
        except DockersimError as error:
            return Answer(error.status, json.dumps({"message": error.message}).encode())
        return Answer(response.status, (yield from read_all(response.body)))

    def _handle(self, request: Request) -> Any:
        return self.router.match(request)(request)

    def pull(self, name: str, tag: str = "latest", **more: Any) -> Answer:
        platform = f"&platform={more.pop('platform')}" if "platform" in more else ""
        return self.call("POST", f"/images/create?fromImage={name}&tag={tag}{platform}", **more)

    def kept(self) -> Any:
        """Everything that the daemon holds, to be compared."""
        layers = sorted(info.name for info in self.engine.snapshots.walk())
        names = sorted(self.images.references.items())
        return sorted(self.engine.content.walk()), layers, names, sorted(image.id for image in self.images.all())

    def trace(self, *kinds: type[Event], start: int = 0) -> list[Any]:
        return [event for event in self.sim.trace.since(start) if isinstance(event, kinds)]

    def wires(self, start: int = 0) -> list[str]:
        """The daemon's own requests with their statuses, in order."""
        sent = {}
        for event in self.sim.trace.since(start):
            if isinstance(event, events.RequestSent) and event.source == "daemon":
                sent[event.exchange] = f"{event.method} {event.target}{event.path}"
            elif isinstance(event, events.ResponseSent) and event.exchange in sent:
                sent[event.exchange] += f" {event.status}"
        return list(sent.values())


def built(*files: dict[str, Any], cmd: str = "/hello", platform: Platform = AMD64, **config: Any) -> BuiltImage:
    """An image of one layer for each mapping of paths to bytes or nodes."""
    layers = []
    for entries in files:
        nodes = {path: value if isinstance(value, Node) else Node.file(value) for path, value in entries.items()}
        layers.append(ImageLayer.of(Layer(nodes)))
    history = [{"created": CREATED, "created_by": f"COPY {list(entries)} /"} for entries in files]
    history.append({"created": CREATED, "created_by": f'CMD ["{cmd}"]', "empty_layer": True})
    value = ImageConfig.build(
        platform=platform,
        diff_ids=[layer.diff_id for layer in layers],
        config={"Cmd": [cmd], "Env": ["PATH=/bin"], **config},
        history=history,
        created=CREATED,
    )
    return BuiltImage(value, tuple(layers), tree_of(layers))


def publish(registry: Registry, repository: str, *images: BuiltImage, tag: str = "latest") -> str:
    """Put an image into a registry, as its owner would have pushed it; its index's digest."""
    whole = package(images)
    for data in whole.blobs.values():
        registry.storage.put_blob(repository, data)
    for manifest in whole.manifests:
        registry.storage.put_manifest(repository, manifest.digest, manifest.raw, manifest.media_type)
    registry.storage.put_manifest(repository, tag, whole.index.raw, whole.index.media_type)
    return str(whole.index.digest)


HELLO = {"/hello": Node.file(b"hello", mode=0o755, nominal=9400)}


@pytest.fixture
def lab() -> Lab:
    one = Lab()
    publish(one.hub, "library/hello-world", built(HELLO), built(HELLO, platform=ARM64))
    return one


__all__ = ["AMD64", "ARM64", "HELLO", "Answer", "FakeContainer", "FakeEngine", "Lab", "built", "publish"]
