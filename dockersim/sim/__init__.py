"""Floor 2: clock, chance, links, streams and networks. The only package that imports ``simpy``."""

from dockersim.sim.channel import Channel, Connection, PacedBody, connection_pair
from dockersim.sim.clock import Simulation
from dockersim.sim.http import Service, exchange, read_all
from dockersim.sim.link import Link, WireCut
from dockersim.sim.pipe import BrokenPipe, Pipe

__all__ = [
    "BrokenPipe",
    "Channel",
    "Connection",
    "Link",
    "PacedBody",
    "Pipe",
    "Service",
    "Simulation",
    "WireCut",
    "connection_pair",
    "exchange",
    "read_all",
]
