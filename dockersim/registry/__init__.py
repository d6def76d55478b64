"""Floor 5: the registry (OCI Distribution API) and its token service."""

from dockersim.registry.access import Basic, TokenAuth
from dockersim.registry.limits import PullLimit
from dockersim.registry.registry import Registry
from dockersim.registry.storage import Storage
from dockersim.registry.tokens import Rules, TokenService

__all__ = ["Basic", "PullLimit", "Registry", "Rules", "Storage", "TokenAuth", "TokenService"]
