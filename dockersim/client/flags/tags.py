"""``-t`` of the legacy builder."""

from __future__ import annotations

from dockersim.errors import DockersimError
from dockersim.oci.reference import Reference


def tag(text: str) -> str:
    """An image name that can be resolved, kept as typed. Raises ``ValueError``."""
    try:
        Reference.normalized(text)
    except DockersimError as error:
        raise ValueError(error.message) from None
    return text
