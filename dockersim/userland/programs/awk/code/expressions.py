"""Expressions as Python expressions."""

from __future__ import annotations

from dockersim.userland.programs.awk.code.inference import WAITING, Inference
from dockersim.userland.programs.awk.syntax.tree import ARRAYS, BadProgram, Node, Tree, near

SPECIAL = frozenset("NR FNR NF FS OFS ORS RS SUBSEP CONVFMT OFMT RSTART RLENGTH FILENAME ENVIRON ARGC ARGV".split())
_METHOD: dict[str, str] = {
    "?:": "ternary",
    "&&": "bool",
    "||": "bool",
    "compare": "bool",
    "match": "bool",
    "regex": "bool",
    "in": "bool",
}


class ExpressionCoder:
    """Makes the Python of expressions: inside a function ``local`` are its parameters, in a rule there are none.

    ``busybox`` runs what mawk refuses: an array as a value is empty, and a value as an array is a new one.
    """

    def __init__(self, tree: Tree, busybox: bool) -> None:
        self.tree = tree
        self.busybox = busybox
        self.inferred = Inference(tree)
        self.local: tuple[str, ...] = ()
        self.in_function = ""
        self.globals: set[str] = set()
        self.temporaries = 0

    # ---- names

    def temporary(self) -> str:
        """A new name for Python."""
        self.temporaries += 1
        return f"t_{self.temporaries}"

    def is_array(self, name: str) -> bool:
        """Whether ``name`` means an array here."""
        return self.inferred.is_array(self.in_function, self.local, name)

    def array(self, name: str) -> str:
        """The array ``name``."""
        if name in self.local:
            return f"l_{name}"
        if name in ARRAYS:
            return f"rt.{name}"
        if name in SPECIAL:
            return self.mistaken(f"variable {name}", "Array()")
        self.globals.add(name)
        return f"v_{name}"

    def mistaken(self, what: str, instead: str) -> str:
        """A variable taken for an array, or an array for a variable: an error, or ``instead``."""
        if not self.busybox:
            raise BadProgram(f"illegal reference to {what}", 1)
        return instead

    def array_as_value(self, name: str, instead: str) -> str:
        """``name`` is an array somewhere, and a variable here."""
        kind = "local array" if name in self.local else self.tree.uses.get(name, "array")
        return self.mistaken(f"{kind} {name}", instead)

    def key(self, items: list[Node]) -> str:
        """The key that subscripts make."""
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
        if self.is_array(name):
            return self.array_as_value(name, f"({value})")
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
        if self.is_array(name):
            return self.array_as_value(name, "UNINIT")
        if name in self.local:
            return f"l_{name}"
        if name in SPECIAL:
            return "rt.get_NF()" if name == "NF" else f"rt.{name}"
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
        return f"{ {'/': 'rt.divide', '%': 'rt.modulo', '^': 'power'}[node[1]] }({left}, {right})"

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
        _, name, arguments, line = node
        if name not in self.tree.functions:
            if self.busybox:
                return f"rt.undefined({line})"
            raise BadProgram(f"function {name} never defined", self.tree.end)
        parameters = self.tree.functions[name][0]
        if len(arguments) > len(parameters) and not self.busybox:
            raise BadProgram(f"too many arguments in call to {name}", line)
        made = []
        for number, (parameter, argument) in enumerate(zip(parameters, arguments, strict=False), 1):
            if (name, parameter) not in self.inferred.arrays:
                made.append(self.value(argument))
            elif argument[0] == "var":
                made.append(self.array(argument[1]))
            elif self.busybox:
                made.append("Array()")
            else:
                raise BadProgram(f"type error in arg({number}) in call to {name}", line)
        call = f"f_{name}({', '.join(made)})"
        return f"(yield from {call})" if name in self.inferred.waiting else call

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
        if name in ("sub", "gsub"):
            return self._substitute(name, arguments)
        if name == "length":
            if not arguments:
                return "float(len(rt.record()))"
            first = arguments[0]
            if first[0] == "var" and self.is_array(first[1]):
                return f"float(len({self.array(first[1])}))"
            return f"float(len(to_str({self.value(first)})))"
        if name == "split":
            if arguments[1][0] != "var":
                raise near(")", 1)
            mark = "None" if len(arguments) < 3 else self._separator(arguments[2])
            return f"rt.split(to_str({self.value(arguments[0])}), {self.array(arguments[1][1])}, {mark})"
        if name == "match":
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
        target = arguments[2] if len(arguments) > 2 else ("field", ("number", 0.0))
        result = self.temporary()
        call = (
            f"({result} := rt.substitute({self.regex(arguments[0])}, to_str({self.value(arguments[1])}), "
            f"to_str({self.value(target)}), {name == 'gsub'}))"
        )
        if target[0] not in ("var", "elem", "field"):
            return f"{call}[0]"
        return f"({call}[0], {self.assign(target, f'{result}[1]')} if {result}[0] else None)[0]"
