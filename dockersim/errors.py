"""The dozen kinds of error, named as moby's ``errdefs`` names them.

The message is written where the fact is known, in the words of the real engine; the kind alone decides the
HTTP status, once, at the border (:data:`HTTP_STATUS`).
"""

from __future__ import annotations


class DockersimError(Exception):
    """Any refusal by a simulated actor. ``message`` is what a learner reads."""

    status = 500

    def __init__(self, message: str = "") -> None:
        super().__init__(message)
        self.message = message


class NotFound(DockersimError):
    """The named object does not exist."""

    status = 404


class InvalidParameter(DockersimError):
    """The request itself is wrong, whatever the state."""

    status = 400


class Conflict(DockersimError):
    """The request is right, but not in the object's present state."""

    status = 409


class Unauthorized(DockersimError):
    """Credentials are missing or wrong."""

    status = 401


class Forbidden(DockersimError):
    """The caller is known and may not do this."""

    status = 403


class NotModified(DockersimError):
    """The object is already in the state asked for."""

    status = 304


class NotImplemented_(DockersimError):
    """Real Docker has this; the simulator refuses it, and says so."""

    status = 501


class Unavailable(DockersimError):
    """A service that is needed cannot be reached."""

    status = 503


class System(DockersimError):
    """The engine could not do what was asked: its own failure."""

    status = 500


class Cancelled(DockersimError):
    """The caller went away."""

    status = 499


class DataLoss(DockersimError):
    """Bytes do not hash to their name."""

    status = 500


class MethodNotAllowed(DockersimError):
    """The path exists, but not with this method."""

    status = 405
