"""What containers are asked to say: cowsay, figlet, fortune, sl, lolcat."""

from __future__ import annotations

import textwrap

from dockersim.fs import FsError
from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.options import parse

COW = r"""        $thoughts   ^__^
         $thoughts  ($eyes)\\_______
            (__)\\       )\\/\\
             $tongue ||----w |
                ||     ||
"""
COWS = ("/usr/share/cowsay/cows", "/usr/local/share/cows")
"""Where cow files are: of the distributions' packages, and of one's own installation."""
EYES = {"b": "==", "d": "xx", "g": "$$", "p": "@@", "s": "**", "t": "--", "w": "OO", "y": ".."}


def balloon(text: str, width: int, thinking: bool, end: str = "") -> str:
    """The words of the cow, in a balloon; ``end`` is what a version has after its edges."""
    lines = textwrap.wrap(" ".join(text.split()), width) or [""]
    wide = max(map(len, lines))
    edge = f" {'_' * (wide + 2)}{end}\n"
    foot = f" {'-' * (wide + 2)}{end}\n"
    if thinking:
        body = "".join(f"( {line:<{wide}} )\n" for line in lines)
    elif len(lines) == 1:
        body = f"< {lines[0]} >\n"
    else:
        last = len(lines) - 1
        marks = [("/", "\\") if at == 0 else ("\\", "/") if at == last else ("|", "|") for at in range(len(lines))]
        body = "".join(f"{left} {line:<{wide}} {right}\n" for line, (left, right) in zip(lines, marks, strict=True))
    return edge + body + foot


def cowsay(p: Process) -> Steps:
    """``cowsay [-f cow] [-W width] [-bdgpstwy] [message]``; without a message, standard input."""
    return (yield from _say(p, p.name == "cowthink"))


def cowthink(p: Process) -> Steps:
    return (yield from _say(p, True))


def _say(p: Process, thinking: bool) -> Steps:
    words, width, eyes, tongue, cow = p.argv[1:], 40, "oo", "  ", p.env.get("COWFILE", "default")
    while words and words[0].startswith("-") and len(words[0]) > 1:
        word = words.pop(0)
        if word == "-l":
            return p.fail("the option -l is not simulated")
        if word in ("-f", "-W", "-e", "-T"):
            value = words.pop(0) if words else ""
            cow = value if word == "-f" else cow
            eyes = (value + "  ")[:2] if word == "-e" else eyes
            tongue = (value + "  ")[:2] if word == "-T" else tongue
            width = int(value) if word == "-W" and value.isdigit() else width
            continue
        for letter in word[1:]:
            eyes = EYES.get(letter, eyes)
            tongue = "U " if letter in "ds" else tongue
    text = " ".join(words)
    if not words:
        text = (yield from p.read_all(0)).decode(errors="replace")
    try:
        drawing, end = _drawing(p, cow)
    except FsError:
        return p.fail(f"Could not find {cow} cowfile!")
    for name, value in {"thoughts": "o" if thinking else "\\", "eyes": eyes, "tongue": tongue}.items():
        drawing = drawing.replace(f"${name}", value)
    p.out(balloon(text, width, thinking, end) + drawing.replace("\\\\", "\\"))
    return 0


def _drawing(p: Process, cow: str) -> tuple[str, str]:
    """A cow file's picture, and what ends the balloon's edges where it was found. Raises ``FsError`` for none."""
    packaged, own = COWS
    name = cow if cow.endswith(".cow") else f"{cow}.cow"
    folders = p.env.get("COWPATH", "").split(":") if "COWPATH" in p.env else COWS
    for path in [name] if "/" in cow else [f"{folder}/{name}" for folder in folders]:
        if p.vfs.exists(path):
            _, _, rest = p.read_file(path).decode(errors="replace").partition("EOC")
            picture, _, _ = rest.partition("\n")[2].partition("EOC\n")
            return picture, " " if path.startswith(own) else ""
    if name != "default.cow":
        p.read_file(f"{packaged}/{name}")
    return COW, ""


JUSTIFY = {"c": "center", "l": "left", "r": "right", "x": "auto"}


def figlet(p: Process) -> Steps:
    """``figlet [-clrx] [-w columns] [-f font] [message]``; without a message, a banner for each line of input.

    The letters are pyfiglet's, which has the fonts of figlet and draws them alike.
    """
    from pyfiglet import Figlet, FontNotFound

    options = parse(p, "clrxtpnNsSkWovI:w:f:d:m:", status=1)
    for letter in "kWSsomIvN":
        if letter in options:
            return p.fail(f"the option -{letter} is not simulated")
    justify = next((JUSTIFY[letter] for letter in "clr" if letter in options), "auto")
    font = options.get("f", "standard").removesuffix(".flf")
    try:
        pen = Figlet(font=font, width=int(options.get("w", "80")), justify=justify)
    except (FontNotFound, ValueError):
        return p.fail(f"{font}: Unable to open font file")
    words = " ".join(options.operands)
    text = words if words else (yield from p.read_all(0)).decode(errors="replace")
    for line in text.splitlines():
        p.out(str(pen.renderText(line)))
    return 0


FORTUNES = (
    "A container is a process with a good excuse.",
    "It works on my machine, so we shipped the machine.",
    "Layers remember what you delete.",
    "He who tags everything latest will one day meet yesterday.",
    "The cache was right; it was the order of your lines.",
    "An unread log line is a message in a bottle.",
    "You will soon meet a tall, dark volume.",
    "Today is a good day to stop running as root.",
)


def fortune(p: Process) -> int:
    """One saying, by chance."""
    p.out(f"{p.sim.rng.choice(FORTUNES)}\n")
    return 0


TRAIN = r"""      ====        ________
  _D _|  |_______/        \__I_I_____
   |(_)---  |   H\________/ |   |
   /     |  |   H  |  |     |   |
  |      |  |   H  |__------------|
  | ________|___H__/__|_____/[][]~\__
  |/ |   |-----------I_____I [][] []  D
"""


def sl(p: Process) -> Steps:
    """A train; it takes its time and minds no Ctrl-C."""
    from dockersim.userland import signals

    p.handlers[signals.INT] = lambda _: None
    yield from p.sleep(4)
    p.out(TRAIN)
    return 0


def lolcat(p: Process) -> Steps:
    """Colours on a terminal, a plain copy elsewhere."""
    data = yield from p.read_all(0)
    if not p.isatty(1):
        p.out(data)
        return 0
    for at, line in enumerate(data.decode(errors="replace").splitlines()):
        p.out(f"\x1b[38;5;{196 + at * 6 % 36}m{line}\x1b[0m\n")
    return 0
