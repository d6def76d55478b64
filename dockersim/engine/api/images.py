"""The Engine API's image operations: the border between HTTP and :mod:`dockersim.engine.images`.

What takes long or is rarely asked for is imported by the handler that needs it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dockersim.engine.api import filters
from dockersim.errors import InvalidParameter
from dockersim.oci import Platform, Reference
from dockersim.wire import Request, Response, Router, json_response

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
        """``GET /images/{name}/json``."""
        from dockersim.engine.images import views

        image = self._images.get(request.params["name"], _platform(request))
        return json_response(views.inspection(self._images, image, self._engine.root))

    def history(self, request: Request) -> Response:
        """``GET /images/{name}/history``."""
        from dockersim.engine.images import views

        return json_response(views.history(self._images, self._images.get(request.params["name"], _platform(request))))

    # ---- from elsewhere

    def create(self, request: Request) -> Steps:
        """``POST /images/create``: pull."""
        return (yield from self._pull(request))

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
    router.add("GET", "/images/json", handlers.list)
    router.add("POST", "/images/create", handlers.create)
    router.add("GET", "/images/{name:path}/json", handlers.inspect)
    router.add("GET", "/images/{name:path}/history", handlers.history)
