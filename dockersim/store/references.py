"""Names for digests. A name moves; a digest never does."""

from __future__ import annotations

from collections.abc import Iterator

from dockersim.errors import NotFound
from dockersim.oci import Digest
from dockersim.trace import Trace
from dockersim.trace import events as e


class References:
    """Which digest each name stands for at ``host``. Each change is recorded in ``trace``."""

    def __init__(self, trace: Trace, host: str) -> None:
        self._trace = trace
        self._host = host
        self._digests: dict[str, Digest] = {}
        self._names: dict[str, dict[str, None]] = {}

    def set(self, name: str, digest: str) -> str:
        """Let ``name`` stand for ``digest``; returns what it stood for before, or empty."""
        target = Digest(digest)
        previous = self._digests.get(name, "")
        if previous != target:
            self._forget(name)
            self._digests[name] = target
            self._names.setdefault(target, {})[name] = None
            self._trace.record(e.ReferenceSet, self._host, name, target, previous)
        return previous

    def get(self, name: str) -> Digest:
        """Raises :class:`NotFound`."""
        found = self._digests.get(name)
        if found is None:
            raise NotFound(f"reference {name}: not found")
        return found

    def find(self, name: str) -> Digest | None:
        return self._digests.get(name)

    def remove(self, name: str) -> Digest:
        """Forget ``name``; returns what it stood for. Raises :class:`NotFound`."""
        digest = self.get(name)
        self._forget(name)
        del self._digests[name]
        self._trace.record(e.ReferenceRemoved, self._host, name, digest)
        return digest

    def names(self, digest: str) -> list[str]:
        """The names that stand for ``digest``, oldest first."""
        return list(self._names.get(digest, ()))

    def _forget(self, name: str) -> None:
        previous = self._digests.get(name)
        if previous is not None:
            del self._names[previous][name]
            if not self._names[previous]:
                del self._names[previous]

    def __contains__(self, name: str) -> bool:
        return name in self._digests

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._digests))

    def items(self) -> list[tuple[str, Digest]]:
        return list(self._digests.items())

    def __len__(self) -> int:
        return len(self._digests)
