"""Named tuples of arrays handed from one compiled function to the next as one address.

Numba hands a named tuple over by value: each array of it is nine numbers, so that a call with a few dozen arrays passes
hundreds, and the compiler spends its time on moving them. Here the call passes one address, and a function reads from
it the arrays that it names. What a tuple holds never changes during a call (the arrays' content may), and the compiler
is told so: it reads an address once, not in every round of a loop.
"""

from typing import Any, NamedTuple, TypeVar

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.datamodel import models, register_default
from numba.core.imputils import lower_getattr_generic
from numba.core.typing.templates import AttributeTemplate
from numba.extending import NativeValue, infer_getattr, typeof_impl, unbox

Bundle = TypeVar("Bundle", bound=type[NamedTuple])


class ByReference(types.Type):  # type: ignore[misc]
    """The compiled type of a named tuple that is handed over as an address."""

    def __init__(self, held: types.NamedTuple) -> None:
        self.held = held
        super().__init__(name=f"&{held.name}")


def by_reference(bundle: Bundle) -> Bundle:
    """Hand a class of named tuples over as an address; its arrays must be C-contiguous.

    Raises
    ------
    TypeError
        At the call, where an array is not contiguous.
    """

    @typeof_impl.register(bundle)  # type: ignore[untyped-decorator]
    def _typeof(value: Any, context: Any) -> ByReference:
        held = [typeof_impl(one, context) for one in value]
        for name, one in zip(value._fields, held, strict=True):
            if isinstance(one, types.Array) and one.layout != "C":
                raise TypeError(f"{bundle.__name__}.{name} is not contiguous")
        plain = [one.copy(readonly=False) if isinstance(one, types.Array) else one for one in held]
        return ByReference(types.NamedTuple(plain, bundle))

    return bundle


@register_default(ByReference)
class _Address(models.PrimitiveModel):  # type: ignore[misc]
    def __init__(self, manager: Any, kind: ByReference) -> None:
        super().__init__(manager, kind, ir.PointerType(ir.IntType(8)))


def _layout(context: Any, kind: ByReference) -> ir.Type:
    return ir.LiteralStructType([context.get_value_type(one) for one in kind.held.types])


@infer_getattr
class _Fields(AttributeTemplate):  # type: ignore[misc]
    key = ByReference

    def generic_resolve(self, kind: ByReference, name: str) -> types.Type | None:
        return kind.held.types[kind.held.fields.index(name)] if name in kind.held.fields else None


@lower_getattr_generic(ByReference)  # type: ignore[untyped-decorator]
def _read_field(context: Any, builder: Any, kind: ByReference, address: Any, name: str) -> Any:
    place = kind.held.fields.index(name)
    whole = builder.bitcast(address, ir.PointerType(_layout(context, kind)))
    field, held = cgutils.gep_inbounds(builder, whole, 0, place), kind.held.types[place]
    if not isinstance(held, types.Array):
        return _read(builder, field)
    array = context.make_array(held)(context, builder)
    parts = context.data_model_manager[held]
    axes = range(held.ndim)
    at = {part: cgutils.gep_inbounds(builder, field, 0, parts.get_field_position(part)) for part in _PARTS}
    for part in ("nitems", "itemsize", "data"):
        setattr(array, part, _read(builder, at[part]))
    for part in ("shape", "strides"):
        numbers = [_read(builder, cgutils.gep_inbounds(builder, at[part], 0, axis)) for axis in axes]
        setattr(array, part, cgutils.pack_array(builder, numbers))
    array.meminfo = cgutils.get_null_value(array.meminfo.type)
    array.parent = cgutils.get_null_value(array.parent.type)
    return array._getvalue()


_PARTS = ("nitems", "itemsize", "data", "shape", "strides")


def _read(builder: Any, place: Any) -> Any:
    value = builder.load(place)
    value.set_metadata("invariant.load", builder.module.add_metadata([]))
    return value


@unbox(ByReference)  # type: ignore[untyped-decorator]
def _unbox(kind: ByReference, value: Any, c: Any) -> NativeValue:
    whole = cgutils.alloca_once(c.builder, _layout(c.context, kind))
    failed = cgutils.alloca_once_value(c.builder, cgutils.false_bit)
    for place, held in enumerate(kind.held.types):
        native = c.unbox(held, c.pyapi.tuple_getitem(value, place))
        c.builder.store(native.value, cgutils.gep_inbounds(c.builder, whole, 0, place))
        with c.builder.if_then(native.is_error, likely=False):
            c.builder.store(cgutils.true_bit, failed)
    return NativeValue(c.builder.bitcast(whole, cgutils.voidptr_t), is_error=c.builder.load(failed))
