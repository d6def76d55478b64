"""Stepping through a story: forwards, backwards, and what the world held at each step."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from dockersim.app.hello import opening, printer
from dockersim.app.pages import Line, page
from dockersim.story import Chapter
from dockersim.trace import Scene
from dockersim.world import World

HELP = "[Enter] next   [b] back   [q] leave"


def step(chapters: Sequence[tuple[Chapter, int]], world: World, depth: str) -> None:
    """Show one chapter at a time; each with the scene after it, which is a fold of the trace up to there."""
    show = printer()
    at = 0
    while at < len(chapters):
        chapter, run = chapters[at]
        if chapter.number == 1:
            show(opening(run))
        show(page(chapter, depth))
        show([Line("note", f"\n   {_state(world.trace.scene(chapter.end))}\n")])
        show([Line("note", f"   step {at + 1} of {len(chapters)}   {HELP} ")])
        sys.stdout.flush()
        answer = sys.stdin.readline()
        if not answer or answer.strip().lower() == "q":
            show([Line("note", "\n")])
            return
        at = max(0, at - 1) if answer.strip().lower() == "b" else at + 1


def _state(scene: Scene) -> str:
    """The world at this step in one line."""
    images = sorted(name for name in scene.references.get("daemon", {}) if "@" not in name)
    containers = [f"{view['name']} ({view['state']})" for view in scene.containers.values()]
    blobs = len(scene.blobs.get("daemon", {}))
    return (
        f"now, {scene.seconds:.3f} s in: images: {', '.join(images) or 'none'}; "
        f"containers: {', '.join(containers) or 'none'}; blobs at the daemon: {blobs}"
    )
