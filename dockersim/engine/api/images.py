"""The Engine API's image operations: the border between HTTP and :mod:`dockersim.engine.images`.

What takes long or is rarely asked for is imported by the handler that needs it.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from dockersim.engine.api import bodies, filters, legacy
from dockersim.engine.api.server import asked_version, integer
from dockersim.errors import InvalidParameter, System
from dockersim.oci import Platform, Reference
from dockersim.sim import read_all
from dockersim.wire import Request, Response, Router, gojson, json_bytes, json_response
from dockersim.wire.gotypes import Misfit, fit

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine
    from dockersim.wire import Steps


SEARCH_LIMIT = 25


class Images:
    """The handlers of one daemon."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._images = engine.images

    # ---- looking

    def list(self, request: Request) -> Response:
        """``GET /images/json``."""
        from dockersim.engine.images import listing

        chosen, asked = filters.parse(request, listing.ACCEPTED), asked_version(request)
        if request.query.get("filter") and asked < (1, 41):
            chosen.setdefault("reference", []).append(request.query["filter"])
        everything, shared = request.flag("all"), request.flag("shared-size") and asked >= (1, 42)
        found = listing.listing(self._engine, chosen, everything=everything, shared=shared)
        users = Counter[str](container.image.id for container in self._engine.containers) if asked >= (1, 51) else None
        return json_response([legacy.summary(view, asked, users) for view in found])

    def inspect(self, request: Request) -> Response:
        """``GET /images/{name}/json``: a view that writes its own JSON, hence with HTML's letters escaped."""
        from dockersim.engine.images import views

        asked = asked_version(request)
        platform = _platform_json(request) if asked >= (1, 49) else None
        if platform is not None and request.flag("manifests"):
            raise InvalidParameter("conflicting options: manifests and platform options cannot both be set")
        image = self._images.get(request.params["name"], platform)
        view = views.inspection(self._images, image, self._engine.root)
        body = json_bytes(legacy.inspection(view, image.config.document, asked))
        return Response(200, {"Content-Type": "application/json"}, body)

    def history(self, request: Request) -> Response:
        """``GET /images/{name}/history``."""
        from dockersim.engine.images import views

        platform = _platform_json(request)
        return json_response(views.history(self._images, self._images.get(request.params["name"], platform)))

    # ---- changing

    def tag(self, request: Request) -> Response:
        """``POST /images/{name}/tag``."""
        reference = _target(request)
        if reference is None:
            return Response(200)
        if reference.familiar_name == "sha256":
            raise InvalidParameter("refusing to create an ambiguous tag using digest algorithm as name")
        image = self._images.get(request.params["name"])
        self._images.tag(image.id, reference)
        self._images.log("tag", image.id, reference.familiar)
        return Response(201)

    def remove(self, request: Request) -> Response:
        """``DELETE /images/{name}``."""
        from dockersim.engine.images.removal import remove

        name = request.params.get("name", "")
        if not name.strip():
            raise InvalidParameter("image name cannot be blank")
        force, keep = request.flag("force"), request.flag("noprune")
        platform = _platform_json(request, "platforms")
        return json_response(remove(self._engine, name, platform, force=force, prune=not keep))

    def prune(self, request: Request) -> Response:
        """``POST /images/prune``."""
        from dockersim.engine.images import removal

        records, freed = removal.prune(self._engine, filters.parse(request, removal.PRUNE_FILTERS))
        return json_response({"ImagesDeleted": records or None, "SpaceReclaimed": freed})

    def commit(self, request: Request) -> Response:
        """``POST /commit``: an image of what a container has changed in its own."""
        from dockersim.engine.containers.spec import merge
        from dockersim.engine.images.commit import commit

        query, wanted = request.query, bodies.read_json(request, bodies.CREATE)
        target = _target(request)
        container = self._engine.containers.get(query.get("container", ""))
        comment = query.get("comment", "")
        frozen = request.flag("pause") if "pause" in query else True
        frozen = frozen and container.state == "running"
        if frozen:
            self._engine.lifecycle.pause(container)
        try:
            image = commit(
                self._engine,
                container.image,
                container.overlay.layer(),
                merge(wanted, container.spec.config) if wanted else container.spec.config,
                comment=comment,
                author=query.get("author", ""),
                changes=request.query_all("changes"),
                created_by=container.spec.config.get("Cmd") or (),
                container=container.id,
            )
            if target is not None:
                self._images.tag(image.id, target)
                self._images.log("tag", image.id, target.familiar)
            named = target.familiar if target is not None else ""
            self._engine.lifecycle.log(container, "commit", comment=comment, imageID=image.id, imageRef=named)
        finally:
            if frozen:
                self._engine.lifecycle.unpause(container)
        return json_response({"Id": image.id}, 201)

    # ---- from elsewhere and to elsewhere

    def create(self, request: Request) -> Steps:
        """``POST /images/create``: pull, or import an archive."""
        if request.query.get("fromImage"):
            return (yield from self._pull(request))
        return (yield from self._import(request))

    def _import(self, request: Request) -> Steps:
        from dockersim.engine.distribution.progress import Progress, streamed
        from dockersim.engine.images.commit import import_archive

        query = request.query
        source = query.get("fromSrc", "")
        target = _target(request)
        progress = Progress(self._engine.sim)
        if source == "-":
            data = yield from read_all(request.body)
        else:
            from dockersim.engine.distribution.lookup import download

            data = yield from download(self._engine, source, request.header("User-Agent"))
            progress.message("", f"Downloading from {source}")

        def work() -> Steps:
            image = import_archive(
                self._engine,
                data,
                message=query.get("message") or f"Imported from {source}",
                changes=request.query_all("changes"),
                platform=_platform(request),
            )
            if target is not None:
                self._images.tag(image.id, target)
                self._images.log("tag", image.id, target.familiar)
            self._images.log("import", image.id)
            progress.message("", image.id)
            yield from ()

        return (yield from streamed(self._engine.sim, progress, work))

    def _pull(self, request: Request) -> Steps:
        from dockersim.engine.distribution.progress import Progress, streamed
        from dockersim.engine.distribution.pull import pull
        from dockersim.engine.distribution.session import Credentials

        reference = _reference(request.query["fromImage"].removesuffix(":"), request.query.get("tag", ""))
        platform = _platform(request)
        credentials = Credentials.of(request)
        engine, upstream = self._engine, request.header("User-Agent")
        progress = Progress(engine.sim)
        return (
            yield from streamed(
                engine.sim, progress, lambda: pull(engine, reference, progress, credentials, platform, upstream)
            )
        )

    def push(self, request: Request) -> Steps:
        """``POST /images/{name}/push``."""
        from dockersim.engine.distribution.progress import Progress, streamed
        from dockersim.engine.distribution.push import push
        from dockersim.engine.distribution.session import Credentials

        reference = _reference(request.params["name"], request.query.get("tag", ""))
        platform = _platform_json(request)
        if platform is not None:
            self._images.get(reference.familiar, platform)
        credentials = Credentials.of(request)
        engine, upstream = self._engine, request.header("User-Agent")
        progress = Progress(engine.sim)
        return (
            yield from streamed(engine.sim, progress, lambda: push(engine, reference, progress, credentials, upstream))
        )

    def save(self, request: Request) -> Response:
        """``GET /images/get`` and ``GET /images/{name}/get``."""
        from dockersim.engine.images.archive import save

        name = request.params.get("name")
        names = [name] if name else request.query_all("names")
        headers = {"Content-Type": "application/x-tar", "Transfer-Encoding": "chunked"}
        return Response(200, headers, save(self._engine, names, _platform_json(request)))

    def load(self, request: Request) -> Steps:
        """``POST /images/load``."""
        from dockersim.engine.distribution.progress import Progress, streamed
        from dockersim.engine.images.archive import load

        data = yield from read_all(request.body)
        quiet, platform = request.flag("quiet"), _platform_json(request)
        progress = Progress(self._engine.sim)
        progress.open()

        def work() -> Steps:
            yield from load(self._engine, data, progress, quiet=quiet, platform=platform)

        return (yield from streamed(self._engine.sim, progress, work))

    # ---- asking registries

    def login(self, request: Request) -> Steps:
        """``POST /auth``."""
        from dockersim.engine.distribution.lookup import login
        from dockersim.engine.distribution.session import Credentials

        credentials = Credentials(_login_body(request))
        return json_response((yield from login(self._engine, credentials, request.header("User-Agent"))))

    def distribution(self, request: Request) -> Steps:
        """``GET /distribution/{name}/json``."""
        from dockersim.engine.distribution.lookup import distribution
        from dockersim.engine.distribution.session import Credentials

        reference = Reference.normalized(request.params["name"])
        credentials, upstream = Credentials.of(request), request.header("User-Agent")
        return json_response((yield from distribution(self._engine, reference, credentials, upstream)))

    def search(self, request: Request) -> Steps:
        """``GET /images/search``."""
        from dockersim.engine.distribution.lookup import search

        chosen = filters.parse(request, ("is-automated", "is-official", "stars"))
        try:
            limit = integer(request.query.get("limit") or "0") or SEARCH_LIMIT
        except System as error:
            raise InvalidParameter(f"invalid limit specified: {error.message}") from None
        term, upstream = request.query.get("term", ""), request.header("User-Agent")
        return json_response((yield from search(self._engine, term, limit, chosen, upstream)))

    def prune_builds(self, request: Request) -> Response:
        """``POST /build/prune``: builds leave no cache of their own here."""
        self._engine.events.log("builder", "prune", "", {"reclaimed": "0"})
        return json_response({"CachesDeleted": None, "SpaceReclaimed": 0})


def _reference(name: str, tag: str) -> Reference:
    """A repository with a tag or a digest, if one is given. Raises :class:`InvalidParameter`."""
    repository = Reference.normalized(name)
    if not tag:
        return repository
    if ":" in tag:
        return repository.trimmed().with_digest(tag)
    return repository.trimmed().with_tag(tag)


def _target(request: Request) -> Reference | None:
    """The name, with a tag, that a new image is to have, if any. Raises :class:`InvalidParameter`."""
    name, tag = request.query.get("repo", ""), request.query.get("tag", "")
    if not name:
        return None
    reference = Reference.normalized(name)
    if reference.digest:
        raise InvalidParameter("cannot import digest reference")
    return reference.with_tag(tag) if tag else reference.tagged_or_latest()


def _login_body(request: Request) -> bodies.Json:
    """The credentials to try: the one body whose faults the daemon takes for its own. Raises :class:`System`."""
    assert isinstance(request.body, bytes)
    try:
        made: bodies.Json = fit(bodies.CREDENTIALS, gojson.read(request.body.decode(errors="replace"))[0])
    except EOFError:
        raise System("EOF") from None
    except (ValueError, Misfit) as error:
        raise System(str(error)) from None
    return made


def _platform_json(request: Request, key: str = "platform") -> Platform | None:
    """The one platform asked for, as JSON. Raises :class:`InvalidParameter`."""
    texts = request.query_all(key)
    if len(texts) > 1:
        raise InvalidParameter("multiple platforms are not supported")
    text = texts[0] if texts else ""
    if not text:
        return None
    try:
        made: bodies.Json = fit(bodies.PLATFORM, gojson.read_whole(text))
    except (ValueError, Misfit) as error:
        raise InvalidParameter(f"failed to parse platform: {error}") from None
    if made.get("os") and made.get("architecture"):
        return Platform.from_json(made)
    if any(made.values()) and not made.get("os") and not made.get("architecture"):
        raise InvalidParameter("optional platform fields provided, but OS and Architecture are missing")
    raise InvalidParameter("both OS and Architecture must be provided")


def _platform(request: Request) -> Platform | None:
    """The ``platform`` asked for, as ``os/arch/variant``."""
    text = request.query.get("platform", "")
    return Platform.parse(text) if text else None


def routes(engine: Engine, router: Router) -> None:
    """Register the image operations."""
    handlers = Images(engine)
    table = (
        ("GET", "/images/json", handlers.list),
        ("GET", "/images/search", handlers.search),
        ("GET", "/images/get", handlers.save),
        ("POST", "/images/create", handlers.create),
        ("POST", "/images/load", handlers.load),
        ("POST", "/images/prune", handlers.prune),
        ("GET", "/images/{name:path}/json", handlers.inspect),
        ("GET", "/images/{name:path}/history", handlers.history),
        ("GET", "/images/{name:path}/get", handlers.save),
        ("POST", "/images/{name:path}/tag", handlers.tag),
        ("POST", "/images/{name:path}/push", handlers.push),
        ("DELETE", "/images/{name:path}", handlers.remove),
        ("DELETE", "/images/", handlers.remove),
        ("POST", "/commit", handlers.commit),
        ("POST", "/auth", handlers.login),
        ("GET", "/distribution/{name:path}/json", handlers.distribution),
        ("POST", "/build/prune", handlers.prune_builds),
    )
    for method, template, handler in table:
        router.add(method, template, handler)
