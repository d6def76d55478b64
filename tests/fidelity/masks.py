"""What varies from run to run, masked on both sides before they are compared. One table, each line with its reason.

A mask takes the place of a value, never of the words around it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import groupby
from typing import NamedTuple

from dockersim.engine.containers.names import ADJECTIVES, SCIENTISTS
from tests.fidelity import screen, tables

MONTH = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
SPAN = r"(?:Less than a second|About an? (?:minute|hour)|\d+ (?:second|minute|hour|day|week|month|year)s?)"


MORE_ADJECTIVES = "adoring affectionate angry competent".split()
MORE_SCIENTISTS = (
    "antonelli aryabhata austin banzai beaver benz bhabha black blackburn bouman brattain buck cartwright carver "
    "chatterjee chaum chebyshev cohen dhawan diffie driscoll dubinsky elgamal ellis feistel gagarin goldwasser golick "
    "gould grothendieck haibt haslett hellman herschel hofstadter ishizaka jepsen keldysh lederberg lehmann lichterman "
    "liskov matsumoto mcclintock mclaren meninsky merkle moser proskuriakova robinson sanderson shamir shtern "
    "sutherland taussig tharp tu"
).split()
"""What a real daemon takes names from, too."""


class Mask(NamedTuple):
    """Every match of ``pattern`` becomes ``mask``."""

    pattern: re.Pattern[str]
    mask: str
    reason: str


def _mask(pattern: str, mask: str, reason: str) -> Mask:
    return Mask(re.compile(pattern, re.M), mask, reason)


BEFORE = (
    _mask(r"\x1b\[6n", "", "the shell asks where the cursor is: Debian's busybox and bash do, others not"),
    _mask(
        r"(?:\r*\n){2}BusyBox v1\.35\.0 \(Debian \S+\) built-in shell \(ash\)\r*\nEnter 'help' for a list of built-in "
        r"commands\.(?:\r*\n){2}",
        "",
        "Debian's busybox introduces its shell, others do not",
    ),
)
"""What is masked before a screen is drawn."""

MASKS = (
    _mask(
        r"^time=\"[^\"\n]*\" level=error msg=\"Can't (?:add file .* to tar|close tar writer): "
        r"io: read/write on closed pipe\"\n",
        "",
        "how far the client has come with an archive that nobody takes",
    ),
    _mask(r"28\.5\.2\+dfsg4", "28.5.2", "the recorded engine is Debian's build of the release"),
    _mask(r"(?<=0\.29\.1)\+ds1|(?<=2\.40\.3)-3", "", "the recorded plugins are Debian's builds"),
    _mask(
        r"(?<=json: cannot unmarshal )(\w+(?: [\d.]+)?) into .*? of type",
        r"\1 into <place> of type",
        "where in a body: Debian's engine was built with Go 1.27, which names the place otherwise",
    ),
    _mask(r"\bfluentd gcplogs gelf\b", "fluentd gelf", "Debian's build has no log driver for Google's cloud"),
    _mask(r"^( (?:containerd|runc|init) version:).*$", r"\1 <build>", "whose build it is: Debian's or Docker's"),
    _mask(r"^ Cgroup (Driver|Version): .*$", r" Cgroup \1: <host>", "the recorded host has cgroups of version 1"),
    _mask(r"(?<=\"CgroupnsMode\":)( ?)\"(?:host|private)\"", r"\1<host>", "follows the version of the host's cgroups"),
    _mask(r"(?<=\"OomKillDisable\":)( ?)(?:false|null)", r"\1<host>", "follows the version of the host's cgroups"),
    _mask(r"^  (?:apparmor|cgroupns)\n", "", "what the host's kernel offers"),
    _mask(r"(?<![0-9a-f-])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-f])", "<uuid>", "the engine's identity"),
    _mask(r"\b\d+\.\d\d%", "<n>%", "shares of CPU and memory"),
    _mask(r"\b[\d.]+(?:B|KiB|MiB)(?= / 64MiB)", "<n>", "memory in use"),
    _mask(r"(?<=[|\" ])[\d.]+k?B / [\d.]+k?B\b", "<n> / <n>", "bytes over the network and from disks"),
    _mask(r"(?<=\"BuildTime\":\")[^\"]*", "<build>", "whose build it is"),
    _mask(r"(?<![0-9a-f])[0-9a-f]{64}(?![0-9a-f])", "<id64>", "ids and digests"),
    _mask(r"(?<![0-9a-f])[0-9a-f]{12}(?![0-9a-f])", "<id12>", "short ids and digests"),
    _mask(r"(?<![0-9a-f])[0-9a-f]{32,63}\u2026", "<id>\u2026", "digests cut short"),
    _mask(r"(?<=file:)[0-9a-f]{6,}\u2026", "<id>\u2026", "digests cut short"),
    _mask(
        rf"\b(?:{'|'.join((*ADJECTIVES, *MORE_ADJECTIVES))})_(?:{'|'.join((*SCIENTISTS, *MORE_SCIENTISTS))})\d?\b",
        "<name>",
        "names of containers without one",
    ),
    _mask(r"\b20[23]\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)", "<time>", "points in time, RFC 3339"),
    _mask(r"\b20[23]\d-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d+)? [+-]\d{4} \w+", "<time>", "points in time, Go's format"),
    _mask(r"\b(since|until)=\d{10}(?:\.\d{9})?(?![\d.])", r"\1=<time>", "points in time, in a query"),
    _mask(rf"\b{SPAN}(?= ago\b)", "<span>", "how long ago"),
    _mask(rf"(?<=\bUp ){SPAN}", "<span>", "how long a container is up"),
    _mask(r"(?<=\"Created\":)[12]\d{9}\b", "<time>", "points in time, unix seconds"),
    _mask(r"(?<=\"time\":)\d{10}\b", "<time>", "an event's time"),
    _mask(r"(?<=\"timeNano\":)\d{19}\b", "<time>", "an event's time"),
    _mask(r"\b0xc000[0-9a-f]{6}\b", "<address>", "where a pointer points to"),
    _mask(r"(?<=execDuration=)\d+|(?<=\"execDuration\":\")\d+", "<n>", "how long a container ran"),
    _mask(r"(?<=\"Pid\":)(?: ?)[1-9]\d*", "<pid>", "process ids on the host"),
    _mask(r"\b(?:[0-9a-f]{2}:){5}[0-9a-f]{2}\b(?<!02:42:ac:11:00:99)", "<mac>", "random MAC addresses"),
    _mask(r"\bveth[0-9a-f]{7}\b", "<veth>", "the kernel's ends of plugs have random names"),
    _mask(r"(?<=dstFd=/proc/thread-self/fd/)\d+", "<n>", "how many files runc has open"),
    _mask(r"\btime=\d+(?:\.\d+)? ms", "time=<n> ms", "how long a ping took"),
    _mask(r"(?<=min/avg/max = )[\d./]+ ms", "<n> ms", "how long pings took"),
    _mask(r"(?<=<id64> size: )\d+", "<n>", "manifests carry the sizes that layers have in life"),
    _mask(r"(?<=^Date: ).* GMT", "<time>", "when a response was sent"),
    _mask(r"(?<=^Content-Length: )\d+", "<n>", "follows the length of what is masked in the body, which is compared"),
    _mask(r"(?<=\"GitCommit\":\")[^\"]*", "<build>", "whose build it is: Debian's or Docker's"),
    _mask(r"(?<=\"GoVersion\":\")[^\"]*", "<build>", "whose build it is"),
    _mask(r"(?<=\"Name\":\"containerd\",\"Version\":\")[^\"]*", "<build>", "whose build it is"),
    _mask(r"(?<=\"Name\":\"runc\",\"Version\":\")[^\"]*", "<build>", "whose build it is"),
    _mask(r"^( +(?:Git commit|GitCommit|Go version|Built):).*$", r"\1 <build>", "whose build it is"),
    _mask(r"(?<= containerd:\n  Version:) +\S+", " <build>", "whose build it is"),
    _mask(r"(?<= runc:\n  Version:) +\S+", " <build>", "whose build it is"),
    _mask(rf"\b{MONTH} [ \d]\d \d\d:\d\d\b", "<date>", "when a file was changed, in ls"),
    _mask(r"(?<=^Last-Modified: ).* GMT", "<time>", "when a file was changed, in a response"),
    _mask(r"(?<=^ETag: \")[0-9a-f]{8}(?=-)", "<time>", "when a file was changed, in a response"),
    _mask(r"^[12]\d{9}(?=%N\r?$)", "<time>", "seconds of the day"),
    _mask(r"(?<=:)\d{4,5}(?=: response:)", "<port>", "the client's port, in a server's log"),
    _mask(r"(?<=docker-import-)\d+", "<n>", "the daemon's temporary directories"),
)

PROGRESS = re.compile(
    r"<id12>: (?:Pulling fs layer|Waiting|Verifying Checksum|Download complete|Pull complete|Already exists|"
    r"Preparing|Pushed|Layer already exists|Mounted from .*|Pushing|Loading layer.*) ?\r?"
)
CHANGE = re.compile(r"[ACD] /.*")
COMES_AND_GOES = re.compile(r"<id12>: (?:Waiting|Verifying Checksum) ?\r?")
LONG_AGO = re.compile(r"\b\d+ (?:minute|hour|day|week|month|year)s? ago\b")
LIST_HEADINGS = re.compile(
    r"(?:Deleted|Total reclaimed|deleted) ?(?:Containers|Networks|Volumes|Images|build cache objects):"
)


def normal(text: str) -> str:
    """``text`` without what varies: the form in which two runs are compared."""
    for mask in BEFORE:
        text = mask.pattern.sub(mask.mask, text)
    if screen.is_redrawn(text):
        text = screen.final(text)
    text = _sorted_ties(tables.take_apart(text))
    text = _masked(text)
    lines = text.split("\n")
    lines = _sorted_runs(lines, PROGRESS.fullmatch, COMES_AND_GOES.fullmatch)
    lines = _sorted_runs(lines, CHANGE.fullmatch)
    return "\n".join(_sorted_lists(lines))


def _masked(text: str) -> str:
    for mask in MASKS:
        text = mask.pattern.sub(mask.mask, text)
    return text


def _sorted_ties(text: str) -> str:
    """Images made in one second, and the names of one image, come out of a map: lines of one age long ago, sorted."""
    made: list[str] = []
    for age, run in groupby(text.split("\n"), lambda line: found[0] if (found := LONG_AGO.search(line)) else ""):
        lines = list(run)
        made += sorted(lines, key=_masked) if age else lines
    return "\n".join(made)


def _sorted_runs(
    lines: Iterable[str], belongs: Callable[[str], object], dropped: Callable[[str], object] = lambda line: False
) -> list[str]:
    """Layers go on beside each other, changes are found in a disk's order: the order of such lines is chance.

    Some lines come and go.
    """
    made: list[str] = []
    run: list[str] = []
    for line in [*lines, None]:
        if line is not None and belongs(line):
            if not dropped(line):
                run.append(line)
            continue
        made += sorted(run)
        run = []
        if line is not None:
            made.append(line)
    return made


def _sorted_lists(lines: list[str]) -> list[str]:
    """The engine answers prunes from maps: the order of what was deleted is chance."""
    made: list[str] = []
    block: list[str] | None = None
    for line in [*lines, ""]:
        if block is not None and line.strip():
            block.append(line)
            continue
        if block is not None:
            made += sorted(block)
            block = None
        made.append(line)
        if LIST_HEADINGS.match(line):
            block = []
    return made[:-1]
