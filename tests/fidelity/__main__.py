"""``python -m tests.fidelity [TOPIC ...] [-k REGEX] [-v] [--json] [--update]``: the fidelity report.

New cases come from a real engine: ``record`` runs chosen commands, ``convert`` keeps what is compared, and ``fuzz``
types random lines beside an engine to find commands that are worth recording.
"""

from __future__ import annotations

import argparse
import json
import re
import sys

from tests.fidelity.case import topics
from tests.fidelity.replay import replay, sessions
from tests.fidelity.report import HERE, Verdict, judge, reasons, row, table


def main() -> int:
    """Replay, compare, print."""
    options = _options()
    chosen = options.topics or topics()
    verdicts: dict[str, list[Verdict]] = {topic: [] for topic in chosen}
    for members in sessions().values():
        if not set(members) & set(chosen):
            continue
        last = max(members.index(topic) for topic in chosen if topic in members)
        for case, outcome in replay(members[: last + 1]):
            if case.topic in verdicts and (not options.k or re.search(options.k, case.id)):
                verdicts[case.topic].append(judge(case, outcome))
    if options.update:
        _update(verdicts)
    if options.json:
        _print_json(verdicts)
    else:
        _print(verdicts, options.verbose, options.http)
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.fidelity", description="Compare the simulator with a record."
    )
    parser.add_argument("topics", nargs="*", metavar="TOPIC", choices=[[], *topics()])
    parser.add_argument("-k", metavar="REGEX", help="only cases whose topic/name matches")
    parser.add_argument("-v", "--verbose", action="store_true", help="show each difference")
    parser.add_argument("--http", action="store_true", help="list cases that differ on the wire only, too")
    parser.add_argument("--json", action="store_true", help="one JSON object a case")
    parser.add_argument("--update", action="store_true", help="write down which cases are equal now")
    return parser.parse_args()


def _print(verdicts: dict[str, list[Verdict]], verbose: bool, http: bool) -> None:
    rows = []
    for topic, found in verdicts.items():
        if not found:
            continue
        for one in found:
            if not one.all_equal or (http and not one.equal("http")):
                reason = reasons().get(one.case.id, "")
                print(f"{one.case.id}: {', '.join(one.differences)}" + (f" -- {reason}" if reason else ""))
                if verbose:
                    print(one.diff())
        rows.append(row(topic, found))
    rows.append(row("all", [one for found in verdicts.values() for one in found]))
    print(table(rows))


def _print_json(verdicts: dict[str, list[Verdict]]) -> None:
    for found in verdicts.values():
        for one in found:
            value = {"case": one.case.id, "equal": one.all_equal, "differences": one.differences}
            print(json.dumps({**value, "reason": reasons().get(one.case.id, "")}))


def _update(verdicts: dict[str, list[Verdict]]) -> None:
    """Keep what is written of other topics; replace what is of these."""
    path = HERE / "equal.txt"
    kept = [line for line in path.read_text().splitlines() if line.partition("/")[0] not in verdicts]
    made = [
        one.case.id + (" http" if one.equal("http") else "")
        for found in verdicts.values()
        for one in found
        if one.all_equal
    ]
    path.write_text("".join(f"{line}\n" for line in sorted([*kept, *made])))


if __name__ == "__main__":
    sys.exit(main())
