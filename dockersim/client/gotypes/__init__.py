"""The Go types of the API's answers, as far as a template can tell them apart.

`docker inspect` and others run their templates on decoded values of moby's types, so a learner meets those types: a
field has Go's name (``{{.ID}}``), a missing one is zero, ``null`` is a nil slice, map or pointer, some values have
methods (``{{.HostConfig.NetworkMode.IsHost}}``), and ``printf "%T"`` prints their names. ``tables`` writes the types
down, ``schema`` reads them, ``decode`` makes the values.
"""

from dockersim.client.gotypes.decode import decode, untyped

__all__ = ["decode", "untyped"]
