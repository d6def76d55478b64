"""od, hexdump, xxd, strings: bytes made visible."""

from __future__ import annotations

import re
import struct

from dockersim.fs import FsError
from dockersim.userland.process import Process
from dockersim.userland.programs.options import Options, parse, quoted
from dockersim.userland.programs.support import Inputs, Steps, open_input, size_suffix

NAMES = (
    "nul soh stx etx eot enq ack bel bs ht nl vt ff cr so si "
    "dle dc1 dc2 dc3 dc4 nak syn etb can em sub esc fs gs rs us sp".split()
)
ESCAPED = {0: "\\0", 7: "\\a", 8: "\\b", 9: "\\t", 10: "\\n", 11: "\\v", 12: "\\f", 13: "\\r"}
WIDTHS = {("o", 1): 3, ("o", 2): 6, ("o", 4): 11, ("o", 8): 22, ("x", 1): 2, ("x", 2): 4, ("x", 4): 8, ("x", 8): 16}
SIGNED = {1: 4, 2: 6, 4: 11, 8: 20}
UNSIGNED = {1: 3, 2: 5, 4: 10, 8: 20}
CODES = {1: "b", 2: "h", 4: "i", 8: "q"}


def _cell(kind: str, size: int, piece: bytes) -> tuple[str, int]:
    """One unit as text, and the width of its column."""
    if kind == "a":
        byte = piece[0] & 127
        return (NAMES[byte] if byte < 33 else "del" if byte == 127 else chr(byte)), 3
    if kind == "c":
        byte = piece[0]
        return ESCAPED.get(byte) or (chr(byte) if 32 <= byte < 127 else f"{byte:03o}"), 3
    piece = piece.ljust(size, b"\0")
    if kind == "f":
        value = struct.unpack("<f" if size == 4 else "<d", piece)[0]
        return f"{value:.{8 if size == 4 else 17}g}", 15 if size == 4 else 24
    number = struct.unpack("<" + (CODES[size] if kind == "d" else CODES[size].upper()), piece)[0]
    if kind == "d":
        return str(number), SIGNED[size]
    if kind == "u":
        return str(number), UNSIGNED[size]
    width = WIDTHS[kind, size]
    return f"{number:0{width}{kind}}", width


OD_SHORT = {
    "a": "a",
    "b": "o1",
    "c": "c",
    "d": "u2",
    "o": "o2",
    "s": "d2",
    "x": "x2",
    "i": "d4",
    "l": "d8",
    "f": "fF",
    "h": "x2",
}
SIZES = {"C": 1, "S": 2, "I": 4, "L": 8, "F": 4, "D": 8}


def od(p: Process) -> Steps:
    options = parse(
        p,
        "abcdfhilosxvA:j:N:t:w::",
        "address-radix:=A skip-bytes:=j read-bytes:=N format:=t output-duplicates=v width?=w",
    )
    formats: list[tuple[str, int, bool]] = []
    for key, value in options.given:
        text = OD_SHORT.get(key) or (value if key == "t" else "")
        while text:
            found = re.match(r"([acdfoux])(\d+|[CSILFD])?(z?)", text)
            if found is None:
                return p.fail(f"invalid character '{text[0]}' in type string {quoted(value)}")
            size = SIZES.get(found[2] or "") or int(
                found[2] or (1 if found[1] in "ac" else 8 if found[1] == "f" else 4)
            )
            if found[1] in "oxud" and size not in CODES:
                return p.fail(
                    f"invalid type string {quoted(value)};\nthis system doesn't provide a {size}-byte integral type"
                )
            formats.append((found[1], size, bool(found[3])))
            text = text[found.end() :]
    formats = formats or [("o", 2, False)]
    inputs = Inputs(p, options.operands)
    data = yield from inputs.content()
    skip = size_suffix(options.get("j", "0")) or 0
    data = data[skip:]
    if "N" in options:
        data = data[: size_suffix(options.get("N")) or 0]
    width = int(options.get("w") or 32) if "w" in options else 16
    _od_lines(p, data, skip, formats, width, options)
    return inputs.status


def _address(radix: str, value: int) -> str:
    return (
        ""
        if radix == "n"
        else f"{value:07{ {'o': 'o', 'd': 'd', 'x': 'x'}[radix] }}"
        if radix != "x"
        else f"{value:06x}"
    )


def _od_lines(
    p: Process, data: bytes, skip: int, formats: list[tuple[str, int, bool]], width: int, options: Options
) -> None:
    radix = options.get("A", "o")[:1]
    before = b""
    starred = False
    per_byte = max((_cell(kind, size, b"\0" * size)[1] + 1) / size for kind, size, _ in formats)
    for at in range(0, len(data), width):
        block = data[at : at + width]
        if block == before and len(block) == width and "v" not in options:
            if not starred:
                p.out("*\n")
                starred = True
            continue
        before, starred = block, False
        for number, (kind, size, text) in enumerate(formats):
            column = round(per_byte * size)
            cells = [f"{_cell(kind, size, block[i : i + size])[0]:>{column}}" for i in range(0, len(block), size)]
            address = _address(radix, skip + at)
            line = (address if not number else " " * len(address)) + "".join(cells)
            if text:
                shown = "".join(chr(b) if 32 <= b < 127 else "." for b in block)
                line += " " * (column * ((width - len(block)) // size)) + f"  >{shown}<"
            p.out(line + "\n")
    if radix != "n":
        p.out(_address(radix, skip + len(data)) + "\n")


def hexdump(p: Process) -> Steps:
    options = parse(p, "bcCdoxve:f:n:s:", "canonical=C length:=n skip:=s no-squeezing=v")
    inputs = Inputs(p, options.operands)
    data = yield from inputs.content()
    skip = int(options.get("s") or "0", 0)
    data = data[skip:]
    if "n" in options:
        data = data[: size_suffix(options.get("n")) or 0]
    kind = options.last("b c C d o x") or ("C" if p.name == "hd" else "x" if "x" in options else "")
    before, starred = b"", False
    for at in range(0, len(data), 16):
        block = data[at : at + 16]
        if block == before and len(block) == 16 and "v" not in options:
            if not starred:
                p.out("*\n")
                starred = True
            continue
        before, starred = block, False
        p.out(_hexdump_line(kind, skip + at, block) + "\n")
    if data:
        end = skip + len(data)
        p.out(f"{end:08x}\n" if kind == "C" else f"{end:07x}\n")
    return inputs.status


def _hexdump_line(kind: str, at: int, block: bytes) -> str:
    if kind == "C":
        halves = [" ".join(f"{b:02x}" for b in block[i : i + 8]) for i in (0, 8)]
        shown = "".join(chr(b) if 32 <= b < 127 else "." for b in block)
        return f"{at:08x}  {halves[0]:<23}  {halves[1]:<23}  |{shown}|"
    if kind in ("b", "c"):
        cells = [f"{_cell('o' if kind == 'b' else 'c', 1, block[i : i + 1])[0]:>3}" for i in range(len(block))]
        return f"{at:07x} " + " ".join(cells + ["   "] * (16 - len(block)))
    units = [int.from_bytes(block[i : i + 2], "little") for i in range(0, len(block), 2)]
    form = {"d": "  {:05d}", "o": " {:06o}", "x": "   {:04x}"}.get(kind, "{:04x}")
    if kind:
        wide = 7
        cells = [form.format(unit) for unit in units]
        return f"{at:07x} " + " ".join(cells + [" " * wide] * (8 - len(units)))
    return f"{at:07x} " + " ".join([form.format(unit) for unit in units] + ["    "] * (8 - len(units)))


hd = hexdump


def xxd(p: Process) -> Steps:
    options = parse(p, "bipruc:g:l:s:o:e", "plain=p postscript=p revert=r cols:=c len:=l seek:=s groupsize:=g bits=b")
    name = options.operands[0] if options.operands else "-"
    try:
        file = open_input(p, name)
    except FsError as error:
        return p.fail(f"{name}: {error.strerror}", 1 if p.flavour == "busybox" else 2)
    data = yield from p.read_all(file)
    file.release()
    if "r" in options:
        p.out(_reverted(data, "p" in options))
        return 0
    skip = int(options.get("s") or "0", 0)
    data = data[skip:]
    if "l" in options:
        data = data[: int(options.get("l"), 0)]
    form = "X" if "u" in options else "x"
    if "p" in options:
        width = int(options.get("c") or 30) or 1 << 30
        lines = [data[at : at + width].hex() for at in range(0, len(data), width)]
        p.out("".join((line.upper() if form == "X" else line) + "\n" for line in lines))
        return 0
    bits = "b" in options
    width = int(options.get("c") or (6 if bits else 16))
    if "i" in options:
        cells = [f"0x{byte:02{form}}" for byte in data]
        rows = [", ".join(cells[at : at + 12]) for at in range(0, len(cells), 12)]
        body = "  " + ",\n  ".join(rows) + "\n"
        variable = re.sub(r"\W", "_", name)
        p.out(
            body
            if name == "-"
            else f"unsigned char {variable}[] = {{\n{body}}};\nunsigned int {variable}_len = {len(data)};\n"
        )
        return 0
    group = int(options.get("g") or (1 if bits else 2)) or width
    cell = 8 if bits else 2
    room = width * cell + -(-width // group)
    for at in range(0, len(data), width):
        block = data[at : at + width]
        cells = [f"{byte:08b}" if bits else f"{byte:02{form}}" for byte in block]
        groups = ["".join(cells[i : i + group]) for i in range(0, len(cells), group)]
        shown = "".join(chr(b) if 32 <= b < 127 else "." for b in block)
        p.out(f"{skip + at:08x}: {' '.join(groups):<{room}} {shown}\n")
    return 0


def _reverted(data: bytes, plain: bool) -> bytes:
    out = bytearray()
    for line in data.decode("latin-1").splitlines():
        if plain:
            out += bytes.fromhex(re.sub(r"[^0-9a-fA-F]", "", line)[: len(re.sub(r"[^0-9a-fA-F]", "", line)) // 2 * 2])
            continue
        found = re.match(r"\s*([0-9a-fA-F]+):\s?((?:[0-9a-fA-F]+ ?)*)", line)
        if found:
            at = int(found[1], 16)
            if at > 1 << 24:
                continue
            digits = found[2].replace(" ", "")
            block = bytes.fromhex(digits[: len(digits) // 2 * 2])
            out.extend(b"\0" * (at - len(out)))
            out[at : at + len(block)] = block
    return bytes(out)


def strings(p: Process) -> Steps:
    options = parse(p, "an:t:fo", "all=a bytes:=n radix:=t print-file-name=f")
    least = int(options.get("n") or 4)
    inputs = Inputs(p, options.operands)
    for name in inputs.names:
        file = inputs.open(name)
        if file is None:
            continue
        data = yield from p.read_all(file)
        file.release()
        for found in re.finditer(rb"[\t -~]{%d,}" % max(1, least), data):
            place = {"d": f"{found.start():>7} ", "x": f"{found.start():>7x} ", "o": f"{found.start():>7o} "}
            prefix = (f"{name}: " if "f" in options else "") + place.get(options.get("t"), "")
            p.out(prefix.encode() + found[0] + b"\n")
    return inputs.status
