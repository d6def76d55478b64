"""The program ``curl``."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.network.curl.options import Options, read_words
from dockersim.userland.programs.network.curl.report import VERSION
from dockersim.userland.programs.network.curl.transfer import Transfer
from dockersim.userland.programs.network.url import Failure


def curl(p: Process) -> Steps:
    """``curl [options...] <url>``: exit codes 2, 3, 6, 7, 22, 23, 26, 28, 47, 52, 56."""
    options = Options()
    complaint = read_words(p.argv[1:], options)
    if complaint:
        p.err(f"curl: {complaint}\ncurl: try 'curl --help' or 'curl --manual' for more information\n")
        return 2
    if options.has("version"):
        p.out(f"curl {VERSION} (x86_64-pc-linux-gnu) libcurl/{VERSION} OpenSSL/3.0.13 zlib/1.3\n")
        p.out("Release-Date: 2023-12-06, security patched: 8.5.0-2ubuntu10.6\nProtocols: http https\n")
        return 0
    if options.has("help"):
        p.out("Usage: curl [options...] <url>\n -d, --data <data>           Send this in a POST\n")
        p.out(
            " -f, --fail                  No output for statuses from 400\n -I, --head                  Headers only\n"
        )
        p.out(" -o, --output <file>         Write to a file\n -s, --silent                No progress, no errors\n")
        return 0
    if not options.urls:
        p.err("curl: (2) no URL specified\ncurl: try 'curl --help' or 'curl --manual' for more information\n")
        return 2
    if options.sends_standard_input:
        options.standard_input = yield from p.read_all(0)
    status = 0
    for number, url in enumerate(options.urls):
        try:
            status = yield from _with_retries(p, options, url, number)
        except Failure as failure:
            if not options.has("silent") or options.has("show-error"):
                p.err(f"curl: ({failure.code}) {failure.message}\n")
            status = failure.code
    return status


def _with_retries(p: Process, options: Options, url: str, number: int) -> Generator[Any, Any, int]:
    retries = int(options.get("retry", "0")) if options.get("retry", "0").isdigit() else 0
    pause = 1.0
    while True:
        try:
            return (yield from Transfer(p, options, url, number).run())
        except Failure as failure:
            again = failure.code in (28,) or (
                failure.code == 7 and (options.has("retry-connrefused") or options.has("retry-all-errors"))
            )
            again = again or (options.has("retry-all-errors") and failure.code in (6, 22, 52, 56))
            if not again or not retries:
                raise
            delay = options.seconds("retry-delay") if "retry-delay" in options.values else pause
            if not options.has("silent"):
                p.err(
                    f"Warning: Problem : {_problem(failure.code)}. Will retry in {delay:g} seconds. "
                    f"{retries} {'retries' if retries > 1 else 'retry'} left.\n"
                )
            yield from p.sleep(delay)
            pause = min(pause * 2, 600)
            retries -= 1


def _problem(code: int) -> str:
    return {28: "timeout", 7: "connection refused"}.get(code, "(retrying all errors)")
