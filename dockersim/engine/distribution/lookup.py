"""Small questions to registries: are these credentials good, what is this name, which images match this word."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dockersim.engine.distribution.endpoints import Endpoint, endpoints
from dockersim.engine.distribution.errors import RegistryError, TransportError, connect_reason, header
from dockersim.engine.distribution.pull import ACCEPT
from dockersim.engine.distribution.session import Credentials, Session
from dockersim.errors import DockersimError, InvalidParameter, System, Unauthorized
from dockersim.oci import Descriptor, Digest, ImageConfig, Index, Reference, parse_manifest
from dockersim.oci.reference import DEFAULT_DOMAIN
from dockersim.sim import ConnectFailed
from dockersim.sim.failure import UNRESOLVED

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine
    from dockersim.wire import Steps

_STATUSES = {"MANIFEST_UNKNOWN": 404, "NAME_UNKNOWN": 404, "DENIED": 403, "UNAUTHORIZED": 401}
MOST = 100
"""How many results a search may ask for."""


def login(engine: Engine, credentials: Credentials, upstream: str = "") -> Steps:
    """``POST /auth``: the body of the answer. Raises :class:`Unauthorized`, :class:`System`."""
    server = credentials.server.partition("://")[2] or credentials.server
    domain = server.partition("/")[0] or DEFAULT_DOMAIN
    last: DockersimError = System(f"no endpoints found for {domain}")
    for endpoint in endpoints(engine, domain, mirrors=False):
        try:
            yield from Session(engine, endpoint, credentials, upstream=upstream).login()
        except Unauthorized:
            raise
        except DockersimError as error:
            last = error
            continue
        return {"IdentityToken": "", "Status": "Login Succeeded"}
    raise System(last.message)


def distribution(engine: Engine, reference: Reference, credentials: Credentials, upstream: str = "") -> Steps:
    """``GET /distribution/{name}/json``: what a registry has under a name. Raises :class:`DockersimError`."""
    reference = reference.tagged_or_latest()
    last: DockersimError | None = None
    silent: DockersimError = System(f"no endpoints found for {reference.name}")
    for endpoint in endpoints(engine, reference.domain, mirrors=True):
        session = Session(engine, endpoint, credentials, reference.path, "pull", upstream)
        try:
            yield from session.ping()
        except DockersimError as error:
            silent = error
            continue
        try:
            return (yield from _describe(session, reference))
        except DockersimError as error:
            last = error
    refused = last or silent
    if isinstance(refused, RegistryError) and refused.code in _STATUSES:
        refused.status = _STATUSES[refused.code]
    raise refused


def _describe(session: Session, reference: Reference) -> Steps:
    target = f"/v2/{reference.path}/manifests/{reference.identifier}"
    response, body = yield from session.fetch(target, {"Accept": ACCEPT})
    media_type = header(response, "Content-Type").partition(";")[0]
    document = parse_manifest(body, media_type)
    descriptor = Descriptor(document.media_type, reference.digest or Digest.of(body), len(body))
    platforms: list[dict[str, Any]] = []
    if isinstance(document, Index):
        platforms = [entry.platform.to_json() for entry in document.manifests if entry.platform is not None]
    else:
        _, raw = yield from session.fetch(f"/v2/{reference.path}/blobs/{document.config.digest}")
        platforms = [ImageConfig(raw, document.config.media_type).platform.to_json()]
    view = {"mediaType": descriptor.media_type, "digest": descriptor.digest, "size": descriptor.size}
    return {"Descriptor": view, "Platforms": platforms}


def search(engine: Engine, term: str, limit: int, filters: dict[str, list[str]], upstream: str = "") -> Steps:
    """``GET /images/search``. Docker Hub's catalogue answers; another registry has no search."""
    from dockersim.engine.api.filters import boolean

    if not 1 <= limit <= MOST:
        raise InvalidParameter(f"limit {limit} is outside the range of [1, {MOST}]")
    official, automated = boolean(filters, "is-official"), boolean(filters, "is-automated")
    stars = max((_number(text) for text in filters.get("stars", ())), default=0)
    domain, slash, rest = term.partition("/")
    if slash and ("." in domain or ":" in domain or domain == "localhost"):
        yield from _search_elsewhere(engine, domain, rest, limit, upstream)
    if not engine.stack.online:
        index = Endpoint("https://index.docker.io")
        reason = connect_reason(ConnectFailed(UNRESOLVED, ""), index, engine, ping=False)
        raise TransportError("GET", f"{index.url}/v1/search?q={term}&n={limit}", reason)
    results = [
        result
        for result in engine.search(term)[:limit]
        if (official is None or result["is_official"] == official)
        and (automated is None or result.get("is_automated", False) == automated)
        and result["star_count"] >= stars
    ]
    return results


def download(engine: Engine, url: str, upstream: str = "") -> Steps:
    """The bytes at a URL, from whoever answers HTTP there. Raises :class:`DockersimError`."""
    if "://" not in url:
        url = f"http://{url}"
    scheme, _, rest = url.partition("://")
    host, _, path = rest.partition("/")
    if scheme not in ("http", "https"):
        raise System(f'Get "{url}": unsupported protocol scheme "{scheme}"')
    if not host:
        raise System(f'Get "{url if rest else f"{scheme}:"}": http: no Host in request URL')
    if " " in host:
        raise System(f'parse "{url}": invalid character " " in host name')
    session = Session(engine, Endpoint(f"{scheme}://{host}"), Credentials(), upstream=upstream)
    response = yield from session.request("GET", f"/{path}")
    body = yield from session.read(f"/{path}", response)
    if response.status >= 400:
        said = body.decode(errors="replace").strip()
        raise System(f"failed to GET {url} with status {response.status} {response.reason}: {said}")
    return body


def _number(text: str) -> int:
    if not text.lstrip("+-").isdigit():
        raise InvalidParameter(f"invalid filter 'stars={text}': strconv.Atoi: parsing \"{text}\": invalid syntax")
    return int(text)


def _search_elsewhere(engine: Engine, domain: str, term: str, limit: int, upstream: str) -> Steps:
    for endpoint in endpoints(engine, domain, mirrors=False):
        session = Session(engine, endpoint, Credentials(), upstream=upstream)
        response = yield from session.request("GET", "/v1/_ping")
        yield from session.read("/v1/_ping", response)
        target = f"/v1/search?q={term}&n={limit}"
        response = yield from session.request("GET", target)
        yield from session.read(target, response)
        raise System(f"Unexpected status code {response.status}")
