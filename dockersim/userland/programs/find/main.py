"""The program ``find``."""

from __future__ import annotations

from dockersim.userland.process import Process
from dockersim.userland.programs.find.expression import Expression
from dockersim.userland.programs.find.found import BadExpression, and_, sure
from dockersim.userland.programs.support import Steps


def find(p: Process) -> Steps:
    """``find [-H|-L|-P] [path ...] [expression]``; 1 where something could not be looked at."""
    words = p.argv[1:]
    follow = False
    while words and words[0] in ("-H", "-L", "-P"):
        follow = words.pop(0) == "-L"
    at = next((i for i, word in enumerate(words) if word.startswith("-") or word in ("!", "(", ")")), len(words))
    paths, expression = words[:at] or ["."], words[at:]
    search = Expression(p, expression)
    search.follow = follow
    try:
        test = search.expression() if expression else sure(lambda one: True)
    except BadExpression as error:
        return p.fail(str(error))
    if not search.acts:
        show = search.p_print("-print")
        test = and_(test, show)
    for path in paths:
        yield from search.walk(path, path, 0, test, None)
    yield from search.finish()
    return search.status
