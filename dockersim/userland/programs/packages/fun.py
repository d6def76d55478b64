"""What containers are asked to say: cowsay, figlet, fortune, sl, lolcat."""

from __future__ import annotations

import textwrap

from dockersim.userland.process import Process, Steps

COW = r"""        \   ^__^
         \  ({eyes})\_______
            (__)\       )\/\
             {tongue} ||----w |
                ||     ||
"""
WHALE = r"""    \
     \
      \
                    ##         .
              ## ## ##        ==
           ## ## ## ## ##    ===
       /"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\"\___/ ===
      {                       /  ===-
       \______ O           __/
         \    \         __/
          \____\_______/
""".replace('\\"', '"')  # fmt: skip
EYES = {"b": "==", "d": "xx", "g": "$$", "p": "@@", "s": "**", "t": "--", "w": "OO", "y": ".."}


def balloon(text: str, width: int, thinking: bool) -> str:
    """The words of the cow, in a balloon."""
    lines = textwrap.wrap(" ".join(text.split()), width) or [""]
    wide = max(map(len, lines))
    edge = f" {'_' * (wide + 2)} \n"
    foot = f" {'-' * (wide + 2)} \n"
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
            p.out("Cow files in /usr/share/cowsay/cows:\ndefault docker whale\n")
            return 0
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
    whale = "docker" in cow or "whale" in cow
    if cow not in ("default",) and not whale:
        p.err(f"{p.name}: Could not find {cow} cowfile!\n")
        return 1
    drawing = WHALE if whale else COW.replace("{eyes}", eyes).replace("{tongue}", tongue)
    if thinking:
        drawing = drawing.replace("\\", "o", 2)
    p.out(balloon(text, width, thinking) + drawing)
    return 0


ROWS = 5
BLOCKS = {
    "A": ".##. #..# #### #..# #..#",
    "B": "###. #..# ###. #..# ###.",
    "C": ".### #... #... #... .###",
    "D": "###. #..# #..# #..# ###.",
    "E": "#### #... ###. #... ####",
    "F": "#### #... ###. #... #...",
    "G": ".### #... #.## #..# .###",
    "H": "#..# #..# #### #..# #..#",
    "I": "### .#. .#. .#. ###",
    "J": "..## ...# ...# #..# .##.",
    "K": "#..# #.#. ##.. #.#. #..#",
    "L": "#... #... #... #... ####",
    "M": "#...# ##.## #.#.# #...# #...#",
    "N": "#...# ##..# #.#.# #..## #...#",
    "O": ".##. #..# #..# #..# .##.",
    "P": "###. #..# ###. #... #...",
    "Q": ".##. #..# #..# #.#. .#.#",
    "R": "###. #..# ###. #.#. #..#",
    "S": ".### #... .##. ...# ###.",
    "T": "##### ..#.. ..#.. ..#.. ..#..",
    "U": "#..# #..# #..# #..# .##.",
    "V": "#...# #...# .#.#. .#.#. ..#..",
    "W": "#...# #...# #.#.# ##.## #...#",
    "X": "#...# .#.#. ..#.. .#.#. #...#",
    "Y": "#...# .#.#. ..#.. ..#.. ..#..",
    "Z": "##### ...#. ..#.. .#... #####",
    "0": ".##. #..# #..# #..# .##.",
    "1": ".#. ##. .#. .#. ###",
    "2": "###. ...# .##. #... ####",
    "3": "###. ...# .##. ...# ###.",
    "4": "#..# #..# #### ...# ...#",
    "5": "#### #... ###. ...# ###.",
    "6": ".##. #... ###. #..# .##.",
    "7": "#### ...# ..#. .#.. .#..",
    "8": ".##. #..# .##. #..# .##.",
    "9": ".##. #..# .### ...# .##.",
    "!": "# # # . #",
    "?": "##. ..# .#. ... .#.",
    ".": ". . . . #",
    ",": ".. .. .. .# #.",
    "-": "... ... ### ... ...",
    "'": "# # . . .",
    ":": ". # . # .",
    " ": ".. .. .. .. ..",
}


def figlet(p: Process) -> Steps:
    """``figlet [-w columns] [message]``, in one block font of our own."""
    words, width = p.argv[1:], 80
    while words and words[0].startswith("-") and len(words[0]) > 1:
        word = words.pop(0)
        if word in ("-w", "-f", "-d") and words:
            value = words.pop(0)
            width = int(value) if word == "-w" and value.isdigit() else width
    text = " ".join(words) if words else (yield from p.read_all(0)).decode(errors="replace")
    for line in text.splitlines():
        for part in _wrapped(line, width):
            p.out(banner(part))
    return 0


def _wrapped(line: str, width: int) -> list[str]:
    parts, current = [], ""
    for word in line.split():
        longer = f"{current} {word}".strip()
        if current and _width(longer) > width:
            parts.append(current)
            current = word
        else:
            current = longer
    return [*parts, current]


def _rows(character: str) -> list[str]:
    return BLOCKS.get(character.upper(), BLOCKS["?"]).split(" ")


def _width(text: str) -> int:
    return sum(len(_rows(character)[0]) + 1 for character in text)


def banner(text: str) -> str:
    """``text`` in large letters."""
    rows = ["" for _ in range(ROWS)]
    for character in text:
        for at, row in enumerate(_rows(character)):
            rows[at] += row.replace(".", " ") + " "
    return "".join(f"{row.rstrip()}\n" for row in rows) + "\n"


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
