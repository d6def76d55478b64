"""Generated scripts: words, expansions, redirections and commands that both sides have (builtins, cat, wc, mkdir).

They grow from a seeded source of chance rather than from Hypothesis' own choices, whose scripts resemble each other.
"""

# ruff: noqa: E501 - a shell program on one line is easier to read than one that is wrapped

from __future__ import annotations

from random import Random

from hypothesis import strategies as st

NAMES = "a b c x y".split()
PLAIN = "foo bar 1 0 -n a.b x:y file.txt o *.txt [ab].txt d?r - ~ \\* = a=b".split()
QUOTED = ["'s q'", "'$a'", '"d  q"', "''", '""', "'*'", '"a\\"b"', "\\ ", "'\\\\'", "\\$a"]
PATTERNS = ["*", "a*", "?", "*o", "[a-c]", "[!a]*", "f??", "'*'", "\\*", "o*r", "''"]
NUMBERS = "0 1 2 7 -3 010 0x1F 99999999999".split()
TEXTS = [
    "one two", " lead", "a:b:c", "x  y ", "p*q", "line1\nline2", "", "::", "tab\tx", "back\\slash", "*.txt", " : a", "-n x"
]  # fmt: skip
OPERATORS = "+ - * / % << >> & | ^ && || < <= > >= == !=".split()
SEPARATORS = ["''", ":", "' '", "o", "': '", "' :x'"]
SETTINGS = [
    "",
    "",
    "set -e",
    "set -u",
    "set -f",
    "trap 'echo bye $?' EXIT",
    "IFS=:",
    "set -- 'p q' r",
    "set -- '' ' x'",
]
ARITHMETIC = [
    "({0} {1} {2})",
    "{0} {1} {2}",
    "-({0}) {1} {2}",
    "!{0} {1} ~{2}",
    "({0}) ? 7 : {0}",
    "(n = {2})",
    "(n += {0})",
]


class Writer:
    """Writes scripts with ``chance``."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance
        self.pick = chance.choice

    def some(self, depth: int, most: int = 4) -> str:
        return " ".join(self.word(depth) for _ in range(self.chance.randint(0, most)))

    def arithmetic(self, depth: int = 2) -> str:
        if depth == 0 or self.chance.random() < 0.4:
            return self.pick([*NUMBERS, "a", "$#", "$#", "n", "${#x}"])
        form = self.pick(ARITHMETIC)
        return form.format(self.arithmetic(depth - 1), self.pick(OPERATORS), self.arithmetic(depth - 1))

    def expansion(self, depth: int) -> str:
        name, kind = self.pick(NAMES), self.chance.randint(0, 9)
        if kind < 3:
            return self.pick([f"${name}", f"${{{name}}}", "$1", "$2", "$#", "$?", "$*", "$@", f"${{#{name}}}"])
        if kind < 5:
            operand = self.word(depth - 1) if depth else self.pick(PLAIN)
            return f"${{{name}{self.pick('- :- = := + :+'.split())}{operand}}}"
        if kind < 7:
            return f"${{{name}{self.pick('# ## % %%'.split())}{self.pick(PATTERNS)}}}"
        if kind == 7:
            return f"$(({self.arithmetic()}))"
        if depth and kind == 8:
            return f"$( {self.command(depth - 1)})"
        return self.pick(['"$@"', '"$*"', '"$1"', f'"${{{name}}}"', f'"${name}-"'])

    def word(self, depth: int = 1) -> str:
        pieces = []
        for _ in range(self.chance.randint(1, 3)):
            kind = self.chance.random()
            piece = self.pick(PLAIN) if kind < 0.3 else self.pick(QUOTED) if kind < 0.5 else self.expansion(depth)
            if piece.startswith("$") and not set("\"'\n") & set(piece) and self.chance.random() < 0.3:
                piece = f'"{piece}"'
            pieces.append(piece)
        return "".join(pieces)

    def simple(self, depth: int) -> str:
        name, words, chance = self.pick(NAMES), self.some(depth), self.chance
        forms = [
            f"echo {words}", f"printf '<%s>' {words}; echo", f'for w in {words}; do echo "[$w]"; done', f"set -- {words}",
            f"{name}={self.word(depth)}", f'{name}={self.word(depth)}; echo "${name}"', f"echo {words} > out{name}",
            f"echo {words} >> out{name}", "cat a.txt", "cat outa 2>/dev/null || echo none", "false", "true", ":",
            f"(exit {chance.randint(0, 3)})", f"unset {name}", "shift 2>/dev/null || :", f"f {words}",
            f"test {self.word(0)} = {self.word(0)} 2>/dev/null", f"[ -n {self.word(0)} ] 2>/dev/null",
            f"echo $(({self.arithmetic()}))", f'read {name} y < a.txt; echo "${name}|$y"', f"IFS={self.pick(SEPARATORS)}",
            f"printf '%s\\n' \"$a\" | while read {name} y; do echo \"<${name}|$y>\"; done", f"export {name}={self.word(depth)}",
            f"eval 'echo {self.word(0)}' 2>/dev/null", f"cat <<E\n{self.pick(TEXTS)}${name} {self.expansion(0)} $((1+1)) `echo q`\nE\n",
            f"echo {words} | wc -l", f"echo {words} | cat", f"mkdir -p d{name} && echo d*", "cd dir; echo *; cd ..",
            f'f() {{ local v=$1; echo "f$#:$v"; return {chance.randint(0, 4)}; }}', f"set {self.pick('-f +f -u +u -e +e'.split())}",
            f"printf '%d %s|' {self.pick(NUMBERS)} {self.pick(PLAIN)}; echo", f"while getopts ab: {name} {words}; do echo ${name}; done 2>/dev/null",
            f"{name}={self.pick(PLAIN)} f {words}", f"case {self.word(0)} in {self.pick(PATTERNS)}|{self.pick(PATTERNS)}) echo m;; *) echo n;; esac",
        ]  # fmt: skip
        return self.pick(forms)

    def command(self, depth: int = 2) -> str:
        if depth <= 0 or self.chance.random() < 0.3:
            return self.simple(min(depth, 1))
        one, two = (
            text + ("" if text.endswith("\n") else "\n") for text in (self.command(depth - 1), self.command(depth - 1))
        )
        jump = self.pick(["break", "continue", "exit 4"] if self.chance.random() < 0.2 else ["break", "continue"])
        forms = [
            f"{one}{two}", f"{{ {one}}} && {{ {two}}}", f"{{ {one}}} || {{ {two}}}", f"if {one}then {two}fi",
            f"if {one}then {two}else echo no; fi", f"( {one}{two})", f"{{ {one}}} > out{self.pick(NAMES)} 2>/dev/null; cat out*",
            f'for i in {self.word(0)} 2; do {one}echo "i$i"; done', f"for i in 1 2 3; do [ $i = 2 ] && {jump}; {one}done",
            f"k=0; while [ $k -lt 2 ]; do k=$((k+1)); {one}done", f"case {self.word(0)} in {self.pick(PATTERNS)}) {one};; *) {two};; esac",
            f"! {{ {one}}}; echo $?", f"{{ {one}}} | cat; echo $?", f'x=$( {one}); echo "$x" $?', f"g() {{ {one}}}; g {self.some(0)}; echo $?",
        ]  # fmt: skip
        return self.pick(forms)

    def script(self) -> str:
        lines = [self.pick(SETTINGS)]
        lines += [f"{self.pick(NAMES)}='{self.pick(TEXTS)}'" for _ in range(self.chance.randint(0, 3))]
        lines += [
            'f() { echo "f:$*"; }',
            *(self.command() for _ in range(self.chance.randint(1, 4))),
            'echo "end $? $#"',
        ]
        return "\n".join(lines) + "\n"


def scripts() -> st.SearchStrategy[str]:
    """Scripts, each from its own seed."""
    return st.integers(0, 1 << 48).map(lambda seed: Writer(Random(seed)).script())
