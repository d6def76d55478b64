"""The laptop's terminal window: what a person types, and what the screen shows, byte for byte."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dockersim.trace import events as e
from dockersim.world import World
from dockersim.world.console import Console

PROMPT = "student@laptop:~$ "


@pytest.fixture
def console() -> Console:
    return World(seed=0).terminal()


@pytest.fixture(scope="module")
def pulled() -> World:
    """A world that has the images, so that the screens of these tests are short."""
    world = World(seed=0)
    for image in ("busybox", "ubuntu", "nginx"):
        assert world.sh(f"docker pull -q {image}").exit_code == 0
    return world


def last_line(screen: str) -> str:
    return screen.rpartition("\n")[2]


# ---- the laptop's own shell


def test_the_prompt_is_there_and_a_line_is_echoed(console: Console) -> None:
    assert console.screen == PROMPT
    assert console.feed("echo hi") == f"echo hi\r\nhi\r\n{PROMPT}"
    assert console.feed("cd /etc") == "cd /etc\r\nstudent@laptop:/etc$ "


def test_the_shell_goes_on_from_line_to_line_and_ends_with_its_status(console: Console) -> None:
    console.feed("x=5; greet() { echo $x; }")
    assert console.feed("greet") == f"greet\r\n5\r\n{PROMPT}"
    assert console.feed("exit 3") == "exit 3\r\nlogout\r\n"
    assert console.closed
    assert console.exit_code == 3
    with pytest.raises(ValueError, match="has ended"):
        console.feed("echo")


def test_a_second_prompt_asks_for_the_rest(console: Console) -> None:
    screen = console.feed("for i in a b\ndo echo $i\ndone")
    assert screen == f"for i in a b\r\n> do echo $i\r\n> done\r\na\r\nb\r\n{PROMPT}"


def test_a_program_reads_what_is_typed_until_control_d(console: Console) -> None:
    assert console.feed("cat") == "cat\r\n"
    assert console.feed("one") == "one\r\none\r\n"
    assert console.type("\x04") == PROMPT


def test_control_c_ends_a_program_and_gives_up_a_line(console: Console) -> None:
    console.feed("cat")
    assert console.type("\x03") == f"^C\r\n{PROMPT}"
    assert console.feed("echo $?") == f"echo $?\r\n130\r\n{PROMPT}"
    assert console.type("half a line") == "half a line"
    assert console.type("\x03") == f"^C\r\n{PROMPT}"


def test_waiting_takes_simulated_time_only(console: Console) -> None:
    before = console.feed("date +%s").split("\r\n")[1]
    console.feed("sleep 3600")
    after = console.feed("date +%s").split("\r\n")[1]
    assert int(after) - int(before) == 3600


def test_the_size_of_the_window_reaches_programs() -> None:
    console = World(seed=0).terminal(rows=40, columns=132)
    assert console.feed("stty size").startswith("stty size\r\n40 132\r\n")
    console.resize(50, 100)
    assert "50 100\r\n" in console.feed("stty size")


def test_a_line_is_in_the_trace_with_its_end() -> None:
    world = World(seed=0)
    console = world.terminal()
    console.feed("false")
    events = world.trace.since(0)
    assert [event.line for event in events if isinstance(event, e.CommandTyped)] == ["false"]
    assert [(event.line, event.exit_code) for event in events if isinstance(event, e.CommandEnded)] == [("false", 1)]


# ---- the line editor


@pytest.mark.parametrize(
    ("keys", "line"),
    [
        ("ecoh\x7f\x7fho a", "a"),
        ("cho b\x01e", "b"),
        ("echo one two\x17three", "one three"),
        ("garbage\x15echo c", "c"),
        ("echo xd\x1b[D\x1b[D\x1b[3~", "d"),
        ("echo ab cd\x1bb\x1bb\x0b\x19", "ab cd"),
        ("echo é漢\x7f!", "é!"),
    ],
)
def test_keys_edit_the_line(console: Console, keys: str, line: str) -> None:
    assert console.type(keys + "\r").endswith(f"\r\n{line}\r\n{PROMPT}")


def test_arrows_recall_former_lines(console: Console) -> None:
    console.feed("echo first")
    console.feed("echo second")
    assert console.type("\x1b[A\x1b[A\r").endswith(f"\r\nfirst\r\n{PROMPT}")
    assert console.type("typed\x1b[A\x1b[B\x15echo still\r").endswith(f"\r\nstill\r\n{PROMPT}")


def test_tab_completes_what_there_is_one_of_and_lists_the_rest(console: Console) -> None:
    console.feed("mkdir alpha; touch alpha/file beta1 beta2")
    assert console.type("ls al\tf\t\r").startswith("ls alpha/file \r\nalpha/file\r\n")
    screen = console.type("ls b\t\t")
    assert screen == f"ls b\aeta\r\nbeta1  beta2\r\n{PROMPT}ls beta"


def test_a_long_line_wraps_and_is_edited_across_rows() -> None:
    console = World(seed=0).terminal(columns=30)
    assert console.type("echo " + "x" * 40 + "\x01\x05\x7fy\r").endswith(f"\r\n{'x' * 39}y\r\n{PROMPT}")


# ---- containers


def test_a_shell_in_a_container_is_as_on_a_terminal(pulled: World) -> None:
    console = pulled.terminal()
    screen = console.feed("docker run -it --rm --hostname box ubuntu bash")
    assert last_line(screen) == "root@box:/# "
    assert console.feed("whoami") == "whoami\r\nroot\r\nroot@box:/# "
    assert console.feed("nosuchcmd") == "nosuchcmd\r\nbash: nosuchcmd: command not found\r\nroot@box:/# "
    assert console.feed("cat") == "cat\r\n"
    assert console.type("\x03") == "^C\r\nroot@box:/# "
    assert console.feed("exit 4") == f"exit 4\r\nexit\r\n{PROMPT}"
    assert console.feed("echo $?") == f"echo $?\r\n4\r\n{PROMPT}"


def test_time_in_a_container_passes_while_its_terminal_is_attached(pulled: World) -> None:
    console = pulled.terminal()
    console.feed("docker run -it --rm busybox")
    assert console.feed("sleep 60; echo up") == "sleep 60; echo up\r\nup\r\n/ # "
    assert console.type("\x04") == f"\r\n{PROMPT}"


def test_the_container_has_the_size_of_the_window(pulled: World) -> None:
    console = pulled.terminal(rows=40, columns=132)
    assert "\r\n40 132\r\n" in console.feed("docker run -it --rm busybox stty size")


def test_detach_keys_leave_the_container_running(pulled: World) -> None:
    console = pulled.terminal()
    console.feed("docker run -it --name kept busybox")
    assert last_line(console.type("\x10\x11")) == PROMPT
    assert "kept" in console.feed("docker ps")
    assert console.feed("docker attach kept") == "docker attach kept\r\n\r/ # \x1b[J\r/ # \x1b[J"
    assert console.feed("echo back") == "echo back\r\nback\r\n/ # "
    assert console.type("\x10\x11") == f"read escape sequence\r\n{PROMPT}"
    assert last_line(console.feed("docker exec -it kept sh")) == "/ # "
    assert console.feed("exit 5") == f"exit 5\r\n{PROMPT}"
    assert console.feed("echo $?") == f"echo $?\r\n5\r\n{PROMPT}"
    console.feed("docker rm -f kept")


def test_a_server_in_the_foreground_is_left_running_until_control_c(pulled: World) -> None:
    console = pulled.terminal()
    screen = console.feed("docker run --rm --name web nginx")
    assert PROMPT not in screen
    assert "start worker process" in screen
    assert console.terminal.editor is None
    assert last_line(console.type("\x03")) == PROMPT
    assert "web" not in console.feed("docker ps -a")


def test_two_windows_see_one_machine(pulled: World) -> None:
    one, two = pulled.terminal(), pulled.terminal()
    one.feed("docker run -it --rm --name shared busybox")
    assert "shared" in two.feed("docker ps")
    one.feed("exit")
    assert "shared" not in two.feed("docker ps")


def test_closing_the_window_ends_what_runs_in_it(pulled: World) -> None:
    console = pulled.terminal()
    console.feed("cat")
    console.close()
    assert console.closed


def test_same_seed_and_keys_give_the_same_screen() -> None:
    screens = []
    for _ in range(2):
        console = World(seed=7).terminal()
        console.feed("docker run -it busybox")
        console.feed("hostname; date; echo $RANDOM")
        screens.append(console.screen)
    assert screens[0] == screens[1]


KEYS = st.one_of(
    st.sampled_from(
        [
            "\r",
            "\x03",
            "\x04",
            "\t",
            "\x7f",
            "\x1b[A",
            "\x1b[D",
            "\x15",
            "\x17",
            "\x16",
            "\x12",
            "\x10\x11",
            "\x13",
            "\x11",
            "\x1a",
            "\x0c",
        ]
    ),
    st.sampled_from(
        ["ls", "cat", "echo ", "sh", "fg", "exit", "docker ps", "docker run -it busybox", "'", "$(", "|", "&"]
    ),
    st.text(max_size=4),
)


@given(st.lists(KEYS, max_size=25))
@settings(max_examples=25, deadline=None)
def test_no_keys_bring_a_window_down(pulled: World, keys: list[str]) -> None:
    console = pulled.terminal()
    for key in keys:
        if console.closed:
            break
        console.type(key.encode("utf-8", "surrogatepass"))
    console.close()
    assert not pulled.laptop.kernel.crashes
    assert "Traceback" not in console.screen
    assert "fault in the simulator" not in console.screen


def test_control_c_breaks_a_loop_whose_command_it_ends(console: Console) -> None:
    console.feed("while true; do cat; echo again; done")
    assert console.type("\x03") == f"^C\r\n{PROMPT}"
