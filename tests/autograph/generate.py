"""Random programs with native control flow over tensors, and the same programs over plain ints and doubles.

A program is a tree of Node; text(number=True) writes it over tensors, text(number=False) over plain numbers. The rules that
keep both the same and every program right by weft's rules:
  - loops end: each has a counter of its own, or bounds that are taken modulo a small number;
  - what prints or assigns stands where C++ fixes the order (statements, &&, ||, ?:, commas);
  - host variables change only where no tensor decides whether the statement runs.
"""
import random


def roots(names):
    """The variables that names like `st.a`, `l[0]` and `g.value()` belong to."""
    return tuple(n.split(".")[0].split("[")[0] for n in names)


class Node:
    """A piece of a program: a template in which {0}, {1}, … stand for children, {I}, {R} and {B} for the types."""

    def __init__(self, kind, template, *children, declares=(), uses=(), loop=False, jump=None):
        self.kind = kind          # statement: "s", a list of statements: "list"; expression: "I", "R", "B" (a condition), "h" (host)
        self.template = template
        self.children = list(children)
        self.declares = tuple(declares)  # names, known in this node's children, and after it if it is a statement
        self.uses = roots(uses)
        self.loop = loop
        self.jump = jump

    def copy(self):
        n = Node(self.kind, self.template, *[c.copy() for c in self.children], declares=self.declares, uses=self.uses,
                 loop=self.loop, jump=self.jump)
        return n

    def size(self):
        return 1 + sum(c.size() for c in self.children)

    def render(self, types, indent):
        if self.kind == "list":
            return "".join(c.render(types, indent) for c in self.children)
        if self.kind == "s":
            pad = "  " * indent
            parts = []
            for c in self.children:
                parts.append(c.render(types, indent + 1) if c.kind == "list" else c.render(types, indent))
            lines = fill(self.template, parts, types, pad)
            return "".join(lines)
        return fill_expression(self.template, [c.render(types, 0) for c in self.children], types)


def substitute(text, parts, types):
    for k, v in types.items():
        text = text.replace("{" + k + "}", v)
    for i, p in enumerate(parts):
        text = text.replace("{%d}" % i, p)
    return text


def fill_expression(template, parts, types):
    return substitute(template, parts, types)


def fill(template, parts, types, pad):
    for line in template.split("\n"):
        if line.startswith("{") and line.rstrip("}")[1:].isdigit() and int(line[1:-1]) < len(parts) and parts[int(line[1:-1])].endswith("\n"):
            yield parts[int(line[1:-1])]
        elif line.startswith("{") and line[1:-1].isdigit() and parts[int(line[1:-1])] == "":
            continue
        else:
            yield pad + substitute(line, parts, types) + "\n"


TENSORS = {"I": "Tensor", "R": "Tensor", "B": "Tensor"}
PLAIN = {"I": "int", "R": "double", "B": "bool"}


class Scope:
    def __init__(self):
        self.ints, self.reals, self.bools, self.vectors, self.hosts, self.lambdas = [], [], [], [], [], []
        self.fixed = set()  # read, never assigned: counters of loops

    def copy(self):
        s = Scope()
        for k, v in self.__dict__.items():
            setattr(s, k, v.copy())
        return s


class Program:
    def __init__(self, name, functions, inputs):
        self.name, self.functions, self.inputs = name, functions, inputs  # functions: (head, Node list); the last is the program

    def copy(self):
        return Program(self.name, [(h, b and b.copy()) for h, b in self.functions], self.inputs)

    def size(self):
        return sum(b.size() if b else 1 for _, b in self.functions)

    def text(self, tensors):
        types = TENSORS if tensors else PLAIN
        out = []
        for head, body in self.functions:
            mine = dict(types, I="T", B="auto") if head.startswith("template") else types
            text = substitute(head, [], mine)
            if body is None:
                out.append(text + ";\n")
            else:
                out.append(text + " {\n" + body.render(mine, 1) + ("}\n};\n" if head.startswith("struct") else "}\n"))
        return "\n".join(out)


class Generator:
    def __init__(self, seed):
        self.r = random.Random(seed)
        self.names = 0

    def name(self, prefix):
        self.names += 1
        return f"{prefix}{self.names}"

    def chance(self, p):
        return self.r.random() < p

    # --- expressions. "Pure" ones neither print nor assign.

    def integer(self, s, depth=2):
        r = self.r
        if depth == 0 or self.chance(0.25):
            if self.chance(0.3):
                return Node("I", str(r.choice([0, 1, 2, 3, 5, 7, 10])))
            return self.int_variable(s)
        pick = r.random()
        if pick < 0.35:
            return Node("I", "({0} %s {1})" % r.choice("+-"), self.int_variable(s), self.integer(s, depth - 1))
        if pick < 0.45:
            return Node("I", "({0} * %d)" % r.choice([2, 3, 5, -1]), self.tensor_part(s, depth - 1))
        if pick < 0.52:
            return Node("I", "({0} * {1})", self.int_variable(s), self.int_variable(s))
        if pick < 0.64:
            return Node("I", "({0} %% %d)" % r.choice([3, 5, 7, 10]), self.tensor_part(s, depth - 1))
        if pick < 0.72:
            return Node("I", "({0} / %d)" % r.choice([2, 3, 4]), self.tensor_part(s, depth - 1))
        if pick < 0.78:
            return Node("I", "(-{0})", self.tensor_part(s, depth - 1))
        if pick < 0.83 and s.hosts:
            return Node("I", "({0} + {1})", self.int_variable(s), self.host(s))
        return Node("I", "({0} ? {1} : {2})", self.condition(s, 1, pure=True), self.tensor_part(s, depth - 1),
                    self.integer(s, depth - 1)) if self.chance(0.9) else \
            Node("I", "({0} + ({1} ? 1 : %d))" % r.randrange(9), self.int_variable(s), self.condition(s, 1, pure=True))

    def tensor_part(self, s, depth):
        """An expression that is a Tensor, never a literal."""
        if depth == 0 or self.chance(0.5):
            return self.int_variable(s)
        return Node("I", "({0} %s {1})" % self.r.choice("+-*"), self.int_variable(s), self.integer(s, depth - 1))

    def int_variable(self, s):
        if s.vectors and self.chance(0.15):
            v = self.r.choice(s.vectors)
            if s.hosts and self.chance(0.3):
                h = self.r.choice(s.hosts)
                return Node("I", f"{v}[{h} % 3]", uses=(v, h))
            return Node("I", f"{v}[{self.r.randrange(3)}]", uses=(v,))
        name = self.r.choice(s.ints)
        return Node("I", name, uses=(name,))

    def real(self, s, depth=2):
        r = self.r
        if depth == 0 or self.chance(0.3):
            name = r.choice(s.reals)
            return Node("R", name, uses=(name,))
        pick = r.random()
        if pick < 0.4:
            return Node("R", "({0} %s {1})" % r.choice("+-"), self.real(s, depth - 1), self.real(s, depth - 1))
        if pick < 0.7:
            return Node("R", "({0} * %s)" % r.choice(["0.5", "2.0", "1.25", "-0.75"]), self.real(s, depth - 1))
        if pick < 0.85:
            return Node("R", "real({0})", self.int_variable(s))
        return Node("R", "({0} ? {1} : {2})", self.condition(s, 1, pure=True), self.real(s, depth - 1),
                    r.choice([self.real(s, depth - 1), Node("R", "1.5")]))

    def host(self, s):
        name = self.r.choice(s.hosts)
        return Node("h", name, uses=(name,))

    def host_condition(self, s):
        r = self.r
        return Node("B", "(%s)" % r.choice(["{0} % 2 == 0", "{0} > 1", "{0} == 2", "{0} < 2", "!({0} > 0)"]), self.host(s))

    def condition(self, s, depth=2, pure=False):
        r = self.r
        if depth == 0 or self.chance(0.3):
            pick = r.random()
            if pick < 0.5:
                return Node("B", "{0} %s {1}" % r.choice(["<", ">", "<=", ">=", "==", "!="]), self.int_variable(s),
                            self.integer(s, 1))
            if pick < 0.6:
                return Node("B", "{0} %% %d == %d" % (r.choice([2, 3]), r.randrange(2)), self.int_variable(s))
            if pick < 0.75 and s.reals:
                return Node("B", "{0} %s {1}" % r.choice(["<", ">"]), self.real(s, 1),
                            r.choice([self.real(s, 0), Node("R", "1.5")]))
            if pick < 0.85 and s.bools:
                name = r.choice(s.bools)
                return Node("B", r.choice(["", "!"]) + name, uses=(name,))
            if not pure and pick < 0.95:
                if self.chance(0.5) and s.reals:
                    return Node("B", "tick({0}) > %d" % r.randrange(4), self.tensor_part(s, 1))
                name = self.assignable(s)
                if name:
                    return Node("B", "(%s += %d) %s %d" % (name, r.choice([1, 2, -1]), r.choice("<>"), r.randrange(8)), uses=(name,))
            if s.hosts:
                return self.host_condition(s)
            return Node("B", "{0} > 2", self.int_variable(s))
        pick = r.random()
        if pick < 0.4:
            return Node("B", "({0} && {1})", self.condition(s, depth - 1, pure), self.condition(s, depth - 1, pure))
        if pick < 0.75:
            return Node("B", "({0} || {1})", self.condition(s, depth - 1, pure), self.condition(s, depth - 1, pure))
        if pick < 0.9:
            return Node("B", "!({0})", self.condition(s, depth - 1, pure))
        return Node("B", "({0} ? {1} : {2})", self.condition(s, depth - 1, pure), self.condition(s, depth - 1, pure),
                    self.condition(s, depth - 1, pure))

    def assignable(self, s):
        names = [n for n in s.ints if n not in s.fixed]
        return self.r.choice(names) if names else None

    # --- statements. `c` is the context: how deep, which jumps are allowed, whether host variables may change.

    def block(self, s, c, count=None):
        s = s.copy()
        statements = []
        for _ in range(count or self.r.choice([1, 1, 2, 2, 3])):
            statements.append(self.statement(s, c))
        if c["loops"] and c["jumps"] and self.chance(0.06):
            statements.append(self.loop_jump(c))
        return Node("list", "", *statements)

    def statement(self, s, c):
        r = self.r
        if c["depth"] >= 4 or self.chance(0.45 if c["depth"] else 0.3):
            return self.simple(s, c)
        if not s.reals:  # of a template: nothing that is always a Tensor
            return r.choice([self.if_, self.if_, self.if_jump, self.if_jump, self.while_, self.do, self.for_, self.forever, self.host_for,
                             self.host_if, self.scope, self.switch])(s, c)
        makers = [self.if_, self.if_, self.if_, self.if_jump, self.if_jump, self.while_, self.do, self.for_, self.forever, self.range,
                  self.rows, self.host_for, self.host_vector_for, self.host_if, self.lambda_, self.scope, self.switch, self.try_, self.comma,
                  self.local_vector, self.bindings]
        return r.choice(makers)(s, c)

    def simple(self, s, c):
        r = self.r
        pick = r.random()
        if c["host"] and c["count"] and self.chance(0.3):
            return Node("s", c["count"] + r.choice([" += 1;", " += mode;", " = %s * 2 + 1;" % c["count"]]), uses=(c["count"],))
        if pick < 0.14:
            return Node("s", 'print("%s", {0}, {1});' % self.name("at"), self.int_variable(s), self.integer(s, 1))
        if pick < 0.24 and s.reals:
            name = r.choice(s.reals)
            return Node("s", name + " = {0};", self.real(s), uses=(name,))
        if pick < 0.30:
            name = self.name("t")
            n = Node("s", "{I} %s = {0};" % name, self.integer(s), declares=(name,))
            s.ints.append(name)
            return n
        if pick < 0.36 and s.reals:
            name = self.name("b")
            n = Node("s", "{B} %s = {0};" % name, self.condition(s), declares=(name,))
            s.bools.append(name)
            return n
        if pick < 0.41 and s.bools:
            name = r.choice(s.bools)
            return Node("s", name + " = {0};", self.condition(s), uses=(name,))
        if pick < 0.46 and s.vectors:
            v = r.choice(s.vectors)
            return Node("s", f"{v}[{r.randrange(3)}] = {{0}};", self.integer(s), uses=(v,))
        if pick < 0.49 and s.vectors:
            v = r.choice(s.vectors)
            return Node("s", f"std::swap({v}[0], {v}[{r.randrange(1, 3)}]);", uses=(v,))
        if pick < 0.53 and s.lambdas:
            f = r.choice(s.lambdas)
            name = self.assignable(s)
            return Node("s", f"{name} = {f}({{0}});", self.integer(s, 1), uses=(f, name))
        if pick < 0.57 and c["helpers"]:
            name = self.assignable(s)
            h = r.choice(c["helpers"])
            if h.startswith("t") and s.hosts and self.chance(0.4):  # its instantiation over ints
                return Node("s", f"{name} += {h}({{0}}, {r.randrange(5)});", self.host(s), uses=(name,))
            if h.startswith("t"):
                return Node("s", f"{name} = {h}<{{I}}>({{0}}, {{1}});", self.integer(s, 1), self.integer(s, 1), uses=(name,))
            if h.startswith("v"):
                return Node("s", f"{h}({name});", uses=(name,))
            return Node("s", f"{name} = {h}({{0}}, {{1}});", self.integer(s, 1), self.integer(s, 1), uses=(name,))
        if pick < 0.60 and s.reals:
            return Node("s", "note({0});", self.tensor_part(s, 1))
        if pick < 0.61 and c["variable"]:
            return Node("s", "g.%s({0});" % r.choice(["assign", "assign_add", "assign_sub"]), self.integer(s, 1))
        if pick < 0.62 and "st" in c["objects"]:
            return Node("s", "st.bump({0});", self.integer(s, 1), uses=("st",))
        if pick < 0.64:
            a, b = self.assignable(s), self.assignable(s)
            return Node("s", f"std::swap({a}, {b});", uses=(a, b)) if a != b else Node("s", f"{a} += 1;", uses=(a,))
        if pick < 0.68:
            a = self.assignable(s)
            return Node("s", a + " = {0} ? {1} : {2};", self.condition(s), self.tensor_part(s, 1), self.integer(s, 1), uses=(a,))
        if pick < 0.70 and s.reals:
            return Node("s", "{0} ? note({1}) : note({2});", self.condition(s, 1), self.int_variable(s), self.int_variable(s))
        name = self.assignable(s)
        if self.chance(0.5):
            return Node("s", "%s %s {0};" % (name, r.choice(["+=", "-=", "+=", "*="])), self.integer(s, 1), uses=(name,))
        return Node("s", name + " = {0};", self.integer(s), uses=(name,))

    def inner(self, c, **changes):
        d = dict(c)
        d["depth"] += 1
        d.update(changes)
        return d

    def if_(self, s, c):
        inner = self.inner(c, host=False)
        pick = self.r.random()
        if pick < 0.35:
            return Node("s", "if ({0}) {\n{1}\n}", self.condition(s), self.block(s, inner))
        if pick < 0.7:
            return Node("s", "if ({0}) {\n{1}\n} else {\n{2}\n}", self.condition(s), self.block(s, inner), self.block(s, inner))
        if pick < 0.8:
            return Node("s", "if ({0}) {\n{1}\n} else if ({2}) {\n{3}\n} else {\n{4}\n}", self.condition(s), self.block(s, inner),
                        self.condition(s), self.block(s, inner), self.block(s, inner))
        if pick < 0.9:  # set in both branches only
            name = self.name("u")
            n = Node("s", "{I} %s;\nif ({0}) {\n{1}\n  %s = {2};\n} else {\n{3}\n  %s = {4};\n}" % (name, name, name), self.condition(s),
                     self.block(s, self.inner(c, host=False, jumps=False), 1), self.integer(s), self.block(s, self.inner(c, host=False, jumps=False), 1),
                     self.integer(s), declares=(name,))
            s.ints.append(name)
            return n
        name = self.name("t")
        inside = s.copy()
        inside.ints.append(name)
        return Node("s", "if ({I} %s = {0}; {1}) {\n{2}\n} else {\n{3}\n}" % name, self.integer(s), self.condition(inside),
                    self.block(inside, inner), self.block(inside, inner), declares=(name,))

    def loop_jump(self, c):
        word = self.r.choice(["break", "continue"] if c["breaks"] else ["continue"])
        return Node("s", word + ";", jump="loop")

    def jump(self, s, c):
        if c["loops"] and (not c["returns"] or self.chance(0.75)):
            return self.loop_jump(c)
        c["flags"]["jumped"] = True
        return c["return"](s)

    def if_jump(self, s, c):
        if not c["jumps"] or not (c["loops"] or c["returns"]):
            return self.if_(s, c)
        if s.hosts and self.chance(0.15):
            return Node("s", "if ({0})\n  {1}", self.host_condition(s), Inline(self.jump(s, c)))
        c["host"] = False
        if self.chance(0.3):
            inner = self.inner(c, host=False)
            body = self.block(s, inner)
            body.children.append(self.jump(s, c))
            return Node("s", "if ({0}) {\n{1}\n}", self.condition(s), body)
        return Node("s", "if ({0})\n  {1}", self.condition(s), Inline(self.jump(s, c)))

    def loop_context(self, c):
        return self.inner(c, host=False, loops=True, jumps=True, breaks=True)

    def while_(self, s, c):
        k = self.name("c")
        inside = s.copy()
        inside.ints.append(k)
        inside.fixed.add(k)
        pick = self.r.random()
        n = self.r.choice([2, 3, 4])
        body = self.block(inside, self.loop_context(c))
        if pick < 0.7 or not s.reals:
            return Node("s", "{I} %s = 0;\nwhile (%s < %d && {0}) {\n  %s += 1;\n{1}\n}" % (k, k, n, k), self.condition(inside), body,
                        declares=(k,), loop=True)
        if pick < 0.85:
            return Node("s", "{I} %s = 0;\nwhile ((%s += 1) < %d) {\n{0}\n}" % (k, k, n), body, declares=(k,), loop=True)
        m = self.name("m")
        return Node("s", "{I} %s = 0;\nwhile ({B} %s = %s < %d && {0}) {\n  %s += 1;\n{1}\n}" % (k, m, k, n, k), self.condition(inside), body,
                    declares=(k, m), loop=True)

    def do(self, s, c):
        k = self.name("c")
        inside = s.copy()
        inside.ints.append(k)
        inside.fixed.add(k)
        return Node("s", "{I} %s = 0;\ndo {\n  %s += 1;\n{0}\n} while (%s < %d && {1});" % (k, k, k, self.r.choice([1, 2, 3])),
                    self.block(inside, self.loop_context(c)), self.condition(inside), declares=(k,), loop=True)

    def for_(self, s, c):
        k = self.name("i")
        inside = s.copy()
        inside.ints.append(k)
        inside.fixed.add(k)
        r = self.r
        start = r.randrange(-1, 3)
        body = self.block(inside, self.loop_context(c))
        return r.choice([
            lambda: Node("s", "for ({I} %s = %d; %s < {0} %% 4 + 1; %s += %d) {\n{1}\n}" % (k, start, k, k, r.choice([1, 1, 2])),
                         self.tensor_part(s, 1), body, declares=(k,), loop=True),
            lambda: Node("s", "for ({I} %s = %d; %s > -3 && {0}; %s -= 1) {\n{1}\n}" % (k, start, k, k), self.condition(inside), body,
                         declares=(k,), loop=True),
            lambda: Node("s", "for ({I} %s = %d; %s < 4; print(\"step\", %s), %s += 1) {\n{0}\n}" % (k, start, k, k, k), body,
                         declares=(k,), loop=True),
        ])()

    def forever(self, s, c):
        k = self.name("c")
        inside = s.copy()
        inside.ints.append(k)
        inside.fixed.add(k)
        return Node("s", "{I} %s = 0;\n%s {\n  %s += 1;\n  if (%s > %d || {0})\n    %s;\n{1}\n}" % (
            k, self.r.choice(["while (true)", "for (;;)", "while (1)"]), k, k, self.r.choice([2, 3, 4]), "break"),
            self.condition(inside), self.block(inside, self.loop_context(c)), declares=(k,), loop=True)

    def range(self, s, c):
        i = self.name("i")
        inside = s.copy()
        inside.ints.append(i)
        r = self.r
        bounds = r.choice([lambda: ["3"], lambda: ["{0} % 4 + 1"], lambda: ["1", "{0} % 3 + 4"], lambda: ["{0} % 3", "-3", "-2"],
                           lambda: ["0", "6", "{0} % 2 * 2 + 3"], lambda: ["{0} % 5", "0", "-1"]])()
        body = self.block(inside, self.loop_context(c))
        return Node("s", "for ({I} %s : range(%s)) {\n{1}\n}" % (i, ", ".join(bounds)), self.tensor_part(s, 1), body, declares=(i,), loop=True)

    def rows(self, s, c):
        i = self.name("r")
        inside = s.copy()
        inside.ints.append(i)
        return Node("s", "for ({I} %s : rows({0}, {1}, {2})) {\n{3}\n}" % i, self.tensor_part(s, 1), self.integer(s, 1), self.integer(s, 1),
                    self.block(inside, self.loop_context(c)), declares=(i,), loop=True)

    def host_for(self, s, c):
        k = self.name("k")
        inside = s.copy()
        inside.hosts.append(k)
        free = c["host"] and self.chance(0.5)  # no tensor leaves it, so host variables may change in it
        inner = self.inner(c, loops=True, jumps=not free, breaks=True, host=free, returns=c["returns"] and not free)
        if not free and self.chance(0.3):  # a tensor may end it
            return Node("s", "for (int %s = 0; %s < 3 && {0}; ++%s) {\n{1}\n}" % (k, k, k), self.condition(inside), self.block(inside, inner),
                        declares=(k,), loop=True)
        if self.chance(0.2):
            return Node("s", "for (int %s : {2, 0, 1}) {\n{0}\n}" % k, self.block(inside, inner), declares=(k,), loop=True)
        return Node("s", "for (int %s = 0; %s < %d; ++%s) {\n{0}\n}" % (k, k, self.r.choice([2, 3]), k), self.block(inside, inner),
                    declares=(k,), loop=True)

    def host_vector_for(self, s, c):
        if not s.vectors:
            return self.host_for(s, c)
        t = self.name("e")
        inside = s.copy()
        v = self.r.choice(s.vectors)
        inside.ints.append(t)
        return Node("s", "for ({I} &%s : %s) {\n{0}\n}" % (t, v), self.block(inside, self.loop_context(c)), declares=(t,), uses=(v,), loop=True)

    def host_if(self, s, c):
        inner = self.inner(c)
        n = Node("s", "if ({0}) {\n{1}\n} else {\n{2}\n}", self.host_condition(s), self.block(s, inner), self.block(s, inner))
        if not inner["host"]:
            c["host"] = False
        if c["flags"]["jumped"]:
            c["host"] = False
        return n

    def local_vector(self, s, c):
        v, k, t, name = self.name("w"), self.name("k"), self.name("e"), self.assignable(s)
        inside = s.copy()
        inside.hosts.append(k)
        looped = s.copy()
        looped.ints.append(t)
        return Node("s", "std::vector<{I}> %s;\nfor (int %s = 0; %s < 3; ++%s)\n  %s.push_back({0});\nfor ({I} &%s : %s) {\n{1}\n}\n%s += %s[1];"
                    % (v, k, k, k, v, t, v, name, v), self.integer(inside, 1), self.block(looped, self.loop_context(c)), declares=(v, k, t),
                    uses=(name,), loop=True)

    def bindings(self, s, c):
        p, q = self.name("p"), self.name("q")
        n = Node("s", "auto [%s, %s] = std::pair<{I}, {I}>({0}, {1});" % (p, q), self.integer(s, 1), self.tensor_part(s, 1), declares=(p, q))
        s.ints += [p, q]
        return n

    def switch(self, s, c):
        """Its cases end in a break of their own, or fall through; `break` in them would be the switch's."""
        inner = self.inner(c, breaks=False)
        cases = [self.block(s, inner) for _ in range(3)]
        if self.chance(0.3):  # a break of the switch itself
            self.r.choice(cases).children.insert(0, Node("s", "if ({0})\n  break;", self.condition(s, 1)))
        end = self.r.choice(["  break;", "  [[fallthrough]];"])
        n = Node("s", "switch ({0} %% 3) {\ncase 0: {\n{1}\n}\n  break;\ncase 1: {\n{2}\n}\n%s\ndefault: {\n{3}\n}\n}" % end, self.host(s), *cases)
        if c["flags"]["jumped"] or not inner["host"]:
            c["host"] = False
        return n

    def try_(self, s, c):
        return Node("s", "try {\n{0}\n} catch (int) {\n  throw;\n}", self.block(s, self.inner(c)))

    def comma(self, s, c):
        name = self.assignable(s)
        return Node("s", "if (%s += 1, {0}) {\n{1}\n}" % name, self.condition(s), self.block(s, self.inner(c, host=False)), uses=(name,))

    def scope(self, s, c):
        return Node("s", "{\n{0}\n}", self.block(s, self.inner(c)))

    def lambda_(self, s, c):
        f, p = self.name("f"), self.name("p")
        inside = s.copy()
        inside.ints.append(p)
        inside.lambdas = []
        inner = {"depth": max(2, c["depth"] + 1), "loops": False, "breaks": True, "jumps": True, "host": False, "helpers": [], "objects": [], "variable": False, "count": None,
                 "flags": {"jumped": False}, "returns": True, "return": lambda s2: Node("s", "return {0};", self.integer(s2, 1), jump="return")}
        body = self.block(inside, inner)
        t = self.name("t")
        argument = self.integer(s, 1)
        n = Node("s", "auto %s = [&]({I} %s) -> {I} {\n{0}\n  return {1};\n};\n{I} %s = %s({2});" % (f, p, t, f), body,
                 self.integer(inside, 1), argument, declares=(f, p, t))
        s.lambdas.append(f)
        s.ints.append(t)
        return n

    # --- programs

    def function_body(self, s, count, returns, helpers, count_variable, objects=(), variable=False):
        c = {"depth": 0, "loops": False, "breaks": True, "jumps": True, "host": count_variable is not None, "helpers": helpers, "objects": list(objects), "variable": variable, "count": count_variable,
             "flags": {"jumped": False}, "returns": True, "return": returns}
        statements = []
        for _ in range(count):
            statements.append(self.statement(s, c))
            if c["flags"]["jumped"]:
                c["host"] = False
        return statements

    def helper(self, name, void):
        s = Scope()
        s.ints = ["a"] if void else ["a", "b"]
        s.reals, s.hosts = ["w"], ["level"]
        start = [Node("s", "{R} w = 0.25;", declares=("w",)), Node("s", "const int level = 1;", declares=("level",))]
        returns = (lambda s2: Node("s", "return;", jump="return")) if void else \
            (lambda s2: Node("s", "return {0};", self.integer(s2, 1), jump="return"))
        body = start + self.function_body(s, self.r.choice([1, 2]), returns, [], None)
        if not void:
            body.append(Node("s", "return {0};", self.integer(s)))
        head = f"void {name}({{I}} &a)" if void else f"{{I}} {name}({{I}} a, {{I}} b)"
        return head, Node("list", "", *body)

    def template(self, name):
        s = Scope()
        s.ints, s.hosts = ["a", "b"], ["level"]
        body = [Node("s", "const int level = 2;", declares=("level",))]
        body += self.function_body(s, self.r.choice([1, 2]), lambda s2: Node("s", "return {0};", self.integer(s2, 1), jump="return"), [], None)
        body.append(Node("s", "return {0};", self.integer(s)))
        return f"template <class T> T {name}(T a, T b)", Node("list", "", *body)

    def structure(self, name):
        s = Scope()
        s.ints, s.reals = ["a", "b", "k"], ["w"]
        body = [Node("s", "{R} w = 0.75;", declares=("w",))]
        s.hosts = ["calls"]
        body.append(Node("s", "const int calls = 3;", declares=("calls",)))
        body += self.function_body(s, self.r.choice([1, 2]), lambda s2: Node("s", "return;", jump="return"), [], None)
        return f"struct {name} {{\n  {{I}} a, b;\n  void bump({{I}} k)", Node("list", "", *body)

    def program(self, name):
        r = self.r
        functions, helpers = [], []
        if self.chance(0.4):
            void = self.chance(0.4)
            helper = ("v" if void else "h") + name
            functions.append(self.helper(helper, void))
            helpers.append(helper)
        if self.chance(0.3):
            functions.append(self.template("t" + name))
            helpers.append("t" + name)
        objects, variable = [], self.chance(0.25)
        if self.chance(0.3):
            functions.append(self.structure("s" + name))
            objects.append("st")
        if variable:
            functions.append(("Variable g(0, \"g\")", None))
        s = Scope()
        s.ints, s.reals, s.hosts = ["x", "y", "z"], ["u", "v"], ["mode"]
        start = [Node("s", "{I} z = {0};", Node("I", str(r.randrange(5))), declares=("z",)),
                 Node("s", "{R} v = 0.5;", declares=("v",))]
        if self.chance(0.5):
            start.append(Node("s", "std::vector<{I}> l = {{0}, {1}, {2}};", Node("I", "x", uses=("x",)), Node("I", "1"),
                              Node("I", "y", uses=("y",)), declares=("l",)))
            s.vectors.append("l")
        if objects:
            start.append(Node("s", "s%s st{x, {0}};" % name, Node("I", "y", uses=("y",)), declares=("st",)))
            s.ints += ["st.a", "st.b"]
        if variable:
            start.append(Node("s", "g.assign(x);"))
            s.ints.append("g.value()")
            s.fixed.add("g.value()")
        count = None
        if self.chance(0.4):
            count = "n"
            start.append(Node("s", "int n = 0;", declares=("n",)))
        kind = r.choice(["I", "I", "P", "V", "R"])
        result = {"I": "{I}", "P": "std::pair<{I}, {R}>", "V": "std::vector<{I}>", "R": "{R}"}[kind]

        def returns(s2):
            if kind == "I":
                return Node("s", "return {0};", self.integer(s2), jump="return")
            if kind == "R":
                return Node("s", "return {0};", self.real(s2), jump="return")
            if kind == "P":
                return Node("s", "return {{0}, {1}};", self.integer(s2), self.real(s2), jump="return")
            return Node("s", "return {{0}, {1}};", self.integer(s2), self.integer(s2), jump="return")

        body = start + self.function_body(s, r.choice([2, 3, 4]), returns, helpers, count, objects, variable)
        last = ["x", "y", "z"] + (["l[0]", "l[1]", "l[2]"] if s.vectors else [])
        last += (["st.a", "st.b"] if objects else []) + (["g.value()"] if variable else [])
        body.append(Node("s", "print(%s);" % ", ".join(last)))
        if count:
            body.append(Node("s", "z += n;", uses=("n",)))
        body.append({"I": Node("s", "return x + y * 3 + z * 7;"), "R": Node("s", "return u + v + real(z);"),
                     "P": Node("s", "return {x + z, u - v};"), "V": Node("s", "return {x, y + z};")}[kind])
        functions.append((f"{result} {name}({{I}} x, {{I}} y, {{R}} u, int mode)", Node("list", "", *body)))
        inputs = [(r.randrange(-3, 12), r.randrange(-3, 12), r.choice([0.0, 0.5, 1.75, 3.0, -2.0]), i % 3 // 2) for i in range(5)]
        return Program(name, functions, inputs)


class Inline(Node):
    """A statement that is written into a line of another one."""

    def __init__(self, statement):
        super().__init__("inline", "{0}", statement)

    def copy(self):
        return Inline(self.children[0].copy())

    def render(self, types, indent):
        return self.children[0].render(types, 0).rstrip("\n")


# --- every loop in every loop

LOOPS = {
    # name: (head, foot, host counter). {n} is a number of its own.
    "while": ("{I} c{n} = 0;\nwhile (c{n} < 4) {\n  c{n} += 1;", "}", False),
    "do": ("{I} c{n} = 0;\ndo {\n  c{n} += 1;", "} while (c{n} < 4);", False),
    "for": ("for ({I} c{n} = 1; c{n} < 5; c{n} += 1) {", "}", False),
    "forever": ("{I} c{n} = 0;\nfor (;;) {\n  c{n} += 1;\n  if (c{n} > 4)\n    break;", "}", False),
    "while true": ("{I} c{n} = 0;\nwhile (true) {\n  c{n} += 1;\n  if (c{n} > 4 || z > 1000)\n    return z;", "}", False),
    "range": ("for ({I} c{n} : range(1, y %% 2 + 5)) {", "}", False),
    "rows": ("for ({I} c{n} : rows(x, x + 1, y)) {", "}", False),
    "host for": ("for (int c{n} = 1; c{n} < 4; ++c{n}) {", "}", True),
    "host list": ("for (int c{n} : {1, 3, 2}) {", "}", True),
    "host do": ("int c{n} = 0;\ndo {\n  ++c{n};", "} while (c{n} < 3);", True),
}


def matrix():
    """Every kind of loop inside of every kind, left by every jump under a tensor's condition or the host's."""
    programs = []
    for outer in LOOPS:
        for inner in LOOPS:
            for jump in ("break", "continue", "return"):
                for where in ("inner", "outer", "both", "host"):
                    if outer == "host do" or inner == "host do":
                        # Its counter is a host variable of outside: no tensor may leave it.
                        if where != "host" or "forever" in (inner, outer) or "while true" in (inner, outer):
                            continue
                        if outer == "host do" and jump == "return" and not inner.startswith("host"):
                            continue
                    if jump == "continue" and where == "both":
                        continue
                    programs.append((outer, inner, jump, where))
    made = []
    for k, (outer, inner, jump, where) in enumerate(programs):
        word = {"break": "break;", "continue": "continue;", "return": "return z * 100 + x;"}[jump]

        lines = ["{I} z = 1;"]
        head, foot, host = LOOPS[outer]
        lines += head.replace("{n}", "1").replace("%%", "%").split("\n")
        lines.append("  z = z * 3 % 1009 + c1;")
        if where in ("outer", "both"):
            lines += [f"  if (z % 5 == x % 5) {{", f"    print(\"leaves outer\", z);", f"    {word}", "  }"]
        if where == "host" and host:
            lines += ["  if (c1 == 2)", f"    {word}"]
        head2, foot2, host2 = LOOPS[inner]
        lines += ["  " + l for l in head2.replace("{n}", "2").replace("%%", "%").split("\n")]
        lines.append("    z = z * 2 % 1013 + c2 * c1;")
        if where in ("inner", "both"):
            lines += [f"    if (z % 4 == y % 4) {{", f"      print(\"leaves inner\", z);", f"      {word}", "    }"]
        if where == "host":
            lines += ["    if (%s)" % ("c2 == 2" if host2 else "mode == 1"), f"      {word}"]
        lines.append("    print(z, c1, c2);")
        lines.append("  " + foot2.replace("{n}", "2"))
        lines.append("  z += 7;")
        lines.append(foot.replace("{n}", "1"))
        lines.append("return z * 10 + y;")
        body = Node("list", "", Node("s", "\n".join(lines)))
        made.append(Program(f"m{k}", [("{I} m%d({I} x, {I} y, {R} u, int mode)" % k, body)],
                            [(x, y, 0.0, mode) for x, y, mode in ((0, 1, 0), (3, 2, 1), (7, -3, 0), (2, 9, 1), (-4, 0, 0))]))
    return made


def make(seed, index):
    """Program number `index` of a run: it depends on nothing but the two numbers."""
    attempt = 0
    while True:
        p = Generator(f"{seed}/{index}/{attempt}").program(f"p{index}")
        if 40 < p.size() < 260:
            return p
        attempt += 1


if __name__ == "__main__":
    import sys
    for tensors in True, False:
        print(make(int(sys.argv[1]), int(sys.argv[2])).text(tensors))
