"""The programs ``psql`` and ``createdb``."""

from __future__ import annotations

from dockersim.userland.process import Process, Steps
from dockersim.userland.programs.servers.sql.postgres import full_version
from dockersim.userland.programs.servers.sql.psql.options import from_url, last, login, read_words
from dockersim.userland.programs.servers.sql.psql.session import Psql, Unconnected


def psql(p: Process) -> Steps:
    """``psql [-h host] [-p port] [-U user] [-d db] [-c command] [-f file] [-l] [-t] [-A]``."""
    options: dict[str, list[str]] = {}
    operands: list[str] = []
    problem = read_words(p.argv[1:], options, operands)
    if problem:
        p.err(f'psql: {problem}\npsql: hint: Try "psql --help" for more information.\n')
        return 1
    if "version" in options:
        p.out(f"psql (PostgreSQL) {full_version(p)}\n")
        return 0
    if operands and operands[0].startswith(("postgres://", "postgresql://")):
        from_url(operands.pop(0), options, p.env)
    user = last(options, "username", operands[1] if len(operands) > 1 else p.env.get("PGUSER", login(p)))
    fallback = "postgres" if "list" in options else operands[0] if operands else p.env.get("PGDATABASE", user)
    psql_ = Psql(p, options, user, last(options, "dbname", fallback))
    try:
        yield from psql_.connect()
    except Unconnected as problem_:
        p.err(f"psql: error: {problem_}\n")
        return 2
    return (yield from psql_.run())


def createdb(p: Process) -> Steps:
    """``createdb [-h host] [-U user] name``."""
    options: dict[str, list[str]] = {}
    operands: list[str] = []
    read_words(p.argv[1:], options, operands)
    user = last(options, "username", p.env.get("PGUSER", login(p)))
    run = Psql(p, options | {"quiet": [""]}, user, "postgres")
    try:
        yield from run.connect()
    except Unconnected as unconnected:
        p.err(f"createdb: error: {unconnected}\n")
        return 1
    yield from run.ask(f'CREATE DATABASE "{operands[0] if operands else user}"')
    return 1 if run.failed else 0
