"""Floor 2: clock, chance, links, streams and networks. The only package that imports ``simpy``.

``Event`` is something to wait for, ``Running`` a generator that the clock drives (itself an event), ``Interrupt`` what
such a generator is woken with.
"""

from simpy import Event, Interrupt
from simpy import Process as Running

from dockersim.sim.channel import Channel, Connection, PacedBody, connection_pair
from dockersim.sim.clock import Simulation
from dockersim.sim.datagram import Flow
from dockersim.sim.failure import ConnectFailed, PortTaken
from dockersim.sim.http import Service, exchange, read_all
from dockersim.sim.link import Link, WireCut
from dockersim.sim.names import Answer
from dockersim.sim.net import Net
from dockersim.sim.pipe import BrokenPipe, Pipe
from dockersim.sim.plug import Forward, Interface, Listener, Segment
from dockersim.sim.stack import Stack

__all__ = [
    "Answer",
    "BrokenPipe",
    "Channel",
    "ConnectFailed",
    "Connection",
    "Event",
    "Flow",
    "Forward",
    "Interface",
    "Interrupt",
    "Link",
    "Listener",
    "Net",
    "PacedBody",
    "Pipe",
    "PortTaken",
    "Running",
    "Segment",
    "Service",
    "Simulation",
    "Stack",
    "WireCut",
    "connection_pair",
    "exchange",
    "read_all",
]
