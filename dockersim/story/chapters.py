"""``docker run`` told in the four steps that hello-world's own message lists.

1. The client contacts the daemon. 2. The daemon pulls the image. 3. The daemon creates a container and starts it.
4. The daemon streams the output to the client. Every event of the line belongs to one of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dockersim.story.messages import Message
from dockersim.story.words import depth, sentence
from dockersim.trace import Event
from dockersim.trace import events as e

CONTACT, PULL, CREATE, STREAM = 1, 2, 3, 4
DEPTHS = ("story", "messages", "storage")


class Chapter:
    """One step: its title, why it is as it is, the messages and changes in order, and what was printed.

    ``skipped`` is the reason why nothing happened in this step; ``end`` is the number of events after its last one.
    """

    def __init__(self, number: int, title: str, about: str) -> None:
        self.number = number
        self.title = title
        self.about = about
        self.skipped = ""
        self.messages: list[Message] = []
        self.events: list[Event] = []
        self.printed: list[tuple[str, bytes]] = []
        self.end = 0

    def changes(self, level: str = "messages") -> list[str]:
        """Sentences about what became different, down to ``level``."""
        told = (event for event in self.events if level == "storage" or depth(event) == "messages")
        return [words for words in (sentence(event) for event in told) if words]


def tell(events: Sequence[Event], first: int = 0) -> list[Chapter]:
    """The chapters of one typed ``docker run``. ``first`` is the number of the first event in its trace."""
    image = _image(events)
    chapters = {number: Chapter(number, title.format(image=image), about) for number, title, about in _STEPS}
    teller = _Teller(events, chapters)
    for offset, event in enumerate(events):
        chapter = chapters[teller.place(event)]
        chapter.events.append(event)
        chapter.end = first + offset + 1
        if isinstance(event, e.Printed):
            chapter.printed.append((event.stream, event.data))
    _fill_gaps(chapters, first)
    return list(chapters.values())


class _Teller:
    """Decides for each event which step it belongs to, in one pass."""

    def __init__(self, events: Iterable[Event], chapters: dict[int, Chapter]) -> None:
        self._chapters = chapters
        self._status = {event.exchange: event.status for event in events if isinstance(event, e.ResponseSent)}
        self._home: dict[int, int] = {}
        self._messages: dict[int, Message] = {}
        self._attached: set[int] = set()
        self._now = CONTACT

    def place(self, event: Event) -> int:
        if isinstance(event, e.RequestSent):
            return self._request(event)
        if isinstance(event, e.ResponseSent):
            self._messages[event.exchange].response = event
            return self._home[event.exchange]
        if isinstance(event, (e.ChunkSent, e.StreamClosed)):
            return self._chunk(event)
        if self._ends(event):
            self._now = STREAM
        elif isinstance(event, e.Decided) and event.outcome == "no pull needed":
            self._chapters[PULL].skipped = self._chapters[PULL].skipped or event.reason
        return self._now

    def _request(self, event: e.RequestSent) -> int:
        step = self._now
        if event.source == "client":
            path = event.path.partition("?")[0]
            if path.endswith("/images/create"):
                step = PULL
            elif path.endswith("/containers/create"):
                step = CREATE if self._status.get(event.exchange) == 201 else CONTACT
            elif path.endswith(("/attach", "/wait", "/start")):
                step = CREATE
                if path.endswith(("/attach", "/wait")):
                    self._attached.add(event.exchange)
        self._now = max(self._now, step)
        self._home[event.exchange] = self._now
        self._messages[event.exchange] = message = Message(event)
        self._chapters[self._now].messages.append(message)
        return self._now

    def _chunk(self, event: e.ChunkSent | e.StreamClosed) -> int:
        if isinstance(event, e.ChunkSent):
            self._messages[event.exchange].chunks.append(event)
        if event.exchange in self._attached:
            if event.direction == "out":
                self._now = STREAM
            return self._now
        return self._home[event.exchange]

    def _ends(self, event: Event) -> bool:
        """Whether the last step begins: output arrives, or PID 1 of the container has ended."""
        if isinstance(event, e.ContainerMoved):
            return event.after in ("exited", "restarting")
        if isinstance(event, e.ProcessEnded):
            return self._now == CREATE and event.pid == 1 and event.host != "laptop"
        return isinstance(event, e.Printed) and event.stream == "stdout" and self._now == CREATE


def _image(events: Iterable[Event]) -> str:
    for event in events:
        if isinstance(event, e.CommandTyped):
            words = [word for word in event.line.split()[2:] if not word.startswith("-")]
            if words:
                return words[0]
    return "image"


def _fill_gaps(chapters: dict[int, Chapter], first: int) -> None:
    """A step without events ends where the one before it ended; a pull that happened was not skipped."""
    if chapters[PULL].messages:
        chapters[PULL].skipped = ""
    end = first
    for chapter in chapters.values():
        end = chapter.end = max(end, chapter.end)


_STEPS = (
    (
        CONTACT,
        "The Docker client contacted the Docker daemon.",
        "docker is only a client: it turns the line into HTTP requests. The daemon does the work.",
    ),
    (
        PULL,
        'The Docker daemon pulled the "{image}" image from the Docker Hub.',
        "An image is an index, a manifest, a configuration and layers, each a blob under the hash of its bytes.",
    ),
    (
        CREATE,
        "The Docker daemon created a new container from that image which runs the executable that produces the "
        "output you are currently reading.",
        "A container is an empty writable layer over the image, and a process that starts in it as PID 1.",
    ),
    (
        STREAM,
        "The Docker daemon streamed that output to the Docker client, which sent it to your terminal.",
        "PID 1 writes, the daemon passes it on in frames, the client prints it. When PID 1 ends, the container does.",
    ),
)
