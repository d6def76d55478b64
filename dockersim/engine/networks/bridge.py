"""What ``-o`` says to the bridge driver, in the words in which the driver refuses it."""

from __future__ import annotations

from typing import Any, NamedTuple

from dockersim.engine.networks.ipam import Pool
from dockersim.errors import Forbidden, InvalidParameter, System
from dockersim.sim.address import Subnet, family_of
from dockersim.units import parse_bool, parse_int

Json = dict[str, Any]
_BRIDGE = "com.docker.network.bridge."
_NAME = f"{_BRIDGE}name"
_ICC = f"{_BRIDGE}enable_icc"
_MASQUERADE = f"{_BRIDGE}enable_ip_masquerade"
_INHIBIT = f"{_BRIDGE}inhibit_ipv4"
_BINDING = f"{_BRIDGE}host_binding_ipv4"
_MODES = {family: f"{_BRIDGE}gateway_mode_ipv{family}" for family in (4, 6)}
NAT, UNPROTECTED, ROUTED, ISOLATED = "nat", "nat-unprotected", "routed", "isolated"
_MTU = "com.docker.network.driver.mtu"
_PREFIX = "com.docker.network.container_iface_prefix"
_BOOLEANS = (_ICC, _MASQUERADE, _INHIBIT, f"{_BRIDGE}default_bridge")
DEFAULT_MTU = 1500
_LONGEST_NAME, _LEAST_MTU, _LARGEST_MTU = 15, 68, 65_535


class BridgeOptions(NamedTuple):
    """``name`` of the bridge (empty: the daemon's choice), whether its members may talk to each other (``icc``),
    whether what leaves it gets the host's address (``masquerade``), ``mtu`` in bytes, ``binding`` for ports that are
    published without an address (empty: everywhere), and ``prefix`` of the interfaces' names in containers. ``modes``
    are those of the gateways of IPv4 and IPv6. A ``bare`` bridge has no IPv4 address of its own.
    """

    name: str
    icc: bool
    masquerade: bool
    mtu: int
    binding: str
    prefix: str
    modes: tuple[str, str] = (NAT, NAT)
    bare: bool = False

    def mode(self, family: int) -> str:
        """How the gateway of the family 4 or 6 treats what comes and goes."""
        return self.modes[family == 6]


DEFAULTS = BridgeOptions("", True, True, DEFAULT_MTU, "", "")


def enabled(body: Json, options: dict[str, str], family: int) -> bool:
    """Whether a request wants addresses of the family 4 or 6; what it says itself counts before its options.

    Takes the option away that does not count. InvalidParameter.
    """
    key, asked = f"com.docker.network.enable_ipv{family}", body.get(f"EnableIPv{family}")
    if asked is not None:
        options.pop(key, None)
        return bool(asked)
    try:
        return parse_bool(options[key]) if key in options else family == 4
    except ValueError:
        raise InvalidParameter(f'driver-opt "{key}" is not a valid bool') from None


def check_subnet6(pool: Pool) -> None:
    """InvalidParameter for an IPv6 subnet that bridges cannot have."""
    if pool.subnet.base >> 120 == 0xFF:
        raise InvalidParameter(f"multicast subnet '{pool.gateway}/{pool.subnet.prefix}' is not allowed")
    everyones = Subnet("fe80::/64")
    if pool.subnet != everyones and pool.subnet.overlaps(everyones):
        raise InvalidParameter(f"'{pool.gateway}/{pool.subnet.prefix}' clashes with the Link-Local prefix 'fe80::/64'")


def gateway_modes(options: dict[str, str], internal: bool) -> tuple[str, str]:
    """The modes of the gateways of IPv4 and IPv6. InvalidParameter for what is none."""
    modes = []
    for key in _MODES.values():
        mode = options.get(key, NAT)
        if mode not in (NAT, UNPROTECTED, ROUTED, ISOLATED):
            raise _unparsed(key, mode, f"unknown gateway mode {mode}")
        if mode == ISOLATED and not internal:
            raise InvalidParameter("gateway mode 'isolated' can only be used for an internal network")
        modes.append(mode)
    return modes[0], modes[1]


def parse(options: dict[str, str], modes: tuple[str, str]) -> BridgeOptions:
    """The options of a new network whose gateways have ``modes``. InvalidParameter, System (of the kernel)."""
    flags = {key: _boolean(key, options[key]) for key in _BOOLEANS if key in options}
    mtu = _mtu(options)
    binding = options.get(_BINDING, "")
    if _BINDING in options and not family_of(binding):
        raise _unparsed(_BINDING, binding, "nil ip")
    name = options.get(_NAME, "")
    if len(name) > _LONGEST_NAME:
        raise System("numerical result out of range")
    if name in (".", "..") or any(letter in "/:" or letter.isspace() for letter in name):
        raise System("invalid argument")
    return BridgeOptions(
        name,
        flags.get(_ICC, True),
        flags.get(_MASQUERADE, True),
        mtu,
        binding,
        options.get(_PREFIX, ""),
        modes,
        flags.get(_INHIBIT, False),
    )


def _mtu(options: dict[str, str]) -> int:
    text = options.get(_MTU)
    if text is None:
        return DEFAULT_MTU
    try:
        mtu = parse_int(text, base=10, function="Atoi")
    except ValueError as wrong:
        raise _unparsed(_MTU, text, str(wrong)) from None
    if mtu < 0:
        raise InvalidParameter(f"invalid MTU number: {mtu}")
    if mtu and not _LEAST_MTU <= mtu <= _LARGEST_MTU:
        raise System("invalid argument")
    return mtu or DEFAULT_MTU


def _boolean(key: str, text: str) -> bool:
    try:
        return parse_bool(text)
    except ValueError as wrong:
        raise _unparsed(key, text, str(wrong)) from None


def _unparsed(key: str, value: str, reason: str) -> InvalidParameter:
    return InvalidParameter(f"failed to parse {key} value: {value} ({reason})")


def check_name(name: str, identity: str, others: dict[str, str]) -> None:
    """Forbidden where another network has the bridge ``name``; ``others`` maps bridges to networks' ids."""
    if name in others:
        raise Forbidden(
            f"cannot create network {identity} ({name}): conflicts with network {others[name]} ({name}): "
            "networks have same bridge name"
        )
