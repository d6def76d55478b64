"""The verbs of a container's life typed on the laptop, against what a recorded Docker 28 printed."""

from __future__ import annotations

import pytest

from dockersim.trace import events as e
from dockersim.world import World

DAEMON = "Error response from daemon: "
HELP = "\n\nRun 'docker run --help' for more information\n"


@pytest.fixture
def world() -> World:
    world = World(seed=0)
    assert world.sh("docker pull -q busybox").exit_code == 0
    world.sh("docker run -d --name s1 busybox sleep 1000; docker run --name x5 busybox sh -c 'exit 5'")
    return world


def said(world: World, line: str) -> tuple[str, str, int | None]:
    result = world.sh(line)
    return result.stdout, result.stderr, result.exit_code


def requests(world: World, line: str) -> list[str]:
    """What went over the wire, ids as ID."""
    world.sh(line)
    ids = [container.id for container in world.engine.containers]
    sent = [f"{one.method} {one.path}" for one in world.sh(line).events if isinstance(one, e.RequestSent)]
    for identity in ids:
        sent = [text.replace(identity, "ID") for text in sent]
    return sent


@pytest.mark.parametrize(
    ("line", "stdout", "stderr", "status"),
    [
        ("start s1", "s1\n", "", 0),
        ("start nosuch", "", f"{DAEMON}No such container: nosuch\nError: failed to start containers: nosuch\n", 1),
        (
            "start x5 nosuch s1",
            "x5\ns1\n",
            f"{DAEMON}No such container: nosuch\nError: failed to start containers: nosuch\n",
            1,
        ),
        ("start -a s1 x5", "", "you cannot start and attach multiple containers at once\n", 1),
        ("start -a x5", "", "", 5),
        ("stop -t 0 s1 nosuch x5", "s1\nx5\n", f"{DAEMON}No such container: nosuch\n", 1),
        ("stop -s NOSUCH s1", "", f"{DAEMON}cannot stop container: s1: invalid signal: NOSUCH\n", 1),
        ("kill s1", "s1\n", "", 0),
        ("kill nosuch", "", f"{DAEMON}cannot kill container: nosuch: No such container: nosuch\n", 1),
        ("kill -s NOSUCH s1", "", f"{DAEMON}cannot kill container: s1: invalid signal: NOSUCH\n", 1),
        ("restart -t 1 s1 nosuch", "s1\n", f"{DAEMON}No such container: nosuch\n", 1),
        ("wait x5 nosuch", "5\n", f"{DAEMON}No such container: nosuch\n", 1),
        ("rename x5 x6", "", "", 0),
        (
            "rename nosuch x6",
            "",
            f"{DAEMON}No such container: nosuch\nError: failed to rename container named nosuch\n",
            1,
        ),
        ("rm x5", "x5\n", "", 0),
        ("rm -f nosuch", "", f"{DAEMON}No such container: nosuch\n", 0),
        ("rm -f nosuch s1", "s1\n", f"{DAEMON}No such container: nosuch\n", 0),
        (
            "rm s1",
            "",
            f'{DAEMON}cannot remove container "s1": container is running: '
            "stop the container before removing or force remove\n",
            1,
        ),
        ("update s1", "", "you must provide one or more flags when using this command\n", 1),
        ("update --restart unless-stopped x5", "x5\n", "", 0),
        ("update -m 64m nosuch", "", f"{DAEMON}No such container: nosuch\n", 1),
        ("attach x5", "", "You cannot attach to a stopped container, start it first\n", 1),
        ("attach nosuch", "", f"{DAEMON}No such container: nosuch\n", 1),
        (
            "logs --since yesterday s1",
            "",
            'invalid value for "since": failed to parse value as time or duration: "yesterday"\n',
            1,
        ),
        ("container prune -f --filter nosuch=1", "", f"{DAEMON}invalid filter 'nosuch'\n", 1),
        ("container prune -f --filter label=x=y", "Total reclaimed space: 0B\n", "", 0),
        (
            "container prune",
            "WARNING! This will remove all stopped containers.\nAre you sure you want to continue? [y/N] ",
            "",
            0,
        ),
    ],
)  # fmt: skip
def test_words(world: World, line: str, stdout: str, stderr: str, status: int) -> None:
    assert said(world, f"docker {line}") == (stdout, stderr, status)


def test_pause_and_what_it_forbids(world: World) -> None:
    assert said(world, "docker pause s1") == ("s1\n", "", 0)
    assert "(Paused)" in world.sh("docker ps").stdout
    assert said(world, "docker exec s1 true")[1] == (
        f"{DAEMON}Container s1 is paused, unpause the container before exec\n"
    )
    assert said(world, "docker start s1")[1].startswith(
        f"{DAEMON}cannot start a paused container, try unpause instead\n"
    )
    assert said(world, "docker attach s1")[1] == "You cannot attach to a paused container, unpause it first\n"
    assert said(world, "docker rm s1")[1] == (
        f'{DAEMON}cannot remove container "s1": container is paused and must be unpaused first\n'
    )
    assert said(world, "docker unpause s1") == ("s1\n", "", 0)


def test_ten_stop_in_the_time_of_one(world: World) -> None:
    names = " ".join(f"n{number}" for number in range(10))
    world.sh(f"for n in {names}; do docker run -d --name $n busybox sleep 1000; done")
    before = world.sim.now
    assert world.sh(f"docker stop {names}").stdout == names.replace(" ", "\n") + "\n"
    assert 10 <= world.sim.now - before < 12


def test_prune_asks_and_tells(world: World) -> None:
    gone = world.engine.containers.get("x5").id
    result = world.sh("docker container prune", b"y\n")
    assert result.stdout.endswith(f"[y/N] Deleted Containers:\n{gone}\n\nTotal reclaimed space: 0B\n")


def test_requests_of_the_verbs(world: World) -> None:
    assert requests(world, "docker start -a x5") == [
        "HEAD /_ping",
        "GET /v1.50/containers/x5/json",
        "POST /v1.50/containers/ID/attach?stderr=1&stdout=1&stream=1",
        "POST /v1.50/containers/ID/wait?condition=next-exit",
        "POST /v1.50/containers/ID/start",
    ]
    assert requests(world, "docker wait x5") == ["HEAD /_ping", "POST /v1.50/containers/x5/wait"]
    assert requests(world, "docker stop -t 3 -s INT x5") == [
        "HEAD /_ping",
        "POST /v1.50/containers/x5/stop?signal=INT&t=3",
    ]


# ---- exec


@pytest.mark.parametrize(
    ("line", "stdout", "stderr", "status"),
    [
        ("s1 echo hi", "hi\n", "", 0),
        ("s1 sh -c 'echo out; echo err >&2; exit 9'", "out\n", "err\n", 9),
        ("-e A=1 -e B s1 sh -c 'echo $A $B'", "1 host\n", "", 0),
        ("-w /etc s1 pwd", "/etc\n", "", 0),
        ("-u 1234:5678 s1 id", "uid=1234 gid=5678 groups=5678\n", "", 0),
        ("-u nosuch s1 id", "", f"{DAEMON}unable to find user nosuch: no matching entries in passwd file\n", 1),
        ("-t s1 echo hi", "hi\r\n", "", 0),
        ("-it s1 sh", "", "the input device is not a TTY\n", 1),
        ("-d s1 touch /made", "", "", 0),
        ("s1 sh -c 'kill -9 $$'", "", "", 137),
        ("nosuch echo", "", f"{DAEMON}No such container: nosuch\n", 1),
    ],
)
def test_exec(world: World, line: str, stdout: str, stderr: str, status: int) -> None:
    world.sh("export B=host")
    assert said(world, f"docker exec {line}") == (stdout, stderr, status)


def test_exec_reads_what_is_piped(world: World) -> None:
    assert said(world, "echo piped in | docker exec -i s1 cat") == ("piped in\n", "", 0)
    assert said(world, "echo ignored | docker exec s1 cat") == ("", "", 0)


def test_exec_on_a_terminal(world: World) -> None:
    console = world.terminal()
    console.feed("docker exec -it s1 sh")
    assert "42" in console.feed("echo $((40+2))").splitlines()
    assert console.type("\x10\x11").splitlines()[0].endswith("read escape sequence")
    assert "1" in console.feed("echo $?").splitlines()


# ---- logs


def test_logs(world: World) -> None:
    world.sh("docker run --name l1 -l a=b --log-opt labels=a busybox sh -c 'echo one; echo two >&2; printf partial'")
    assert said(world, "docker logs l1") == ("one\npartial", "two\n", 0)
    assert said(world, "docker logs --tail 1 l1") == ("partial", "", 0)
    assert said(world, "docker logs -n 0 l1") == ("", "", 0)
    assert said(world, "docker logs --details l1") == ("a=b one\na=b partial", "a=b two\n", 0)
    assert said(world, "docker logs --until 2000-01-01 l1") == ("", "", 0)
    stamped = world.sh("docker logs -t l1").stdout.split("\n")[0]
    assert stamped.endswith("Z one")
    assert len(stamped) == len("2026-01-12T09:00:00.000000000Z one")


def test_logs_follow_to_the_end_and_ctrl_c_ends_them(world: World) -> None:
    world.sh("docker run -d --name l1 busybox sh -c 'for i in 1 2 3; do echo $i; sleep 1; done'")
    assert said(world, "docker logs -f l1") == ("1\n2\n3\n", "", 0)
    line = "docker logs -f --tail 1 s1 & sleep 1; kill -INT $!; wait $!; echo $?"
    assert said(world, line) == ("130\n", "", 0)


# ---- run


@pytest.mark.parametrize(
    ("line", "stdout", "stderr", "status"),
    [
        ("--rm busybox sh -c 'exit 42'", "", "", 42),
        ("--rm -a stdout busybox sh -c 'echo out; echo err >&2'", "out\n", "", 0),
        ("--rm -a stderr busybox sh -c 'echo out; echo err >&2'", "", "err\n", 0),
        ("-it busybox sh", "", "the input device is not a TTY\n", 1),
        ("-d -a stdout busybox true", "", "conflicting options: cannot specify both --attach and --detach\n", 1),
        (
            "--rm --gpus all busybox true",
            "",
            f'docker: {DAEMON}could not select device driver "" with capabilities: [[gpu]]{HELP}',
            125,
        ),
        (
            "--rm --device /dev/nosuch busybox true",
            "",
            f'docker: {DAEMON}error gathering device information while adding custom device "/dev/nosuch": '
            f"no such file or directory{HELP}",
            127,
        ),
        ("--rm --device /dev/zero:/dev/mine busybox sh -c 'head -c 3 /dev/mine | wc -c'", "3\n", "", 0),
        ("--rm --read-only busybox touch /x", "", "touch: /x: Read-only file system\n", 1),
        ("--rm --detach-keys nosuch busybox true", "", "unable to upgrade to tcp, received 400\n", 1),
    ],
)
def test_run(world: World, line: str, stdout: str, stderr: str, status: int) -> None:
    assert said(world, f"docker run {line}") == (stdout, stderr, status)


def test_signals_are_passed_on_three_times(world: World) -> None:
    trap = "sh -c 'trap \"echo got; exit 5\" INT; while :; do sleep 0.1; done'"
    line = f"docker run --rm busybox {trap} & sleep 2; kill -INT $!; wait $!; echo $?"
    assert said(world, line) == ("got\n5\n", "", 0)
    line = "docker run --name ign busybox sleep 100 & sleep 2"
    line += "; for i in 1 2 3; do kill -INT $!; sleep 1; done; wait $!; echo $?"
    assert said(world, line) == ("1\n", "\ngot 3 SIGTERM/SIGINTs, forcefully exiting\n", 0)
    assert world.sh("docker ps --filter name=ign -q").stdout


def test_what_is_attached_ends_with_the_container(world: World) -> None:
    line = "docker attach s1 & sleep 1; docker kill s1 >/dev/null; wait $!; echo $?"
    assert said(world, line) == ("137\n", "", 0)
    line = "docker run --name km busybox sleep 100 & sleep 1; docker rm -f km >/dev/null; wait $!; echo $?"
    assert said(world, line) == ("137\n", "", 0)


# ---- looking


def test_inspect(world: World) -> None:
    assert said(world, "docker inspect -f '{{.Name}} {{.State.Status}}' s1 x5") == ("/s1 running\n/x5 exited\n", "", 0)
    assert said(world, "docker inspect nosuch") == ("[]\n", "Error: No such object: nosuch\n", 1)
    assert said(world, "docker container inspect nosuch") == ("[]\n", f"{DAEMON}No such container: nosuch\n", 1)
    assert said(world, "docker image inspect nosuch") == ("[]\n", f"{DAEMON}No such image: nosuch:latest\n", 1)
    assert said(world, "docker inspect --type image s1") == ("[]\n", f"{DAEMON}No such image: s1:latest\n", 1)
    assert said(world, "docker inspect --type nosuch s1")[1].startswith(
        'unknown type: "nosuch": must be one of "config",'
    )
    assert said(world, "docker inspect -f '{{.Nosuch}}' s1") == (
        "\n",
        'template parsing error: template: :1:2: executing "" at <.Nosuch>: map has no entry for key "Nosuch"\n',
        1,
    )
    assert world.sh("docker inspect -s s1").stdout.count('"SizeRootFs"') == 1
    assert world.sh("docker inspect bridge").stdout.startswith('[\n    {\n        "Name": "bridge",\n')


def test_top(world: World) -> None:
    pid = world.sh("docker inspect -f '{{.State.Pid}}' s1").stdout.strip()
    assert said(world, "docker top s1 -o pid,comm") == (f"PID                 COMMAND\n{pid:<20}sleep\n", "", 0)
    assert said(world, "docker top s1 -nosuch") == ("", f"{DAEMON}ps: error: unsupported SysV option\n", 1)


def test_stats(world: World) -> None:
    head = "CONTAINER ID   NAME      CPU %     MEM USAGE / LIMIT   MEM %     NET I/O   BLOCK I/O   PIDS\n"
    lines = world.sh("docker stats --no-stream -a").stdout.splitlines()
    assert [line.split()[1] for line in lines[1:]] == ["x5", "s1"]
    world.sh("docker kill s1")
    assert world.sh("docker stats --no-stream").stdout == head
    assert said(world, "docker stats --no-stream nosuch") == ("", f"{DAEMON}No such container: nosuch\n", 1)
    line = "docker stats --no-stream --format '{{.Name}} {{.CPUPerc}} {{.MemUsage}} {{.PIDs}}' x5"
    assert said(world, line) == ("x5 0.00% 0B / 0B 0\n", "", 0)
