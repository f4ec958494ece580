"""What an expression of the source may say: every form of a text that is put together by code, with its holes."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from tools.words.parts import MOST_FORMS, QUOTES, Forms, Hole, Template, as_names, joined
from tools.words.source import Scope, Source, called

DEEPEST = 7
"""So many steps an expression is followed through names and calls."""
Path = tuple[int, ...]
NOUNS = {"measure", "scenario", "addressee", "question", "answer", "series", "variable", "axis", "stage", "grade"}
NOUNS |= {"column", "item", "date", "commitment"}
"""Single words that a call puts into a sentence; any other single word that it gives is taken as a name."""


class Evaluator:
    """Reads expressions in the scopes of a source.

    Parameters
    ----------
    source : Source
        All files.
    """

    def __init__(self, source: Source) -> None:
        self.source = source
        self._following: set[tuple[str, str]] = set()

    def forms(self, node: ast.expr, scope: Scope, depth: int = 0, path: Path = ()) -> Forms:
        """Give the forms of an expression; `path` picks an item of the tuples it stands for."""
        if depth > DEEPEST:
            return _hole(node, scope)
        if isinstance(node, ast.Starred):
            return _hole(node.value, scope)
        if isinstance(node, ast.IfExp):
            both = (*self.forms(node.body, scope, depth, path), *self.forms(node.orelse, scope, depth, path))
            return _few(both, node, scope)
        if isinstance(node, ast.BoolOp):
            forms = [one for value in node.values for one in self.forms(value, scope, depth, path)]
            kept = [one for one in forms if one] if isinstance(node.op, ast.Or) else forms
            return _few(kept, node, scope)
        if isinstance(node, ast.NamedExpr):
            return self.forms(node.value, scope, depth, path)
        if path:
            return self._item(node, scope, depth, path)
        return self._plain(node, scope, depth)

    def _plain(self, node: ast.expr, scope: Scope, depth: int) -> Forms:
        if isinstance(node, ast.Constant):
            return ((node.value,),) if isinstance(node.value, str) and node.value else ((),)
        if isinstance(node, ast.JoinedStr):
            pieces, before = list[Forms](), ""
            for one in node.values:
                forms = self._piece(one, scope, depth)
                held = isinstance(one, ast.FormattedValue) and before.endswith(QUOTES)
                pieces.append(
                    as_names(forms, _name_of(one.value)) if held and isinstance(one, ast.FormattedValue) else forms
                )
                before = str(one.value) if isinstance(one, ast.Constant) else ""
            return joined(pieces)
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
            return joined((self.forms(node.left, scope, depth), self.forms(node.right, scope, depth)))
        if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
            return self._percent(node, scope, depth)
        if isinstance(node, ast.Name):
            return self._name(node, scope, depth, ())
        if isinstance(node, ast.Subscript):
            return self._subscript(node, scope, depth, ())
        if isinstance(node, ast.Call):
            return self._call(node, scope, depth, ())
        return _hole(node, scope)

    def _piece(self, node: ast.expr, scope: Scope, depth: int) -> Forms:
        if isinstance(node, ast.FormattedValue):
            if node.conversion == ord("r"):
                return _hole(node.value, scope, owned=False)
            forms = self.forms(node.value, scope, depth + 1)
            if isinstance(node.value, ast.IfExp | ast.BoolOp):
                return forms
            return tuple(dict.fromkeys(one if prosaic(one) else (_hole(node.value, scope)[0]) for one in forms))
        return self._plain(node, scope, depth)

    def _percent(self, node: ast.BinOp, scope: Scope, depth: int) -> Forms:
        told = self.forms(node.left, scope, depth)
        return tuple(percent_holes(one) for one in told)

    def _name(self, node: ast.Name, scope: Scope, depth: int, path: Path) -> Forms:
        if node.id in scope.parameters and node.id not in scope.assigned:
            return ((Hole(node.id, scope.key),),)
        here = (scope.key, node.id)
        if here in self._following:
            return _hole(node, scope)
        self._following.add(here)
        try:
            return self._followed(node, scope, depth, path)
        finally:
            self._following.discard(here)

    def _followed(self, node: ast.Name, scope: Scope, depth: int, path: Path) -> Forms:
        found: list[Template] = []
        for value, item in scope.assigned.get(node.id, ()):
            found += self.forms(value, scope, depth + 1, (*item, *path))
        if found and (more := scope.assigned.get(f"+{node.id}")):
            added = [self.forms(value, scope, depth + 1) for value, _ in more]
            found += [one for some in added for one in joined((tuple(found), some))]
        for value, item in scope.iterated.get(node.id, ()):
            found += [
                one for element, inner in self.elements(value, scope, depth + 1)
                for one in self.forms(element, inner, depth + 1, (*item, *path))
            ]  # fmt: skip
        if not found and node.id not in scope.parameters:
            constants = self.source.constants.get(node.id, ())
            own = [one for one in constants if one[0].module is scope.module] or constants
            if len(own) == 1:
                inner, value, item = own[0]
                found += self.forms(value, inner, depth + 1, (*item, *path))
        return _few(found, node, scope) if found else _hole(node, scope)

    def _item(self, node: ast.expr, scope: Scope, depth: int, path: Path) -> Forms:
        if isinstance(node, ast.Tuple | ast.List):
            if path[0] < len(node.elts) and not any(isinstance(one, ast.Starred) for one in node.elts):
                return self.forms(node.elts[path[0]], scope, depth, path[1:])
            return _hole(node, scope)
        if isinstance(node, ast.Name):
            return self._name(node, scope, depth, path)
        if isinstance(node, ast.Subscript):
            return self._subscript(node, scope, depth, path)
        if isinstance(node, ast.Call):
            return self._call(node, scope, depth, path)
        return _hole(node, scope)

    def _subscript(self, node: ast.Subscript, scope: Scope, depth: int, path: Path) -> Forms:
        if isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, int) and node.slice.value >= 0:
            tried = self.forms(node.value, scope, depth + 1, (node.slice.value, *path))
            if any(isinstance(part, str) for one in tried for part in one):
                return tried
        found = [
            one for element, inner in self.elements(node.value, scope, depth + 1)
            for one in self.forms(element, inner, depth + 1, path)
        ]  # fmt: skip
        return _few(found, node, scope) if found else _hole(node, scope)

    def _call(self, node: ast.Call, scope: Scope, depth: int, path: Path) -> Forms:
        name = called(node)
        special = _SPECIAL.get(name)
        if special and not path:
            return special(self, node, scope, depth)
        if name == "next" and isinstance(node.func, ast.Name) and node.args:
            found = [*self._generated(node.args[0], scope, depth, path)]
            found += [one for given in node.args[1:] for one in self.forms(given, scope, depth + 1, path)]
            return _few(found, node, scope) if found else _hole(node, scope)
        if name == "get" and isinstance(node.func, ast.Attribute) and node.args:
            found = [
                one for element, inner in self.elements(node.func.value, scope, depth + 1)
                for one in self.forms(element, inner, depth + 1, path)
            ]  # fmt: skip
            found += [one for given in node.args[1:] for one in self.forms(given, scope, depth + 1, path)]
            return _few(found, node, scope) if found else _hole(node, scope)
        function = self.only(name, scope)
        if function is None or (function.key, "()") in self._following:
            return _hole(node, scope)
        self._following.add((function.key, "()"))
        try:
            return self._returned(node, function, scope, depth, path)
        finally:
            self._following.discard((function.key, "()"))

    def _returned(self, node: ast.Call, function: Scope, scope: Scope, depth: int, path: Path) -> Forms:
        from tools.words.parts import filled

        found = [one for value in function.returns for one in self.forms(value, function, depth + 2, path)]
        if not any(isinstance(part, str) for one in found for part in one):
            return _hole(node, scope)
        bound = self.bind(node, function, scope, depth + 1)
        return _few([one for form in found for one in filled(form, function.key, bound)], node, scope)

    def _generated(self, node: ast.expr, scope: Scope, depth: int, path: Path) -> Forms:
        if isinstance(node, ast.GeneratorExp | ast.ListComp):
            return self.forms(node.elt, scope, depth + 1, path)
        return ()

    def bind(self, call: ast.Call, function: Scope, scope: Scope, depth: int = 0) -> dict[str, Forms]:
        """Give what a call puts into each parameter of a function."""
        names, bound = function.parameters, dict[str, Forms]()
        for name, given in function.defaults.items():
            bound[name] = self.forms(given, function, depth)
        for place, one in enumerate(call.args):
            if isinstance(one, ast.Starred):
                for more, name in enumerate(names[place:]):
                    bound[name] = self.forms(one.value, scope, depth, (more,))
                break
            if place < len(names):
                bound[names[place]] = self.forms(one, scope, depth)
        bound |= {one.arg: self.forms(one.value, scope, depth) for one in call.keywords if one.arg}
        return {
            name: tuple(dict.fromkeys(one if prosaic(one) else ((Hole(name),)) for one in forms))
            for name, forms in bound.items()
        }

    def only(self, name: str, scope: Scope) -> Scope | None:
        """Give the function of a name: that of the file, else the one it imports, else the only one of the package."""
        room, there = scope.module.imported.get(name, ("", name))
        known = self.source.functions.get(there, [])
        own = [one for one in known if one.module is scope.module]
        brought = [one for one in known if room and one.module.room.startswith(room)]
        found = own or brought or known
        return found[0] if len(found) == 1 else None

    def elements(self, node: ast.expr, scope: Scope, depth: int) -> list[tuple[ast.expr, Scope]]:
        """Give what stands in a collection that the source spells out."""
        if depth > DEEPEST:
            return []
        if isinstance(node, ast.Tuple | ast.List | ast.Set):
            found = [(one, scope) for one in node.elts if not isinstance(one, ast.Starred)]
            for one in node.elts:
                if isinstance(one, ast.Starred):
                    found += self.elements(one.value, scope, depth + 1)
            return found
        if isinstance(node, ast.Dict):
            return [(one, scope) for one in node.values]
        if isinstance(node, ast.DictComp):
            return [(node.value, scope)]
        if isinstance(node, ast.IfExp):
            return self.elements(node.body, scope, depth + 1) + self.elements(node.orelse, scope, depth + 1)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "items":
            pairs = self._dict_pairs(node.func.value, scope)
            return pairs
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "values":
            return self.elements(node.func.value, scope, depth + 1)
        if isinstance(node, ast.ListComp | ast.GeneratorExp | ast.SetComp):
            return [(node.elt, scope)]
        if isinstance(node, ast.BinOp):
            return self.elements(node.left, scope, depth + 1) + self.elements(node.right, scope, depth + 1)
        if isinstance(node, ast.Call):
            if called(node) in ("sorted", "tuple", "list", "reversed") and node.args:
                return self.elements(node.args[0], scope, depth + 1)
            function = self.only(called(node), scope)
            if function is None:
                return []
            told = [(one, function) for one in function.yields]
            return told + [one for value in function.returns for one in self.elements(value, function, depth + 1)]
        if isinstance(node, ast.Name) and node.id in scope.gathered:
            return [(one, scope) for one in scope.gathered[node.id]]
        if isinstance(node, ast.Name) and node.id not in scope.parameters:
            given = [(value, scope) for value, item in scope.assigned.get(node.id, ()) if not item]
            if not given:
                constants = self.source.constants.get(node.id, ())
                own = [one for one in constants if one[0].module is scope.module] or list(constants)
                given = [(value, inner) for inner, value, item in own if not item] if len(own) == 1 else []
            return [
                one for value, inner in given if value is not node for one in self.elements(value, inner, depth + 1)
            ]
        return []

    def _dict_pairs(self, node: ast.expr, scope: Scope) -> list[tuple[ast.expr, Scope]]:
        if isinstance(node, ast.Name):
            own = scope.assigned.get(node.id) or scope.module.top.assigned.get(node.id) or []
            node = own[0][0] if len(own) == 1 else node
        if not isinstance(node, ast.Dict):
            return []
        pairs = [(key, value) for key, value in zip(node.keys, node.values, strict=True) if key is not None]
        return [(ast.Tuple([key, value], ast.Load()), scope.module.top) for key, value in pairs]


def prosaic(form: Template) -> bool:
    """Tell whether a form is put into another as words: it has several, or it is one plain word, or a hole."""
    if any(isinstance(part, Hole) for part in form):
        return True
    text = "".join(part for part in form if isinstance(part, str))
    return " " in text.strip() or text in NOUNS


def percent_holes(template: Template) -> Template:
    """Put holes where a text says %s."""
    found: list[str | Hole] = []
    for part in template:
        if isinstance(part, Hole):
            found.append(part)
            continue
        pieces = re.split(r"%[\d.]*[sdgfr]", part)
        for place, piece in enumerate(pieces):
            found += [Hole("text"), piece] if place else [piece]
    return tuple(one for one in found if one != "")


def _few(forms: Sequence[Template], node: ast.expr, scope: Scope) -> Forms:
    distinct = tuple(dict.fromkeys(forms))
    return distinct if 0 < len(distinct) <= MOST_FORMS * 6 else _hole(node, scope)


def _hole(node: ast.expr, scope: Scope, *, owned: bool = True) -> Forms:
    name = _name_of(node)
    owner = scope.key if owned and isinstance(node, ast.Name) and node.id in scope.parameters else ""
    return ((Hole(name, owner),),)


def _name_of(node: ast.expr) -> str:
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        return node.attr if node.attr not in ("name", "id", "value") else _name_of(node.value)
    if isinstance(node, ast.Subscript):
        return _name_of(node.value)
    if isinstance(node, ast.Call):
        name = called(node)
        if name == "len":
            return "count"
        if name == "join":
            return "names"
        return _name_of(node.args[0]) if node.args and not isinstance(node.args[0], ast.Constant) else name or "it"
    if isinstance(node, ast.BinOp):
        return _name_of(node.left)
    return "it"


def _list_names(self: Evaluator, node: ast.Call, scope: Scope, depth: int) -> Forms:
    """`list_names(known, "the columns are", none)`: names after the words, or the words for none."""
    given = dict(zip(("known", "are", "none"), node.args, strict=False)) | {
        one.arg: one.value for one in node.keywords if one.arg
    }
    are = self.forms(given["are"], scope, depth + 1)
    none = self.forms(given["none"], scope, depth + 1) if "none" in given else (("there are none",),)
    listed: Forms = ((" ", Hole("names")), (" ", Hole("names"), " … (", Hole("count"), " in all)"))
    return (*joined((are, listed)), *none)


def _suggest(self: Evaluator, node: ast.Call, scope: Scope, depth: int) -> Forms:
    """`suggest(word, known, otherwise)`: the nearest name, or the other hint."""
    function = self.only("suggest", scope)
    marks = ("did you mean `", "`?") if function and "evidence" in function.module.room else ("did you mean '", "'?")
    found: Forms = ((marks[0], Hole("near"), marks[1]), ("did you mean ", Hole("near"), "?"))
    found += (("it may be: ", Hole("names")),)
    others = [*node.args[2:3], *(one.value for one in node.keywords if one.arg == "otherwise")]
    return tuple(dict.fromkeys([*found, *(one for other in others for one in self.forms(other, scope, depth + 1))]))


def _join(self: Evaluator, node: ast.Call, scope: Scope, depth: int) -> Forms:
    """`"; ".join([a, b])`: the pieces that are spelled out, else a hole."""
    if not isinstance(node.func, ast.Attribute) or len(node.args) != 1:
        return _hole(node, scope)
    between, listed = self.forms(node.func.value, scope, depth), node.args[0]
    if isinstance(listed, ast.List | ast.Tuple) and not any(isinstance(one, ast.Starred) for one in listed.elts):
        pieces: list[Forms] = []
        for place, one in enumerate(listed.elts):
            pieces += [between] if place else []
            pieces.append(self.forms(one, scope, depth + 1))
        return joined(pieces)
    return _hole(node, scope)


def _counted(self: Evaluator, node: ast.Call, scope: Scope, depth: int) -> Forms:
    """`counted(number, "problem", "problems")`: one of it, or several."""
    if len(node.args) < 2:
        return _hole(node, scope)
    one = self.forms(node.args[1], scope, depth + 1)
    several = self.forms(node.args[2], scope, depth + 1) if len(node.args) > 2 else joined((one, (("s",),)))
    count: Forms = ((Hole("count"), " "),)
    return tuple(dict.fromkeys((*joined((count, one)), *joined((count, several)))))


_SPECIAL = {"counted": _counted, "list_names": _list_names, "suggest": _suggest, "join": _join}
