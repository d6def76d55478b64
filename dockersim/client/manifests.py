"""Manifests as ``docker manifest`` handles them: the client asks registries itself, and keeps lists in the making in
``~/.docker/manifests``, a file for each manifest of each list, as docker/cli does."""

from __future__ import annotations

import base64
import json
from collections.abc import Generator
from typing import Any

from dockersim.client.cli import Cli
from dockersim.client.credentials import INDEX, stored
from dockersim.client.transport import Failure
from dockersim.engine.distribution.endpoints import HUB, Endpoint
from dockersim.engine.distribution.errors import RegistryError, TransportError, header, refusal
from dockersim.engine.distribution.session import Credentials, Session
from dockersim.errors import DockersimError
from dockersim.fs import FsError
from dockersim.fs.copying import remove_all
from dockersim.oci import Digest, ImageConfig, Index, Reference, media, parse_manifest
from dockersim.sim import Net, Simulation, Stack
from dockersim.userland.computer import Computer, Kernel

Json = dict[str, Any]
Steps = Generator[Any, Any, Any]
ACCEPT = ", ".join((media.DOCKER_LIST, media.OCI_INDEX, media.DOCKER_MANIFEST, media.OCI_MANIFEST))


class Client:
    """The client as somebody who talks to registries."""

    def __init__(self, cli: Cli) -> None:
        computer = cli.p.computer
        self.name = "client"
        self.sim: Simulation = cli.p.sim
        self.net: Net = computer.net.net
        self.stack: Stack = computer.net
        self.kernel: Kernel = computer.kernel
        self.host: Computer = computer


def named(text: str) -> Reference:
    """A reference with a tag or a digest; :class:`Failure` for what is none."""
    try:
        return Reference.normalized(text).tagged_or_latest()
    except DockersimError as error:
        raise Failure(error.message) from None


def connect(cli: Cli, reference: Reference, actions: str = "pull") -> Generator[Any, Any, Session]:
    """A conversation with the reference's registry; ``--insecure`` allows plain HTTP."""
    domain = reference.domain
    scheme = "http" if cli.options.get("insecure", False) and domain != "docker.io" else "https"
    endpoint = Endpoint(f"{scheme}://{HUB if domain == 'docker.io' else domain}")
    session = Session(Client(cli), endpoint, _credentials(cli, domain), reference.path, actions)
    try:
        yield from session.ping()
    except TransportError as error:
        if error.message.endswith("server gave HTTP response to HTTPS client"):  # no endpoint is left to ask
            raise Failure(f"no such manifest: {reference.familiar}") from None
        raise Failure(f"failed to configure transport: error pinging v2 registry: {error.message}") from None
    return session


def _credentials(cli: Cli, domain: str) -> Credentials:
    user, password = stored(cli, INDEX if domain == "docker.io" else domain)
    return Credentials({"username": user, "password": password})


def fetch(cli: Cli, reference: Reference) -> Generator[Any, Any, tuple[list[Json], bool]]:
    """The manifests that a name stands for, as docker/cli describes each, and whether it stands for a list."""
    session = yield from connect(cli, reference)
    found, listed = yield from _fetch(session, reference)
    if listed is None:
        return [found], False
    manifests = []
    for entry in listed.manifests:
        one, _ = yield from _fetch(session, reference.trimmed().with_digest(entry.digest))
        if entry.platform is not None:
            one["Descriptor"]["platform"] = entry.platform.to_json()
        manifests.append(one)
    return manifests, True


def _fetch(session: Session, reference: Reference) -> Generator[Any, Any, tuple[Json, Index | None]]:
    target = f"/v2/{reference.path}/manifests/{reference.identifier}"
    try:
        response, body = yield from session.fetch(target, {"Accept": ACCEPT})
    except RegistryError:
        raise Failure(f"no such manifest: {reference.familiar}") from None
    except DockersimError as error:
        raise Failure(error.message) from None
    document = parse_manifest(body, header(response, "Content-Type").partition(";")[0])
    if isinstance(document, Index):
        return {}, document
    _, config = yield from session.fetch(f"/v2/{reference.path}/blobs/{document.config.digest}")
    platform = ImageConfig(config, document.config.media_type).platform
    descriptor = {
        "mediaType": document.media_type,
        "digest": str(Digest.of(body)),
        "size": len(body),
        "platform": platform.to_json(),
    }
    kind = "OCIManifest" if document.media_type == media.OCI_MANIFEST else "SchemaV2Manifest"
    raw = base64.b64encode(body).decode()
    return {"Ref": str(reference), "Descriptor": descriptor, "Raw": raw, kind: json.loads(body)}, None


def list_document(found: list[Json]) -> bytes:
    """The manifest list of these manifests, as it is sent and shown."""
    kinds = {one["Descriptor"]["mediaType"] for one in found}
    entries = [{name: one["Descriptor"][name] for name in ("mediaType", "size", "digest", "platform")} for one in found]
    kind = media.OCI_INDEX if kinds == {media.OCI_MANIFEST} else media.DOCKER_LIST
    return json.dumps({"schemaVersion": 2, "mediaType": kind, "manifests": entries}, indent=3).encode()


# ---- lists in the making


class Lists:
    """The local lists of the client of ``cli``."""

    def __init__(self, cli: Cli) -> None:
        self._cli = cli
        self._root = f"{cli.config_directory()}/manifests"
        self._who: dict[str, Any] = {"cwd": cli.p.cwd, "cred": cli.p.cred}

    def _place(self, target: Reference, member: str = "") -> str:
        place = f"{self._root}/{_file_name(str(target))}"
        return f"{place}/{_file_name(member)}" if member else place

    def get(self, target: Reference) -> list[Json]:
        """The manifests of a local list; none where there is no such list."""
        place = self._place(target)
        try:
            names = self._cli.p.vfs.listdir(place, **self._who)
        except FsError:
            return []
        return [json.loads(self._cli.p.read_file(f"{place}/{name}")) for name in sorted(names)]

    def put(self, target: Reference, one: Json) -> None:
        """Add a manifest, or change it."""
        self._cli.p.vfs.makedirs(self._place(target), 0o755, **self._who)
        self._cli.p.write_file(self._place(target, one["Ref"]), json.dumps(one).encode())

    def remove(self, target: Reference) -> None:
        """Forget a list."""
        remove_all(self._cli.p.vfs, self._place(target), **self._who)


def _file_name(reference: str) -> str:
    return reference.replace(":", "-").replace("/", "_")


# ---- to a registry


def push_manifest(session: Session, target: Reference, one: Json) -> Generator[Any, Any, str]:
    """Give the target's repository a manifest of another one, with its blobs; its digest."""
    source = Reference.normalized(one["Ref"])
    body = base64.b64decode(one["Raw"])
    document = json.loads(body)
    for blob in (document["config"], *document["layers"]):
        if source.path != target.path:
            place = f"/v2/{target.path}/blobs/uploads/?mount={blob['digest']}&from={source.path}"
            yield from _sent(session, "POST", place, b"", {})
    digest: str = one["Descriptor"]["digest"]
    return (yield from push_document(session, target, digest, body, one["Descriptor"]["mediaType"]))


def push_document(
    session: Session, target: Reference, name: str, body: bytes, media_type: str
) -> Generator[Any, Any, str]:
    """PUT a manifest or a list under a tag or a digest; its digest."""
    place = f"/v2/{target.path}/manifests/{name}"
    yield from _sent(session, "PUT", place, body, {"Content-Type": media_type})
    return str(Digest.of(body))


def _sent(session: Session, method: str, target: str, body: bytes, headers: dict[str, str]) -> Steps:
    try:
        response = yield from session.request(method, target, headers, body)
        data = yield from session.read(target, response)
    except DockersimError as error:
        raise Failure(error.message) from None
    if response.status >= 400:
        raise Failure(refusal(response, data).message)
