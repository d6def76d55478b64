"""A real engine and a simulated world side by side: the same line in both, and how what came of it compares."""

from __future__ import annotations

import re
import shlex
import socket
import time
from dataclasses import replace
from typing import Any

from tests.fidelity import tables
from tests.fidelity.case import Case
from tests.fidelity.convert import convert
from tests.fidelity.record import record, shell
from tests.fidelity.replay import Outcome, Stage
from tests.fidelity.report import Verdict, judge

LONGEST = 20.0
"""Seconds that a line may take."""

BEGAN = "/tmp/began"
_SHOWN = " ".join(f'{{{{index .Actor.Attributes "{name}"}}}}' for name in ("name", "exitCode", "signal"))
HAPPENED = (
    f"docker events --since $(cat {BEGAN}) --until $(date +%s.%N) "
    f"--format '{{{{.Type}}}} {{{{.Action}}}} {_SHOWN}' | sort"
)
"""What the line has done: its events, in the order of their words, for what goes on beside each other is chance."""

CLEAN = (
    "docker ps -aq | xargs -r docker rm -fv",
    "docker network ls -q --filter type=custom | xargs -r docker network rm",
    "docker volume prune -af",
    "docker images -f dangling=true -q | xargs -r docker rmi -f",
    "docker images --format '{{.Repository}}:{{.Tag}}' | xargs -r docker rmi -f",
    "rm -rf /srv/labs /root/.docker",
)
SCENE = (
    "for i in busybox alpine nginx; do docker pull -q $i; done",
    "mkdir -p /srv/labs/d/sub; echo file > /srv/labs/f; echo 1 > /srv/labs/d/1; ln -s f /srv/labs/l",
    "printf '# a comment\\nE=1\\nHOME\\nF=two words\\n' > /srv/labs/env; echo 'A B=1' > /srv/labs/badenv",
    "printf 'la=1\\nlb\\n' > /srv/labs/labels; tar -C /srv/labs/d -cf /srv/labs/a.tar .",
    "docker network create --subnet 172.30.0.0/16 --label a=1 n1; docker volume create --label a=1 v1",
    "docker run -d --name web -v v1:/data -l a=1 busybox sleep 1000",
    "docker create --name app --network n1 alpine echo app",
)
"""Before each sequence, in both: a few images and files, and something to work with."""

GOES_ON = re.compile(r"\b(?:run|start|restart|stop|kill|unpause|exec)\b")
"""After these commands something may go on for a moment."""

AGES = re.compile(r"\bdocker (?:images|image ls|image list|history|image history|system df)\b")
"""Lists in the order of ages: the real stand-ins were made when their mirror was, some within one second."""

CHANCE = (
    (re.compile(r"\b3(?:2(?:7(?:6[89]|[7-9]\d)|[89]\d\d)|[3-9]\d{3})\b"), "<port>"),
    (re.compile(r"/docker-cp-\d+|/docker-export-\d+|\.tmp-\d+|\.tmp-f\d+"), "/<temporary>"),
    (re.compile(r"^time=.*level=error msg=\"Can't (?:add file|close tar writer).*\n", re.M), ""),
    (re.compile(r"\bInvalid (?=proto|containerPort|hostPort)"), "invalid "),
    (re.compile(r"\b1\.98[68]MB|\b6\.18[68]MB|\b8\.17\dMB|\b198\d{4}\b|\b618\d{4}\b"), "<size>"),
)
"""What goes on from sequence to sequence in a real engine, and in a fresh world begins anew; and whose build it is."""


def answers(engine: str) -> bool:
    """Whether an engine listens on the socket ``engine``."""
    try:
        with socket.socket(socket.AF_UNIX) as one:
            one.connect(engine)
    except OSError:
        return False
    return True


class Pair:
    """The two, each with its own clock: the simulated one is held to what the real one took."""

    def __init__(self, engine: str) -> None:
        self._engine = engine
        self._stage: Stage
        self._count = 0

    def reset(self) -> None:
        """Both as they were at first."""
        for line in (*CLEAN, *SCENE):
            shell(line, "/root", self._engine)
        self._stage = Stage()
        for line in (CLEAN[-1], *SCENE):
            self._stage.shell(line)

    def do(self, line: str) -> None:
        """Type ``line`` in both, and compare nothing."""
        began = time.monotonic()
        shell(f"timeout -s KILL {LONGEST:.0f} sh -c {shlex.quote(line)}", "/root", self._engine)
        took = time.monotonic() - began
        self._stage.play(Case(topic="", name="", argv=("sh", "-c", line), seconds=took, killed=LONGEST))

    def run(self, line: str) -> Verdict:
        """Type ``line`` in both."""
        self._count += 1
        typed: dict[str, Any] = {
            "name": str(self._count),
            "argv": ["sh", "-c", line],
            "cwd": "/root",
            "env": {"DOCKER_CLI_HINTS": "false"},
            "timeout": LONGEST,
            "setup": [f"date +%s.%N > {BEGAN}"],
            "post": [f"sleep 0.25; {HAPPENED}" if GOES_ON.search(line) else HAPPENED],
        }
        case = convert(record("fuzzed", typed, self._engine))
        outcome = self._stage.play(case)
        sort = AGES.search(line) is not None
        return judge(replace(case, **_settled(case, sort)), replace(outcome, **_settled(outcome, sort)))


def _settled(one: Case | Outcome, sort: bool) -> dict[str, Any]:
    post = {line: _masked(text) for line, text in one.post.items()}
    stdout = _masked(one.stdout)
    if sort:
        stdout = "\n".join(sorted(tables.take_apart(stdout).split("\n")))
    return {"stdout": stdout, "stderr": _masked(one.stderr), "post": post}


def _masked(text: str) -> str:
    for pattern, mask in CHANCE:
        text = pattern.sub(mask, text)
    return text
