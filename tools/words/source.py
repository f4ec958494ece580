"""The source of shteg as trees: functions by name, constants by module, what is assigned and iterated where."""

from __future__ import annotations

import ast
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(slots=True)
class Scope:
    """A function (or the top of a module) with what is assigned in it."""

    key: str
    module: Module
    node: Function | ast.Module
    assigned: dict[str, list[tuple[ast.expr, tuple[int, ...]]]] = field(default_factory=lambda: defaultdict(list))
    iterated: dict[str, list[tuple[ast.expr, tuple[int, ...]]]] = field(default_factory=lambda: defaultdict(list))
    gathered: dict[str, list[ast.expr]] = field(default_factory=lambda: defaultdict(list))
    yields: list[ast.expr] = field(default_factory=list)
    calls: list[ast.Call] = field(default_factory=list)
    returns: list[ast.expr] = field(default_factory=list)

    @property
    def parameters(self) -> list[str]:
        """Names of the parameters in order, without `self` and `cls`."""
        if isinstance(self.node, ast.Module):
            return []
        rules = self.node.args
        names = [one.arg for one in (*rules.posonlyargs, *rules.args)]
        if names and names[0] in ("self", "cls"):
            names = names[1:]
        return names + [one.arg for one in rules.kwonlyargs]

    @property
    def defaults(self) -> dict[str, ast.expr]:
        """What parameters are where a call says nothing of them."""
        if isinstance(self.node, ast.Module):
            return {}
        rules = self.node.args
        places = [one.arg for one in (*rules.posonlyargs, *rules.args)]
        found = dict(zip(places[len(places) - len(rules.defaults) :], rules.defaults, strict=True))
        return found | {one.arg: rule for one, rule in zip(rules.kwonlyargs, rules.kw_defaults, strict=True) if rule}


@dataclass(slots=True)
class Module:
    """One file."""

    path: Path
    room: str
    tree: ast.Module
    scopes: list[Scope] = field(default_factory=list)
    telling: dict[str, list[str]] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def top(self) -> Scope:
        """The top of the file."""
        return self.scopes[0]


class Source:
    """All files below a folder.

    Parameters
    ----------
    folder : Path
        The package.
    """

    def __init__(self, folder: Path) -> None:
        self.modules = [_module(path, folder) for path in sorted(folder.rglob("*.py"))]

    @cached_property
    def functions(self) -> dict[str, list[Scope]]:
        """Functions by their bare name; an `__init__` by the name of its class."""
        found: dict[str, list[Scope]] = defaultdict(list)
        for module in self.modules:
            for scope in module.scopes[1:]:
                found[scope.key.rsplit(":", 1)[1].split("@")[0]].append(scope)
        return found

    @cached_property
    def constants(self) -> dict[str, list[tuple[Scope, ast.expr, tuple[int, ...]]]]:
        """Constants of all modules by name."""
        found: dict[str, list[tuple[Scope, ast.expr, tuple[int, ...]]]] = defaultdict(list)
        for module in self.modules:
            for name, given in module.top.assigned.items():
                found[name] += [(module.top, value, path) for value, path in given]
        return found

    @cached_property
    def telling(self) -> dict[str, list[str]]:
        """Classes that have a field `problem` or `hint`, with their fields in order."""
        return {name: fields for module in self.modules for name, fields in module.telling.items()}

    @cached_property
    def callers(self) -> dict[str, list[tuple[Scope, ast.Call]]]:
        """Calls by the bare name of what is called."""
        found: dict[str, list[tuple[Scope, ast.Call]]] = defaultdict(list)
        for module in self.modules:
            for scope in module.scopes:
                for call in scope.calls:
                    found[called(call)].append((scope, call))
        return found


def called(call: ast.Call) -> str:
    """Give the bare name of what is called."""
    function = call.func
    if isinstance(function, ast.Name):
        return function.id
    return function.attr if isinstance(function, ast.Attribute) else ""


def _module(path: Path, folder: Path) -> Module:
    name = path.relative_to(folder).with_suffix("").as_posix()
    module = Module(path, name, ast.parse(path.read_text(encoding="utf-8")))
    module.scopes.append(Scope(f"{name}:", module, module.tree))
    _Reader(module).visit(module.tree)
    return module


class _Reader(ast.NodeVisitor):
    """Sorts what a file says into its scopes."""

    def __init__(self, module: Module) -> None:
        self.module, self.scope, self.classes = module, module.scopes[0], list[str]()

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        fields = [
            one.target.id for one in node.body if isinstance(one, ast.AnnAssign) and isinstance(one.target, ast.Name)
        ]
        if {"problem", "hint"} & set(fields):
            self.module.telling[node.name] = fields
        self.classes.append(node.name)
        self.generic_visit(node)
        self.classes.pop()

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._function(node)

    def visit_AsyncFunctionDef(self, node: ast.AsyncFunctionDef) -> None:
        self._function(node)

    def _function(self, node: Function) -> None:
        for decorator in node.decorator_list:
            self.visit(decorator)
        name = self.classes[-1] if node.name == "__init__" and self.classes else node.name
        outer, self.scope = self.scope, Scope(f"{self.module.room}:{name}@{node.lineno}", self.module, node)
        self.module.scopes.append(self.scope)
        for given in (*node.args.defaults, *(one for one in node.args.kw_defaults if one)):
            self.visit(given)
        for statement in node.body:
            self.visit(statement)
        self.scope = outer

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        room = (node.module or "").removeprefix("shteg").lstrip(".").replace(".", "/")
        self.module.imported |= {one.asname or one.name: (room, one.name) for one in node.names}

    def visit_Assign(self, node: ast.Assign) -> None:
        for target in node.targets:
            _bind(self.scope.assigned, target, node.value, ())
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value:
            _bind(self.scope.assigned, node.target, node.value, ())
        self.generic_visit(node)

    def visit_AugAssign(self, node: ast.AugAssign) -> None:
        if isinstance(node.op, ast.Add):
            left = ast.copy_location(ast.Name(getattr(node.target, "id", ""), ast.Load()), node)
            self.scope.assigned[f"+{left.id}"].append((node.value, ()))
        self.generic_visit(node)

    def visit_NamedExpr(self, node: ast.NamedExpr) -> None:
        _bind(self.scope.assigned, node.target, node.value, ())
        self.generic_visit(node)

    def visit_For(self, node: ast.For) -> None:
        _bind(self.scope.iterated, node.target, node.iter, ())
        self.generic_visit(node)

    def visit_comprehension(self, node: ast.comprehension) -> None:
        _bind(self.scope.iterated, node.target, node.iter, ())
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        self.scope.calls.append(node)
        function = node.func
        if isinstance(function, ast.Attribute) and function.attr == "append" and isinstance(function.value, ast.Name):
            self.scope.gathered[function.value.id] += node.args[:1]
        self.generic_visit(node)

    def visit_Return(self, node: ast.Return) -> None:
        if node.value:
            self.scope.returns.append(node.value)
        self.generic_visit(node)

    def visit_Yield(self, node: ast.Yield) -> None:
        if node.value:
            self.scope.yields.append(node.value)
        self.generic_visit(node)


def _bind(
    table: dict[str, list[tuple[ast.expr, tuple[int, ...]]]], target: ast.expr, value: ast.expr, path: tuple[int, ...]
) -> None:
    if isinstance(target, ast.Name):
        table[target.id].append((value, path))
    elif isinstance(target, ast.Tuple | ast.List):
        for place, one in enumerate(target.elts):
            _bind(table, one, value, (*path, place))
