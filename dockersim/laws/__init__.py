"""The invariants of a world, as plain functions: each raises :class:`Broken` with what is wrong, or is silent.

A law's docstring says it in words that a student can read. ``check_all`` is what the tests ask after every step.
"""

from dockersim.laws.content import (
    blobs_hash_to_their_names,
    changes_applied_to_the_image_give_the_container,
    images_keep_their_files,
    images_never_change,
    snapshots_start_as_their_image,
)
from dockersim.laws.law import Broken, Law
from dockersim.laws.life import (
    addresses_have_one_owner,
    containers_run_while_pid_1_does,
    host_ports_have_one_owner,
    names_and_ids_are_unique,
    the_machine_sees_every_process,
)
from dockersim.laws.story import the_trace_tells_the_state
from dockersim.world import World

LAWS: tuple[Law, ...] = (
    blobs_hash_to_their_names,
    images_never_change,
    images_keep_their_files,
    snapshots_start_as_their_image,
    changes_applied_to_the_image_give_the_container,
    containers_run_while_pid_1_does,
    the_machine_sees_every_process,
    names_and_ids_are_unique,
    host_ports_have_one_owner,
    addresses_have_one_owner,
    the_trace_tells_the_state,
)
"""All laws that can be asked of one world at one moment."""


def check_all(world: World) -> None:
    """Every law holds in ``world``; raises :class:`Broken` for the first that does not."""
    for law in LAWS:
        law(world)


__all__ = ["LAWS", "Broken", "Law", "check_all", *(law.__name__ for law in LAWS)]
