"""From awk's syntax tree to Python: each rule and function becomes one Python function.

Generated code refers to the runtime ``rt`` and its helpers, to variables as ``v_name``, and holds constants only as
literals. A function that may have to wait is a generator function.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from dockersim.userland.programs.awklang import BadProgram, Node, Parser

SPECIAL = frozenset("NR FNR NF FS OFS ORS RS SUBSEP CONVFMT OFMT RSTART RLENGTH FILENAME ENVIRON ARGC ARGV".split())
ARRAYS = ("ENVIRON", "ARGV")
WAITING = ("system", "close", "fflush")


class Generator:
    """Makes the Python source of a program."""

    def __init__(self, program: Parser) -> None:
        self.program = program
        self.lines: list[str] = []
        self.local: dict[str, bool] = {}
        self.arrays: set[tuple[str, str]] = {("", name) for name in ARRAYS}
        self.waiting: set[str] = set()
        self.globals: set[str] = set()
        self.temporaries = 0
        self.in_function = ""
        self._infer()

    # ---- what is an array, what may wait

    def _infer(self) -> None:
        functions = self.program.functions
        bodies: list[tuple[str, Any]] = [(name, body) for name, (_, body) in functions.items()]
        bodies += [("", [rule]) for rule in self.program.rules]
        changed = True
        while changed:
            before = len(self.arrays), len(self.waiting)
            for owner, body in bodies:
                parameters = functions[owner][0] if owner else []
                for node in _walk(body):
                    self._infer_node(owner, parameters, node)
            changed = before != (len(self.arrays), len(self.waiting))

    def _infer_node(self, owner: str, parameters: list[str], node: Node) -> None:
        kind = node[0]
        names: list[str] = []
        if kind in ("elem", "delete"):
            names = [node[1]]
        elif kind in ("in", "forin"):
            names = [node[2]]
        elif kind == "builtin" and node[1] == "split" and node[2] and len(node[2]) > 1 and node[2][1][0] == "var":
            names = [node[2][1][1]]
        elif kind == "call" and node[1] in self.program.functions:
            callee = self.program.functions[node[1]][0]
            for parameter, argument in zip(callee, node[2], strict=False):
                if (node[1], parameter) in self.arrays and argument[0] == "var":
                    names.append(argument[1])
                if argument[0] == "var" and self._is_array(owner, parameters, argument[1]):
                    self.arrays.add((node[1], parameter))
            if node[1] in self.waiting and owner:
                self.waiting.add(owner)
        if owner and (kind in ("getline", "while", "do", "for", "forin") or (kind == "builtin" and node[1] in WAITING)):
            self.waiting.add(owner)
        for name in names:
            self.arrays.add((owner if name in parameters else "", name))

    def _is_array(self, owner: str, parameters: list[str], name: str) -> bool:
        return ((owner if name in parameters else ""), name) in self.arrays

    # ---- the whole

    def source(self) -> str:
        for name, (parameters, body) in self.program.functions.items():
            self._function(name, parameters, body)
        for number, (kind, first, second, actions) in enumerate(self.program.rules):
            self.in_function = ""
            self.local = {}
            self.emit(0, f"def rule_{number}():")
            self._rule(number, kind, first, second, actions)
        # Only now all global names are known.
        declared = ", ".join(sorted(f"v_{name}" for name in self.globals))
        head = [f"v_{name} = {'Array()' if ('', name) in self.arrays else 'UNINIT'}" for name in sorted(self.globals)]
        marker = f"    global {declared}" if declared else "    pass"
        return "\n".join([*head, *(marker if line == "GLOBALS" else line for line in self.lines)]) + "\n"

    def emit(self, depth: int, text: str) -> None:
        self.lines.append("    " * depth + text)

    def _function(self, name: str, parameters: list[str], body: list[Node]) -> None:
        self.in_function = name
        self.local = {parameter: (name, parameter) in self.arrays for parameter in parameters}
        self.emit(0, f"def f_{name}({', '.join(f'l_{parameter}=None' for parameter in parameters)}):")
        self.lines.append("GLOBALS")
        for parameter, array in self.local.items():
            self.emit(1, f"if l_{parameter} is None: l_{parameter} = {'Array()' if array else 'UNINIT'}")
        self._body(1, body)
        self.emit(1, "return UNINIT")
        if name in self.waiting:
            self.emit(1, "yield")

    def _rule(self, number: int, kind: str, first: Node | None, second: Node | None, body: Any) -> None:
        self.lines.append("GLOBALS")
        depth = 1
        if kind == "range":
            assert first is not None
            assert second is not None
            self.emit(1, f"if {number} not in rt.ranges:")
            self.emit(2, f"if not ({self.cond(first)}): return")
            self.emit(2, f"rt.ranges.add({number})")
            self.emit(1, f"if {self.cond(second)}: rt.ranges.discard({number})")
        elif first is not None:
            self.emit(1, f"if {self.cond(first)}:")
            depth = 2
        if body is None:
            self.emit(depth, "rt.print_record()")
        else:
            self._body(depth, body)
        self.emit(1, "return")
        self.emit(1, "yield")

    # ---- statements

    def _body(self, depth: int, body: list[Node]) -> None:
        if not body:
            self.emit(depth, "pass")
        for node in body:
            getattr(self, "s_" + node[0])(depth, node)

    def s_block(self, depth: int, node: Node) -> None:
        self._body(depth, node[1])

    def s_expr(self, depth: int, node: Node) -> None:
        self.emit(depth, self.value(node[1]))

    def s_if(self, depth: int, node: Node) -> None:
        self.emit(depth, f"if {self.cond(node[1])}:")
        self._body(depth + 1, node[2])
        if node[3]:
            self.emit(depth, "else:")
            self._body(depth + 1, node[3])

    def s_while(self, depth: int, node: Node) -> None:
        self._loop(depth, node[1], node[2], None)

    def s_for(self, depth: int, node: Node) -> None:
        if node[1] is not None:
            getattr(self, "s_" + node[1][0])(depth, node[1])
        self._loop(depth, node[2], node[4], node[3])

    def _loop(self, depth: int, condition: Node | None, body: list[Node], step: Node | None) -> None:
        """A loop; ``continue`` must still do the step, so the step comes first in all rounds but the first."""
        first = self.temporary()
        if step is not None:
            self.emit(depth, f"{first} = True")
        self.emit(depth, "while True:")
        if step is not None:
            self.emit(depth + 1, f"if {first}: {first} = False")
            self.emit(depth + 1, "else:")
            getattr(self, "s_" + step[0])(depth + 2, step)
        if condition is not None:
            self.emit(depth + 1, f"if not ({self.cond(condition)}): break")
        self._tick(depth + 1)
        self._body(depth + 1, body)

    def _tick(self, depth: int) -> None:
        self.emit(depth, "rt.rounds += 1")
        self.emit(depth, "if not rt.rounds & 1023: yield from rt.tick()")

    def s_do(self, depth: int, node: Node) -> None:
        first = self.temporary()
        self.emit(depth, f"{first} = True")
        self.emit(depth, f"while {first} or {self.cond(node[2])}:")
        self.emit(depth + 1, f"{first} = False")
        self._tick(depth + 1)
        self._body(depth + 1, node[1])

    def s_forin(self, depth: int, node: Node) -> None:
        key = self.temporary()
        self.emit(depth, f"for {key} in list({self.array(node[2])}):")
        self.emit(depth + 1, self.assign(("var", node[1]), f"strnum({key})"))
        self._tick(depth + 1)
        self._body(depth + 1, node[3])

    def s_break(self, depth: int, node: Node) -> None:
        self.emit(depth, "break")

    def s_continue(self, depth: int, node: Node) -> None:
        self.emit(depth, "continue")

    def s_next(self, depth: int, node: Node) -> None:
        self.emit(depth, "raise Next()")

    def s_nextfile(self, depth: int, node: Node) -> None:
        self.emit(depth, "raise NextFile()")

    def s_exit(self, depth: int, node: Node) -> None:
        self.emit(depth, f"raise Exit({self.value(node[1]) if node[1] else 'None'})")

    def s_return(self, depth: int, node: Node) -> None:
        if not self.in_function:
            raise BadProgram("return", 1)
        self.emit(depth, f"return {self.value(node[1]) if node[1] else 'UNINIT'}")

    def s_delete(self, depth: int, node: Node) -> None:
        array = self.array(node[1])
        self.emit(depth, f"{array}.clear()" if node[2] is None else f"{array}.pop({self.key(node[2])}, None)")

    def s_print(self, depth: int, node: Node) -> None:
        _, arguments, mode, target = node
        text = f"rt.joined(({''.join(self.value(a) + ', ' for a in arguments)}))" if arguments else "rt.line()"
        self._write(depth, text, mode, target)

    def s_printf(self, depth: int, node: Node) -> None:
        _, arguments, mode, target = node
        if not arguments:
            raise BadProgram("printf: no arguments", 1)
        values = "".join(self.value(a) + ", " for a in arguments)
        self._write(depth, f"rt.sprintf({values})", mode, target)

    def _write(self, depth: int, text: str, mode: str, target: Node | None) -> None:
        if target is None:
            self.emit(depth, f"rt.write({text})")
        else:
            self.emit(depth, f"rt.write_to({text}, {mode!r}, to_str({self.value(target)}))")

    # ---- names

    def temporary(self) -> str:
        self.temporaries += 1
        return f"t_{self.temporaries}"

    def array(self, name: str) -> str:
        if name in self.local:
            return f"l_{name}"
        if name in SPECIAL:
            return f"rt.{name}"
        self.globals.add(name)
        return f"v_{name}"

    def key(self, items: list[Node]) -> str:
        if len(items) == 1:
            return f"to_key({self.value(items[0])})"
        return "rt.SUBSEP_().join((" + "".join(f"to_key({self.value(item)}), " for item in items) + "))"

    def assign(self, target: Node, value: str) -> str:
        """An expression that stores ``value`` and is it."""
        kind = target[0]
        if kind == "elem":
            return f"put({self.array(target[1])}, {self.key(target[2])}, {value})"
        if kind == "field":
            return f"rt.set_field({self.value(target[1])}, {value})"
        name = target[1]
        if self._is_array(self.in_function, list(self.local), name):
            raise BadProgram(name, 1)
        if name in self.local:
            return f"(l_{name} := {value})"
        if name in SPECIAL:
            return f"rt.set_special({name!r}, {value})"
        self.globals.add(name)
        return f"(v_{name} := {value})"

    # ---- expressions

    def value(self, node: Node) -> str:
        kind: str = node[0]
        made: str = getattr(self, "e_" + _METHOD.get(kind, kind))(node)
        return made

    def number(self, node: Node) -> str:
        if node[0] in ("number", "arith", "incr"):
            return self.value(node)
        return f"to_num({self.value(node)})"

    def cond(self, node: Node) -> str:
        """A Python truth."""
        kind = node[0]
        if kind == "group":
            return f"({self.cond(node[1])})"
        if kind in ("&&", "||"):
            return f"({self.cond(node[1])} {'and' if kind == '&&' else 'or'} {self.cond(node[2])})"
        if kind == "unary" and node[1] == "!":
            return f"(not {self.cond(node[2])})"
        if kind == "compare":
            return f"(compare({self.value(node[2])}, {self.value(node[3])}) {node[1]} 0)"
        if kind == "match":
            return f"({self.regex(node[3])}.search(to_str({self.value(node[2])})) is {'' if node[1] else 'not '}None)"
        if kind == "regex":
            return f"({self.regex(node)}.search(rt.record()) is not None)"
        if kind == "in":
            return f"({self.key(node[1])} in {self.array(node[2])})"
        return f"truth({self.value(node)})"

    def regex(self, node: Node) -> str:
        return f"rt.regex({node[1]!r})" if node[0] == "regex" else f"rt.regex(to_str({self.value(node)}))"

    def e_number(self, node: Node) -> str:
        text = repr(node[1])
        return text if text not in ("inf", "nan") else f"float({text!r})"

    def e_string(self, node: Node) -> str:
        return repr(node[1])

    def e_bool(self, node: Node) -> str:
        return f"(1.0 if {self.cond(node)} else 0.0)"

    def e_group(self, node: Node) -> str:
        return f"({self.value(node[1])})"

    def e_grouping(self, node: Node) -> str:
        return self.key(node[1])

    def e_var(self, node: Node) -> str:
        name = node[1]
        if name in self.local:
            return f"l_{name}"
        if name in SPECIAL:
            return "rt.get_NF()" if name == "NF" else f"rt.{name}"
        if name in self.program.functions:
            raise BadProgram(name, 1)
        self.globals.add(name)
        return f"v_{name}"

    def e_elem(self, node: Node) -> str:
        return f"{self.array(node[1])}[{self.key(node[2])}]"

    def e_field(self, node: Node) -> str:
        if node[1][0] == "number":
            return f"rt.field({int(node[1][1])})"
        return f"rt.field(rt.index({self.value(node[1])}))"

    def e_cat(self, node: Node) -> str:
        return f"(to_str({self.value(node[1])}) + to_str({self.value(node[2])}))"

    def e_arith(self, node: Node) -> str:
        left, right = self.number(node[2]), self.number(node[3])
        if node[1] in "+-*":
            return f"({left} {node[1]} {right})"
        return f"{ {'/': 'divide', '%': 'modulo', '^': 'power'}[node[1]] }({left}, {right})"

    def e_unary(self, node: Node) -> str:
        if node[1] == "!":
            return self.e_bool(node)
        return f"(-{self.number(node[2])})" if node[1] == "-" else f"(+{self.number(node[2])})"

    def e_ternary(self, node: Node) -> str:
        return f"({self.value(node[2])} if {self.cond(node[1])} else {self.value(node[3])})"

    def e_assign(self, node: Node) -> str:
        _, operator, target, value = node
        if not operator:
            return self.assign(target, f"copy({self.value(value)})" if value[0] == "field" else self.value(value))
        return self.assign(target, self.e_arith(("arith", operator, target, value)))

    def e_incr(self, node: Node) -> str:
        _, operator, before, target = node
        sign = operator[0]
        if before:
            return self.assign(target, f"({self.number(target)} {sign} 1.0)")
        old = self.temporary()
        return f"({self.assign(target, f'(({old} := {self.number(target)}) {sign} 1.0)')}, {old})[1]"

    def e_call(self, node: Node) -> str:
        _, name, arguments = node
        if name not in self.program.functions:
            raise BadProgram(f"function {name} not defined", 1)
        parameters = self.program.functions[name][0]
        if len(arguments) > len(parameters):
            raise BadProgram(f"function {name} called with {len(arguments)} args, accepts only {len(parameters)}", 1)
        made = []
        for parameter, argument in zip(parameters, arguments, strict=False):
            array = (name, parameter) in self.arrays and argument[0] == "var"
            made.append(self.array(argument[1]) if array else self.value(argument))
        call = f"f_{name}({', '.join(made)})"
        return f"(yield from {call})" if name in self.waiting else call

    def e_getline(self, node: Node) -> str:
        _, mode, source, target = node
        where = f"to_str({self.value(source)})" if source is not None else "''"
        got = f"(yield from rt.getline({mode!r}, {where}, {target is None}))"
        if target is None:
            return got
        line = self.temporary()
        store = self.assign(target, f"strnum({line}[1])")
        return f"(({line} := {got})[0], {store} if {line}[0] > 0 else None)[0]"

    def e_builtin(self, node: Node) -> str:
        _, name, arguments = node
        arguments = arguments or []
        if name in ("sub", "gsub"):
            return self._substitute(name, arguments)
        if name == "length":
            if not arguments:
                return "float(len(rt.record()))"
            first = arguments[0]
            if first[0] == "var" and self._is_array(self.in_function, list(self.local), first[1]):
                return f"float(len({self.array(first[1])}))"
            return f"float(len(to_str({self.value(first)})))"
        if name == "split":
            if len(arguments) < 2 or arguments[1][0] != "var":
                raise BadProgram("split", 1)
            mark = "None" if len(arguments) < 3 else self._separator(arguments[2])
            return f"rt.split(to_str({self.value(arguments[0])}), {self.array(arguments[1][1])}, {mark})"
        if name == "match":
            if len(arguments) < 2:
                raise BadProgram("match", 1)
            return f"rt.match(to_str({self.value(arguments[0])}), {self.regex(arguments[1])})"
        made = ", ".join(self.regex(a) if a[0] == "regex" else self.value(a) for a in arguments)
        if name in WAITING:
            return f"(yield from rt.{name}_({made}))"
        if name == "int":
            return f"integer(to_num({made}))"
        return f"rt.f_{name}({made})"

    def _separator(self, node: Node) -> str:
        return self.regex(node) if node[0] == "regex" else f"to_str({self.value(node)})"

    def _substitute(self, name: str, arguments: list[Node]) -> str:
        if len(arguments) < 2:
            raise BadProgram(name, 1)
        target = arguments[2] if len(arguments) > 2 else ("field", ("number", 0.0))
        result = self.temporary()
        call = (
            f"({result} := rt.substitute({self.regex(arguments[0])}, to_str({self.value(arguments[1])}), "
            f"to_str({self.value(target)}), {name == 'gsub'}))"
        )
        if target[0] not in ("var", "elem", "field"):
            return f"{call}[0]"
        return f"({call}[0], {self.assign(target, f'{result}[1]')} if {result}[0] else None)[0]"


_METHOD: dict[str, str] = {
    "?:": "ternary",
    "&&": "bool",
    "||": "bool",
    "compare": "bool",
    "match": "bool",
    "regex": "bool",
    "in": "bool",
}


def _walk(node: Any) -> Iterator[Node]:
    stack = [node]
    while stack:
        item = stack.pop()
        if isinstance(item, tuple):
            if item and isinstance(item[0], str):
                yield item
            stack.extend(item)
        elif isinstance(item, list):
            stack.extend(item)
