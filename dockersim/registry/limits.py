"""The pull limit of Docker Hub: so many manifests in so many hours, counted for an account or an address."""

from __future__ import annotations

from dockersim.registry.errors import RegistryError
from dockersim.sim import Simulation
from dockersim.wire import Headers

MESSAGE = (
    "You have reached your pull rate limit. You may increase the limit by authenticating and upgrading: "
    "https://www.docker.com/increase-rate-limit"
)


class PullLimit:
    """At most ``anonymous`` pulls from one address, ``account`` pulls of one account, in ``window`` seconds."""

    def __init__(self, sim: Simulation, anonymous: int = 100, account: int = 200, window: int = 21_600) -> None:
        self._sim = sim
        self.anonymous = anonymous
        self.account = account
        self.window = window
        self._pulls: dict[tuple[bool, str], list[float]] = {}

    def charge(self, account: str, address: str, *, pulls: bool) -> Headers:
        """The headers that tell of the limit; ``pulls`` is false for a mere look, which costs nothing.

        Raises ``TOOMANYREQUESTS``.
        """
        limit = self.account if account else self.anonymous
        key = (bool(account), account or address)
        now = self._sim.now
        recent = [moment for moment in self._pulls.get(key, ()) if moment > now - self.window]
        self._pulls[key] = recent
        if pulls:
            if len(recent) >= limit:
                raise RegistryError("TOOMANYREQUESTS", message=MESSAGE, headers=self._headers(limit, 0, address))
            recent.append(now)
        return self._headers(limit, limit - len(recent), address)

    def _headers(self, limit: int, remaining: int, address: str) -> Headers:
        return {
            "Ratelimit-Limit": f"{limit};w={self.window}",
            "Ratelimit-Remaining": f"{remaining};w={self.window}",
            "Docker-Ratelimit-Source": address,
        }
