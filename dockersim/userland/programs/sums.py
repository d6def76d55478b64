"""Checksums and base64."""

from __future__ import annotations

import base64 as codec
import binascii
import hashlib
import re

from dockersim.userland.files import OpenFile
from dockersim.userland.process import Process
from dockersim.userland.programs.options import extra_operand, is_busybox, parse, quoted
from dockersim.userland.programs.support import CHUNK, Inputs, Steps, split_lines

PER_BYTE = 4e-9


def _sum(algorithm: str) -> object:
    def main(p: Process) -> Steps:
        options = parse(
            p,
            "cswb" if is_busybox(p) else "bctwz",
            "check=c binary=b text=t tag quiet status=s strict warn=w ignore-missing zero=z",
        )
        inputs = Inputs(p, options.operands, busybox="can't open 'NAME': WHY")
        if "c" in options:
            return (yield from _check(p, algorithm, inputs, options.any("s"), "quiet" in options))

        def one(name: str, file: OpenFile) -> Steps:
            digest = yield from _digest(p, algorithm, file)
            if "tag" in options:
                p.out(f"{algorithm.upper()} ({name}) = {digest}\n")
            else:
                p.out(f"{digest} {'*' if 'b' in options and not is_busybox(p) else ' '}{name}\n")

        yield from inputs.each(one)
        return inputs.status

    return main


def _digest(p: Process, algorithm: str, file: OpenFile) -> Steps:
    state = hashlib.new(algorithm, usedforsecurity=False)
    while chunk := (yield from p.read(file, CHUNK)):
        state.update(chunk)
        if p.charge(len(chunk) * PER_BYTE):
            yield from p.pay()
    return state.hexdigest()


def _check(p: Process, algorithm: str, inputs: Inputs, silent: bool, quiet: bool) -> Steps:
    data = yield from inputs.content()
    bad = missing = 0
    good = False
    for line in split_lines(data):
        found = re.fullmatch(r"([0-9a-fA-F]{32,}) [ *](.+)", line.decode("utf-8", "surrogateescape"))
        if found is None:
            continue
        good = True
        name = found[2]
        other = Inputs(p, [name], busybox="can't open 'NAME': WHY")
        file = other.open(name)
        if file is None:
            missing += 1
            if not silent:
                p.out(f"{name}: FAILED{'' if is_busybox(p) else ' open or read'}\n")
            continue
        matches = (yield from _digest(p, algorithm, file)) == found[1].lower()
        file.release()
        bad += not matches
        if not silent and not (quiet and matches):
            p.out(f"{name}: {'OK' if matches else 'FAILED'}\n")
    if not good:
        return p.fail(f"{inputs.names[0]}: no properly formatted checksum lines found")
    if is_busybox(p):
        if bad + missing and not silent:
            total = len(split_lines(data))
            p.fail(f"WARNING: {bad + missing} of {total} computed checksums did NOT match")
    else:
        if missing and not silent:
            plural = "s" if missing > 1 else ""
            p.fail(f"WARNING: {missing} listed file{plural} could not be read")
        if bad and not silent:
            p.fail(f"WARNING: {bad} computed checksum{'s' if bad > 1 else ''} did NOT match")
    return 1 if bad or missing else inputs.status


md5sum = _sum("md5")
sha1sum = _sum("sha1")
sha224sum = _sum("sha224")
sha256sum = _sum("sha256")
sha384sum = _sum("sha384")
sha512sum = _sum("sha512")


def _crc_table() -> list[int]:
    table = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1 ^ 0x04C11DB7 if value & 0x80000000 else value << 1) & 0xFFFFFFFF
        table.append(value)
    return table


def cksum(p: Process) -> Steps:
    options = parse(p, "", "")
    inputs = Inputs(p, options.operands)
    table = _crc_table()

    def one(name: str, file: OpenFile) -> Steps:
        crc = size = 0
        while chunk := (yield from p.read(file, CHUNK)):
            size += len(chunk)
            for byte in chunk:
                crc = (crc << 8 & 0xFFFFFFFF) ^ table[crc >> 24 ^ byte]
        rest = size
        while rest:
            crc = (crc << 8 & 0xFFFFFFFF) ^ table[crc >> 24 ^ rest & 0xFF]
            rest >>= 8
        p.out(f"{crc ^ 0xFFFFFFFF} {size}{'' if name == '-' and not options.operands else ' ' + name}\n")

    yield from inputs.each(one)
    return inputs.status


def _based(encode_all: object, decode_all: object, alphabet: bytes) -> object:
    def main(p: Process) -> Steps:
        options = parse(p, "diw:", "decode=d ignore-garbage=i wrap:=w")
        if len(options.operands) > 1:
            extra_operand(p, options.operands[1])
        if not options.get("w", "76").isdigit():
            return p.fail(f"invalid wrap size: {quoted(options.get('w'))}")
        name = options.operands[0] if options.operands else "-"
        inputs = Inputs(p, [name])
        file = inputs.open(name)
        if file is None:
            return inputs.status
        data = yield from p.read_all(file)
        file.release()
        if "d" in options:
            clean = bytes(byte for byte in data if byte in alphabet) if "i" in options else data.replace(b"\n", b"")
            try:
                p.out(decode_all(clean))  # type: ignore[operator]
            except binascii.Error:
                good = re.match(rb"[A-Za-z0-9+/]*", clean)
                whole = good[0][: len(good[0]) // 4 * 4] if good else b""
                p.out(codec.b64decode(whole) if alphabet[26:27] == b"a" else b"")
                return p.fail("truncated input" if is_busybox(p) else "invalid input")
            return 0
        text = encode_all(data)  # type: ignore[operator]
        width = int(options.get("w", "76"))
        if not width:
            p.out(text)
        else:
            p.out(b"".join(text[at : at + width] + b"\n" for at in range(0, len(text), width)))
        return 0

    return main


BASE64 = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
base64 = _based(codec.b64encode, lambda data: codec.b64decode(data, validate=True), BASE64)
base32 = _based(codec.b32encode, codec.b32decode, b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567=")
