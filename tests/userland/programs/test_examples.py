"""What a person would look up: processes, users, archives, memory, the words of refusals."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import dockersim.userland
from dockersim.fs import Cred, FsError
from dockersim.sim import Simulation
from dockersim.userland import signals
from dockersim.userland.programs import TABLE, TABLES
from dockersim.userland.programs.busybox import APPLETS
from dockersim.userland.terminal import Terminal
from tests.userland.harness import Box

ALICE = Cred(1000, 1000, frozenset({1000}))
FORBIDDEN = re.compile(
    r"^\s*(?:import|from) (os|subprocess|socket|time|pathlib|threading|shutil|tempfile)\b"
    r"|datetime\.(?:now|today|utcnow)\(",
    re.M,
)


def test_no_program_touches_the_real_machine() -> None:
    package = Path(next(iter(dockersim.userland.__path__)))
    found = {str(path.relative_to(package)): FORBIDDEN.findall(path.read_text()) for path in package.rglob("*.py")}
    assert {path: names for path, names in found.items() if names} == {}


def test_every_program_of_the_table_can_be_loaded() -> None:
    for tables in TABLES:
        for names in tables.values():
            for name in names.split():
                assert callable(TABLE[name])
    assert "[" in TABLE
    assert [name for name in APPLETS if name not in TABLE] == []


OWN = sorted({name for table in TABLES[:3] for names in table.values() for name in names.split()} - {"yes"})
ARGUMENTS = st.lists(
    st.sampled_from(
        ["-Z", "--zzz", "-n", "-1", "5", "a", "nope", "/", "/etc/passwd", "-f", "-", "--", "", "-e", "x=1", "%", "(",
         "-c", "-d", "s/a/b/",
         "{print}", "-k", "0", "é", "-t", "/proc/self", "-o", "/dev/null", "-r", "-9", "+1", "[", "*"]
    ),
    max_size=4,
)  # fmt: skip


@given(st.sampled_from(OWN), ARGUMENTS, st.sampled_from(["gnu", "busybox"]))
def test_no_arguments_make_a_program_fail_in_the_simulator(name: str, arguments: list[str], flavour: str) -> None:
    box = Box(flavour)
    if not box.computer.vfs.exists(f"/bin/{name}"):
        return
    process, _, err = box.start(name, *arguments, stdin=b"a line\n12\n")
    box.sim.env.run(until=box.sim.env.any_of([process.exited, box.sim.timeout(30)]))
    assert box.kernel.crashes == []
    assert b"Traceback" not in err


@pytest.mark.parametrize(
    ("argv", "flavour", "status", "words"),
    [
        ("ls -Z9", "gnu", 2, "ls: invalid option -- '9'\nTry 'ls --help' for more information.\n"),
        ("cat --foo", "gnu", 1, "cat: unrecognized option '--foo'\nTry 'cat --help' for more information.\n"),
        ("ls nope", "gnu", 2, "ls: cannot access 'nope': No such file or directory\n"),
        ("ls nope", "busybox", 1, "ls: nope: No such file or directory\n"),
        ("rm nope", "busybox", 1, "rm: can't remove 'nope': No such file or directory\n"),
        ("head -n", "gnu", 1, "head: option requires an argument -- 'n'\nTry 'head --help' for more information.\n"),
        ("kill 4242", "gnu", 1, "kill: (4242): No such process\n"),
        ("vi x", "gnu", 1, "vi: full-screen editing is not simulated; write the file from the shell"),
        ("mount -t tmpfs none /desk", "gnu", 32, "mount: /desk: permission denied.\n"),
        ("dmesg", "gnu", 1, "dmesg: read kernel buffer failed: Operation not permitted\n"),
    ],
)
def test_refusals_have_the_programs_own_words(argv: str, flavour: str, status: int, words: str) -> None:
    done = Box(flavour).run(*argv.split())
    assert done.status == status
    assert done.errors.startswith(words)


def test_alpines_getopt_has_other_words() -> None:
    box = Box("busybox")
    box.write("/lib/ld-musl-x86_64.so.1", b"")
    assert box.run("ls", "-Z").errors.startswith("ls: unrecognized option: Z\nBusyBox v1.37.0 ")


def test_busybox_runs_applets_by_name_and_by_argument() -> None:
    box = Box("busybox")
    assert box.run("busybox", "echo", "hi").text == "hi\n"
    assert "cat\n" in box.run("busybox", "--list").text
    assert box.run("busybox", "nope").errors == "nope: applet not found\n"
    assert box.run("busybox").text.startswith("BusyBox v1.37.0")


def test_ps_in_three_dresses() -> None:
    box = Box()
    box.start("sleep", "100")
    assert "PID TTY          TIME CMD" in box.run("ps", "-A").text
    full = box.run("ps", "-ef").text.splitlines()
    assert full[0].split() == ["UID", "PID", "PPID", "C", "STIME", "TTY", "TIME", "CMD"]
    assert any(line.endswith("sleep 100") for line in full)
    assert box.run("ps", "aux").text.startswith("USER         PID %CPU %MEM    VSZ   RSS TTY")
    assert box.run("ps", "-o", "pid,comm", "-p", "1").text == "    PID COMMAND\n      1 init\n"
    busy = Box("busybox")
    busy.start("sleep", "100")
    text = busy.run("ps").text
    assert text.startswith("PID   USER     TIME  COMMAND\n    1 root      0:00 init\n")
    assert "sleep 100\n" in text


def test_kill_and_its_kin_end_processes() -> None:
    box = Box()
    for argv in (["kill", "{}"], ["pkill", "sleep"], ["killall", "sleep"], ["kill", "-9", "{}"]):
        sleeper, _, _ = box.start("sleep", "1000")
        assert box.run(*[word.replace("{}", str(sleeper.pid)) for word in argv]).status == 0
        box.finish(sleeper)
        assert sleeper.status == 128 + (signals.KILL if "-9" in argv else signals.TERM)
    assert box.run("pgrep", "sleep").status == 1


def test_others_processes_are_not_ones_own() -> None:
    box = Box()
    sleeper, _, _ = box.start("sleep", "1000")
    done = box.run("kill", str(sleeper.pid), cred=ALICE)
    assert (done.status, done.errors) == (1, f"kill: ({sleeper.pid}): Operation not permitted\n")


def test_sleeping_takes_no_real_time_and_the_right_simulated_time() -> None:
    box = Box()
    before = box.sim.now
    box.run("sleep", "1h", "30m")
    assert box.sim.now - before == pytest.approx(5400, abs=0.1)


def test_timeout_says_124() -> None:
    box = Box()
    before = box.sim.now
    assert box.run("timeout", "5", "sleep", "100").status == 124
    assert box.sim.now - before == pytest.approx(5, abs=0.1)
    assert box.run("timeout", "5", "false").status == 1
    assert box.run("timeout", "5", "nope").status == 127


def test_memory_over_the_limit_is_killed() -> None:
    box = Box()
    box.computer.memory_limit = 64 << 20
    assert box.run("dd", "if=/dev/zero", "of=/dev/null", "bs=1G", "count=1").status == 137
    assert box.computer.oom_killed
    assert box.run("tail", "/dev/zero").status == 137
    assert box.run("dd", "if=/dev/zero", "of=/dev/null", "bs=1M", "count=10").status == 0
    done = box.run("stress", "--vm", "1", "--vm-bytes", "200M", "--timeout", "10s")
    assert done.status == 1
    assert "got signal 9" in done.errors


def test_stress_uses_the_processor_for_as_long_as_asked() -> None:
    box = Box()
    before = box.sim.now
    done = box.run("stress", "--cpu", "2", "--timeout", "10s")
    assert done.status == 0
    assert done.text.endswith("successful run completed in 10s\n")
    assert box.sim.now - before == pytest.approx(10, abs=1)


def test_tar_there_and_back() -> None:
    box = Box()
    box.write("/desk/d/one", "1\n", 0o640)
    box.write("/desk/d/sub/two", "2\n")
    box.computer.vfs.symlink("one", "/desk/d/link")
    for letters in ("f", "zf", "jf", "Jf"):
        assert box.run("tar", f"c{letters}", "a.tar", "d").status == 0
        listed = box.run("tar", "tf", "a.tar").text.splitlines()
        assert listed == ["d/", "d/link", "d/one", "d/sub/", "d/sub/two"]
        box.computer.vfs.makedirs(f"/out{letters}")
        assert box.run("tar", "xf", "a.tar", "-C", f"/out{letters}").status == 0
        assert box.read(f"/out{letters}/d/sub/two") == b"2\n"
        assert box.computer.vfs.stat(f"/out{letters}/d/one").mode == 0o640
        assert box.computer.vfs.readlink(f"/out{letters}/d/link") == "one"


def test_an_archive_cannot_climb_out() -> None:
    from dockersim.fs.archive import Member, write_members

    box = Box()
    box.write("/desk/evil.tar", write_members([Member("../../etc/evil", data=b"x")]))
    done = box.run("tar", "xf", "evil.tar")
    assert done.status == 2
    assert not box.computer.vfs.exists("/etc/evil")


def test_users_are_made_and_become() -> None:
    box = Box()
    assert box.run("useradd", "-m", "-s", "/bin/sh", "bob").status == 0
    assert b"bob:x:1001:1001::/home/bob:/bin/sh\n" in box.read("/etc/passwd")
    assert box.computer.vfs.stat("/home/bob").uid == 1001
    assert box.run("useradd", "bob").errors == "useradd: user 'bob' already exists\n"
    assert box.run("id", "bob").text == "uid=1001(bob) gid=1001(bob) groups=1001(bob)\n"
    assert box.run("gosu", "bob", "id", "-un").text == "bob\n"
    assert box.run("su-exec", "1001:1001", "whoami").text == "bob\n"
    assert box.run("sudo", "-u", "alice", "whoami").text == "alice\n"
    assert box.run("sudo", "whoami", cred=ALICE).status == 1
    assert box.run("userdel", "bob").status == 0
    assert b"bob" not in box.read("/etc/passwd")


def test_busybox_adduser() -> None:
    box = Box("busybox")
    assert box.run("addgroup", "-S", "app").status == 0
    assert box.run("adduser", "-S", "-G", "app", "app").status == 0
    assert b"app:x:999:" in box.read("/etc/group")
    assert b":Linux User,,,:/home/app:/bin/false\n" in box.read("/etc/passwd")


def test_files_have_their_rights() -> None:
    box = Box()
    box.write("/desk/secret", "s", 0o600)
    done = box.run("cat", "secret", cred=ALICE)
    assert (done.status, done.errors) == (1, "cat: secret: Permission denied\n")
    assert (
        box.run("rm", "-f", "/etc/passwd", cred=ALICE).errors == "rm: cannot remove '/etc/passwd': Permission denied\n"
    )
    assert box.run("chmod", "777", "secret", cred=ALICE).status == 1


def test_tail_follows_what_is_written_later() -> None:
    box = Box()
    box.write("/desk/log", "one\n")
    process, out, _ = box.start("tail", "-f", "log")
    box.sim.env.run(until=box.sim.now + 2)
    assert bytes(out) == b"one\n"
    box.computer.vfs.write_file("/desk/log", b"two\n", append=True)
    box.sim.env.run(until=box.sim.now + 2)
    assert bytes(out) == b"one\ntwo\n"
    process.signal(signals.TERM)
    box.finish(process)


def test_an_init_passes_signals_on_and_reaps() -> None:
    box = Box()
    init, _, _ = box.start("tini", "--", "sleep", "1000")
    box.sim.env.run(until=box.sim.now + 1)
    init.signal(signals.TERM)
    box.finish(init)
    assert init.status == 143
    assert box.run("tini", "nope").status == 127


def test_proc_tells_of_the_process_that_asks() -> None:
    box = Box()
    box.computer.memory_limit = 256 << 20
    assert box.run("cat", "/proc/self/comm").text == "cat\n"
    assert box.run("cat", "/proc/self/cmdline").text == "cat\0/proc/self/cmdline\0"
    assert box.run("readlink", "/proc/self/cwd").text == "/desk\n"
    assert box.run("cat", "/proc/self/environ", env={"A": "b"}).text == "PATH=/usr/bin:/bin\0A=b\0"
    assert box.run("cat", "/sys/fs/cgroup/memory.max").text == f"{256 << 20}\n"
    assert box.run("cat", "/proc/sys/kernel/hostname").text == "box\n"
    assert box.run("sysctl", "-n", "kernel.ostype").text == "Linux\n"
    assert box.run("tee", "/dev/stderr", stdin=b"x").errors == "x"
    assert box.run("cat", "/proc/nope").status == 1
    with pytest.raises(FsError):
        box.computer.vfs.write_file("/proc/version", b"mine")


def test_hello_says_what_everybody_knows() -> None:
    text = Box().run("hello").text
    assert text.startswith(
        "\nHello from Docker!\nThis message shows that your installation appears to be working correctly.\n"
    )
    assert "    (amd64)\n" in text
    assert text.endswith(" https://docs.docker.com/get-started/\n\n")


def test_on_a_terminal_ls_makes_columns_and_less_waits() -> None:
    sim = Simulation()
    box = Box("gnu", sim)
    screen = bytearray()
    terminal = Terminal(sim, screen.extend, rows=5, columns=40)
    for name in ("alpha", "beta", "with space"):
        box.write(f"/desk/{name}", "x\n" * 9)
    process, _, _ = box.start("ls", tty=terminal)
    box.finish(process)
    assert bytes(screen) == b" alpha\t beta  'with space'\r\n"
    screen.clear()
    process, _, _ = box.start("less", "alpha", tty=terminal)
    sim.env.run(until=sim.now + 1)
    assert process.alive
    terminal.type(b" ")
    terminal.type(b"q")
    box.finish(process)
    assert screen.count(b"x\r\n") == 8


def test_find_runs_programs_on_what_it_finds() -> None:
    box = Box()
    box.write("/desk/a.log", "1\n")
    box.write("/desk/sub/b.log", "2\n")
    assert box.run("find", ".", "-name", "*.log", "-exec", "cat", "{}", ";").text == "1\n2\n"
    assert box.run("find", ".", "-name", "*.log", "-exec", "echo", "{}", "+").text == "./a.log ./sub/b.log\n"
    assert box.run("xargs", "-n1", "cat", stdin=b"a.log sub/b.log").text == "1\n2\n"


def test_awk_is_a_whole_language() -> None:
    program = """
    function fact(n) { return n <= 1 ? 1 : n * fact(n - 1) }
    BEGIN { for (i = 1; i <= 5; i++) s = s " " fact(i); print substr(s, 2) }
    { words[$1] += $2 }
    END { n = 0; for (w in words) n++; print n, words["a"] }
    """
    assert Box().run("awk", program, stdin=b"a 1\nb 2\na 3\n").text == "1 2 6 24 120\n2 4\n"


def test_an_endless_program_lets_the_clock_move() -> None:
    box = Box()
    process, _, _ = box.start("awk", "BEGIN { while (1) n++ }")
    box.sim.env.run(until=box.sim.now + 1)
    process.signal(signals.KILL)
    box.finish(process)
    assert process.status == 137
