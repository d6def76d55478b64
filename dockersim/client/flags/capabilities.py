"""``--cap-add`` and ``--cap-drop``, as the client writes them to the daemon."""

from __future__ import annotations

from collections.abc import Iterable


def normalized(names: Iterable[str]) -> list[str]:
    """Each once, in capitals, with ``CAP_`` before all but ``ALL``, sorted; the daemon judges which there are."""
    upper = (name.upper() for name in names)
    return sorted({name if name == "ALL" or name.startswith("CAP_") else f"CAP_{name}" for name in upper})
