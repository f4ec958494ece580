"""Named tuples of arrays handed from one compiled function to the next as one address.

Numba hands a named tuple over by value: each array of it is nine numbers, so that a call with a few dozen arrays passes
hundreds, and the compiler spends minutes on moving them. Here a call passes one address, and a function reads from it
the arrays that it names. A tuple may hold other such tuples: they lie within it. What a tuple holds never changes
during a call (what is in the arrays may), and the compiler is told so. Indices are taken as they are: a negative one
does not count from the end.
"""
# What Numba offers to those who extend it is not typed:
# mypy: disable-error-code="no-untyped-call, untyped-decorator, import-untyped, attr-defined, override, arg-type, misc"

import operator
from functools import cache
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_origin, get_type_hints

import numpy as np
from llvmlite import ir
from numba import typeof
from numba.core import cgutils, types
from numba.core.datamodel import models, register_default
from numba.core.imputils import lower_builtin, lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, typeof_impl, unbox
from numba.np import arrayobj
from numba.np.numpy_support import from_dtype

Bundle = TypeVar("Bundle", bound=type[NamedTuple])
_NUMBERS = ("nitems", "itemsize", "data")
_ROWS = ("shape", "strides")


class ByReference(types.Type):
    """The compiled type of a named tuple that is handed over as an address."""

    def __init__(self, held: types.NamedTuple) -> None:
        self.held = held
        super().__init__(name=f"&{held.name}")


class HeldArray(types.Array):
    """An array in such a tuple, C-contiguous; a part of it is an array like any other."""

    def __init__(self, dtype: types.Type, ndim: int) -> None:
        super().__init__(dtype, ndim, "C", name=f"held({dtype}, {ndim})")


def by_reference(bundle: Bundle) -> Bundle:
    """Hand a class of named tuples over as an address.

    Parameters
    ----------
    bundle : class of NamedTuple
        Of C-contiguous arrays annotated with their axes, numbers, and tuples of such classes.

    Returns
    -------
    class
        The same.

    Raises
    ------
    TypeError
        At the call, where something is not as declared, or an array not contiguous.
    """

    @typeof_impl.register(bundle)
    def _typeof(value: Any, context: Any) -> ByReference:
        kind = declared(bundle)
        for name, wanted, one in zip(kind.held.fields, kind.held.types, value, strict=True):
            found = typeof_impl(one, context)
            fits = _fits(found, wanted) if isinstance(wanted, HeldArray) else found == wanted
            if not fits:
                raise TypeError(f"{bundle.__name__}.{name} is {found}, not {wanted}")
        return kind

    return bundle


def _fits(found: types.Type, wanted: HeldArray) -> bool:
    same = isinstance(found, types.Array) and (found.dtype, found.ndim) == (wanted.dtype, wanted.ndim)
    return same and found.layout == "C"


@cache
def declared(bundle: type[NamedTuple]) -> ByReference:
    """Give the compiled type that the annotations of a class of named tuples declare.

    An array is annotated with its axes, `Annotated[NDArray[np.float64], "draw, member"]`.
    """
    hints = get_type_hints(bundle, include_extras=True).values()
    return ByReference(types.NamedTuple([_declare(hint) for hint in hints], bundle))


def _declare(hint: Any) -> types.Type:
    if get_origin(hint) is Annotated:
        array, axes = get_args(hint)
        return HeldArray(from_dtype(np.dtype(_item_type(array))), axes.count(",") + 1)
    return declared(hint) if hasattr(hint, "_fields") else typeof(hint())


def _item_type(hint: Any) -> type[np.generic] | None:
    """Find the type of the items in `NDArray[…]`, which NumPy writes out or not, by its version."""
    for one in get_args(hint):
        found = one if isinstance(one, type) and issubclass(one, np.generic) else _item_type(one)
        if found is not None:
            return found
    return None


@register_default(ByReference)
class _Address(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: ByReference) -> None:
        super().__init__(manager, kind, ir.PointerType(ir.IntType(8)))


@register_default(HeldArray)
class _HeldArrayModel(models.ArrayModel):
    pass


def _layout(context: Any, kind: types.Type) -> ir.Type:
    if isinstance(kind, ByReference):
        return ir.LiteralStructType([_layout(context, one) for one in kind.held.types])
    return context.get_value_type(kind)


@infer_getattr
class _Fields(AttributeTemplate):
    key = ByReference

    def generic_resolve(self, kind: ByReference, name: str) -> types.Type | None:
        return kind.held.types[kind.held.fields.index(name)] if name in kind.held.fields else None


@lower_getattr_generic(ByReference)
def _read_field(context: Any, builder: Any, kind: ByReference, address: Any, name: str) -> Any:
    place = kind.held.fields.index(name)
    whole = builder.bitcast(address, ir.PointerType(_layout(context, kind)))
    field, held = cgutils.gep_inbounds(builder, whole, 0, place), kind.held.types[place]
    if isinstance(held, ByReference):
        return builder.bitcast(field, cgutils.voidptr_t)
    if not isinstance(held, HeldArray):
        return _read(builder, field)
    array, model = context.make_array(held)(context, builder), context.data_model_manager[held]
    at = {part: cgutils.gep_inbounds(builder, field, 0, model.get_field_position(part)) for part in (*_NUMBERS, *_ROWS)}
    for part in _NUMBERS:
        setattr(array, part, _read(builder, at[part]))
    for part in _ROWS:
        row = [_read(builder, cgutils.gep_inbounds(builder, at[part], 0, axis)) for axis in range(held.ndim)]
        setattr(array, part, cgutils.pack_array(builder, row))
    array.meminfo, array.parent = (cgutils.get_null_value(one.type) for one in (array.meminfo, array.parent))
    return array._getvalue()


def _read(builder: Any, place: Any) -> Any:
    value = builder.load(place)
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


@unbox(ByReference)
def _unbox(kind: ByReference, value: Any, c: Any) -> NativeValue:
    whole = cgutils.alloca_once(c.builder, _layout(c.context, kind))
    failed = cgutils.alloca_once_value(c.builder, cgutils.false_bit)
    _fill(kind, value, c, whole, failed)
    return NativeValue(c.builder.bitcast(whole, cgutils.voidptr_t), is_error=c.builder.load(failed))


def _fill(kind: ByReference, value: Any, c: Any, whole: Any, failed: Any) -> None:
    for place, held in enumerate(kind.held.types):
        field, one = cgutils.gep_inbounds(c.builder, whole, 0, place), c.pyapi.tuple_getitem(value, place)
        if isinstance(held, ByReference):
            _fill(held, one, c, field, failed)
            continue
        native = c.unbox(held, one)
        c.builder.store(native.value, field)
        with c.builder.if_then(native.is_error, likely=False):
            c.builder.store(cgutils.true_bit, failed)


@lower_builtin(operator.getitem, HeldArray, types.Integer)
@lower_builtin(operator.getitem, HeldArray, types.BaseTuple)
def _get(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    kind, index = signature.args
    place = _place(context, builder, kind, index, args)
    if place is not None:
        return arrayobj.load_item(context, builder, kind, place)
    usual = arrayobj.getitem_array_tuple if isinstance(index, types.BaseTuple) else arrayobj.getitem_arraynd_intp
    return usual(context, builder, signature, args)


@lower_builtin(operator.setitem, HeldArray, types.Any, types.Any)
def _set(context: Any, builder: Any, signature: Any, args: Any) -> Any:
    kind, index, given = signature.args
    place = _place(context, builder, kind, index, args)
    if place is None:
        return arrayobj.setitem_array(context, builder, signature, args)
    arrayobj.store_item(context, builder, kind, context.cast(builder, args[2], given, kind.dtype), place)
    return context.get_dummy_value()


def _place(context: Any, builder: Any, kind: HeldArray, index: types.Type, args: Any) -> Any:
    """Give where an item lies, or None where the index asks for more than one item."""
    kinds = tuple(index) if isinstance(index, types.BaseTuple) else (index,)
    if len(kinds) != kind.ndim or not all(isinstance(one, types.Integer) for one in kinds):
        return None
    numbers = cgutils.unpack_tuple(builder, args[1], len(kinds)) if isinstance(index, types.BaseTuple) else [args[1]]
    numbers = [context.cast(builder, one, own, types.intp) for one, own in zip(numbers, kinds, strict=True)]
    array = context.make_array(kind)(context, builder, args[0])
    return cgutils.get_item_pointer(context, builder, kind, array, numbers, wraparound=False)
