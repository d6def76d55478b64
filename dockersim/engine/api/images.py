"""The Engine API's image operations: the border between HTTP and :mod:`dockersim.engine.images`.

What takes long or is rarely asked for is imported by the handler that needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.engine.api import filters
from dockersim.errors import InvalidParameter
from dockersim.oci import Platform, Reference
from dockersim.sim import read_all
from dockersim.wire import Request, Response, Router, json_bytes, json_response

if TYPE_CHECKING:
    from dockersim.engine.daemon import Engine
    from dockersim.wire import Steps


class Images:
    """The handlers of one daemon."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._images = engine.images

    # ---- looking

    def list(self, request: Request) -> Response:
        """``GET /images/json``."""
        from dockersim.engine.images import listing

        chosen = filters.parse(request, listing.ACCEPTED)
        if request.query.get("filter"):
            chosen.setdefault("reference", []).append(request.query["filter"])
        everything, shared = request.flag("all"), request.flag("shared-size")
        return json_response(listing.listing(self._engine, chosen, everything=everything, shared=shared))

    def inspect(self, request: Request) -> Response:
        """``GET /images/{name}/json``: a view that writes its own JSON, hence with HTML's letters escaped."""
        from dockersim.engine.images import views

        image = self._images.get(request.params["name"], _platform(request))
        body = json_bytes(views.inspection(self._images, image, self._engine.root))
        return Response(200, {"Content-Type": "application/json"}, body)

    def history(self, request: Request) -> Response:
        """``GET /images/{name}/history``."""
        from dockersim.engine.images import views

        return json_response(views.history(self._images, self._images.get(request.params["name"], _platform(request))))

    # ---- changing

    def tag(self, request: Request) -> Response:
        """``POST /images/{name}/tag``."""
        image = self._images.get(request.params["name"])
        reference = _reference(request.query.get("repo", ""), request.query.get("tag", ""))
        if reference.digest:
            raise InvalidParameter("refusing to create a tag with a digest reference")
        reference = reference.tagged_or_latest()
        self._images.tag(image.id, reference)
        self._images.log("tag", image.id, reference.familiar)
        return Response(201)

    def remove(self, request: Request) -> Response:
        """``DELETE /images/{name}``."""
        from dockersim.engine.images.removal import remove

        name = request.params["name"]
        if not name.strip():
            raise InvalidParameter("image name cannot be blank")
        force, keep = request.flag("force"), request.flag("noprune")
        return json_response(remove(self._engine, name, force=force, prune=not keep))

    def prune(self, request: Request) -> Response:
        """``POST /images/prune``."""
        from dockersim.engine.images import removal

        records, freed = removal.prune(self._engine, filters.parse(request, removal.PRUNE_FILTERS))
        return json_response({"ImagesDeleted": records or None, "SpaceReclaimed": freed})

    def commit(self, request: Request) -> Response:
        """``POST /commit``: an image of what a container has changed in its own."""
        from dockersim.engine.images.commit import commit

        query = request.query
        container = self._engine.containers.get(query.get("container", ""))
        target = _reference(query["repo"], query.get("tag", "")).tagged_or_latest() if query.get("repo") else None
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
                container.spec.config,
                comment=comment,
                author=query.get("author", ""),
                changes=request.query_all("changes"),
                created_by=container.spec.config.get("Cmd") or (),
                container=container.id,
            )
        finally:
            if frozen:
                self._engine.lifecycle.unpause(container)
        if target is not None:
            self._images.tag(image.id, target)
            self._images.log("tag", image.id, target.familiar)
        named = target.familiar if target is not None else ""
        self._engine.lifecycle.log(container, "commit", comment=comment, imageID=image.id, imageRef=named)
        return json_response({"Id": image.id}, 201)

    # ---- from elsewhere and to elsewhere

    def create(self, request: Request) -> Steps:
        """``POST /images/create``: pull, or import an archive."""
        if "fromSrc" in request.query and not request.query.get("fromImage"):
            return (yield from self._import(request))
        return (yield from self._pull(request))

    def _import(self, request: Request) -> Steps:
        from dockersim.engine.distribution.progress import Progress, streamed
        from dockersim.engine.images.commit import import_archive

        query = request.query
        source = query["fromSrc"]
        target = _reference(query["repo"], query.get("tag", "")).tagged_or_latest() if query.get("repo") else None
        if target is not None and target.digest:
            raise InvalidParameter("cannot import digest reference")
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
            progress.message("", image.id)
            yield from ()

        return (yield from streamed(self._engine.sim, progress, work))

    def _pull(self, request: Request) -> Steps:
        from dockersim.engine.distribution.progress import Progress, streamed
        from dockersim.engine.distribution.pull import pull
        from dockersim.engine.distribution.session import Credentials

        reference = _reference(request.query.get("fromImage", ""), request.query.get("tag", ""))
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
        return Response(200, {"Content-Type": "application/x-tar"}, save(self._engine, names))

    def load(self, request: Request) -> Steps:
        """``POST /images/load``."""
        from dockersim.engine.distribution.progress import Progress, streamed
        from dockersim.engine.images.archive import load

        data = yield from read_all(request.body)
        quiet = request.flag("quiet")
        progress = Progress(self._engine.sim)
        progress.open()
        return (
            yield from streamed(self._engine.sim, progress, lambda: load(self._engine, data, progress, quiet=quiet))
        )

    # ---- asking registries

    def login(self, request: Request) -> Steps:
        """``POST /auth``."""
        from dockersim.engine.api.server import read_json
        from dockersim.engine.distribution.lookup import login
        from dockersim.engine.distribution.session import Credentials

        credentials = Credentials(read_json(request))
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
        text = request.query.get("limit") or "25"
        try:
            limit = int(text)
        except ValueError:
            raise InvalidParameter(f'strconv.Atoi: parsing "{text}": invalid syntax') from None
        term, upstream = request.query.get("term", ""), request.header("User-Agent")
        return json_response((yield from search(self._engine, term, limit, chosen, upstream)))

    def prune_builds(self, request: Request) -> Response:
        """``POST /build/prune``: builds leave no cache of their own here."""
        return json_response({"CachesDeleted": None, "SpaceReclaimed": 0})


def _reference(name: str, tag: str) -> Reference:
    """A repository with a tag or a digest, if one is given. Raises :class:`InvalidParameter`."""
    repository = Reference.normalized(name)
    if not tag:
        return repository
    if ":" in tag:
        return repository.trimmed().with_digest(tag)
    return repository.trimmed().with_tag(tag)


def _platform(request: Request) -> Platform | None:
    """The ``platform`` asked for: ``os/arch/variant``, or JSON as newer clients send it."""
    text = request.query.get("platform", "")
    if not text:
        return None
    if not text.startswith("{"):
        return Platform.parse(text)
    import json

    try:
        return Platform.from_json(json.loads(text))
    except ValueError as error:
        raise InvalidParameter(f"invalid platform: {error}") from None


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
        ("POST", "/commit", handlers.commit),
        ("POST", "/auth", handlers.login),
        ("GET", "/distribution/{name:path}/json", handlers.distribution),
        ("POST", "/build/prune", handlers.prune_builds),
    )
    for method, template, handler in table:
        router.add(method, template, handler)
