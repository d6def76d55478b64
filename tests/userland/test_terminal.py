"""The line discipline: beside a real pseudo terminal of the kernel, and what a person would look up."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from dockersim.sim import Simulation
from dockersim.userland import signals
from dockersim.userland.terminal import Terminal

PLAIN = [bytes((byte,)) for byte in range(0x20, 0x7F)]
KEYS = st.one_of(
    st.sampled_from(PLAIN),
    st.sampled_from(
        [b"ab", b"foo-bar ", b"\t", "é".encode(), "漢".encode(), b"\x01", b"\x1b", b"\x1b[A", b"\x08", b"\0"]
    ),
    st.sampled_from(
        [b"\x7f", b"\x15", b"\x17", b"\x12", b"\x16", b"\x04", b"\r", b"\n", b"\x7f\x7f", b"\xa9", b"\xc3"]
    ),
)


class Simulated:
    """A simulated terminal in canonical mode."""

    def __init__(self) -> None:
        self.screen = bytearray()
        self.terminal = Terminal(Simulation(), self.screen.extend)

    def lines(self) -> list[bytes]:
        lines = []
        while (data := self.terminal.read(65_536)) is not None:
            lines.append(data)
        return lines


def real(prompt: bytes, typed: bytes, screen: bytes, lines: list[bytes]) -> tuple[bytes, list[bytes]]:
    """The same on a pseudo terminal of this machine, which may take its time to come to what is expected."""
    import termios

    master, slave = os.openpty()
    try:
        mode = termios.tcgetattr(slave)
        mode[0] |= 0x4000  # IUTF8, which a terminal emulator sets
        mode[3] &= ~termios.ISIG
        termios.tcsetattr(slave, termios.TCSANOW, mode)
        os.set_blocking(master, False)
        os.set_blocking(slave, False)
        os.write(slave, prompt)
        os.write(master, typed)
        shown = _gathered(master, lambda found: len(b"".join(found)) >= len(screen))
        return b"".join(shown), _gathered(slave, lambda found: len(found) >= len(lines))
    finally:
        os.close(master)
        os.close(slave)


def _gathered(fd: int, enough: Callable[[list[bytes]], bool]) -> list[bytes]:
    found: list[bytes] = []
    for _ in range(400):
        try:
            found.append(os.read(fd, 65_536))
        except BlockingIOError:
            if enough(found):
                break
            time.sleep(0.001)
    return found


@pytest.mark.system
@pytest.mark.skipif(sys.platform != "linux", reason="the kernel to compare with is Linux")
@given(prompt=st.sampled_from([b"", b"$ ", b"name: ", b"\x1b[1mx\x1b[0m> "]), keys=st.lists(KEYS, max_size=30))
@example(prompt=b"$ ", keys=[b"\t", b"\x12", b"\x7f"])
@settings(max_examples=150, deadline=None)
def test_echo_and_lines_are_those_of_the_kernel(prompt: bytes, keys: list[bytes]) -> None:
    typed = b"".join(keys)
    simulated = Simulated()
    simulated.terminal.write(prompt)
    simulated.terminal.type(typed)
    expected = bytes(simulated.screen), simulated.lines()
    assert real(prompt, typed, *expected) == expected


@given(st.lists(st.binary(max_size=6), max_size=30))
@settings(max_examples=200, deadline=None)
def test_no_keys_upset_a_terminal(chunks: list[bytes]) -> None:
    simulated = Simulated()
    for number, chunk in enumerate(chunks):
        if number % 5 == 3:
            simulated.terminal.set_mode(raw=False, echo=number % 2 == 0, canonical=False)
        elif number % 5 == 0:
            simulated.terminal.set_mode(raw=False, echo=True, canonical=True)
        simulated.terminal.type(chunk)
    simulated.lines()


def test_control_keys_send_signals_and_drop_what_was_typed() -> None:
    simulated = Simulated()
    sent: list[tuple[str, int]] = []
    simulated.terminal.foreground = "job"
    simulated.terminal.send_signal = lambda group, number: sent.append((group, number))
    simulated.terminal.type(b"half a line\x03\x1a\x1c")
    assert sent == [("job", signals.INT), ("job", signals.TSTP), ("job", signals.QUIT)]
    assert bytes(simulated.screen) == b"half a line^C^Z^\\"
    assert simulated.lines() == []


def test_raw_mode_passes_everything_and_is_given_back() -> None:
    simulated = Simulated()
    restore = simulated.terminal.make_raw()
    simulated.terminal.type(b"a\r\x03")
    simulated.terminal.write(b"x\ny")
    restore()
    simulated.terminal.write(b"\n")
    assert simulated.lines() == [b"a\r\x03"]
    assert bytes(simulated.screen) == b"x\ny\r\n"


def test_control_s_holds_the_screen_until_control_q() -> None:
    simulated = Simulated()
    terminal = simulated.terminal
    assert terminal.write(b"now\n") == 4
    terminal.type(b"\x13")
    flowing = terminal.writable()
    assert terminal.write(b"later\n") == 0
    assert not flowing.triggered
    terminal.type(b"\x11")
    assert flowing.triggered
    assert terminal.write(b"later\n") == 6
    assert bytes(simulated.screen) == b"now\r\nlater\r\n"


def test_keys_of_a_new_size_reach_the_foreground_once() -> None:
    simulated = Simulated()
    sent: list[int] = []
    simulated.terminal.send_signal = lambda group, number: sent.append(number)
    simulated.terminal.resize(40, 132)
    simulated.terminal.resize(40, 132)
    assert sent == [signals.WINCH]
    assert (simulated.terminal.rows, simulated.terminal.columns) == (40, 132)
