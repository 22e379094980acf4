"""Vectors of 8 numbers as values in Numba code, and what processors do with them in one go.

Numba hands loops to LLVM, which may or may not turn them into SIMD instructions. Here nothing is
left to chance: a :class:`VectorType` is LLVM's own vector type, and every function below is one
or a few LLVM instructions. LLVM fits them to the machine: 8 floats are one register with AVX2 and
two with SSE or NEON.

Places in matrices are *not* checked: a kernel that goes wrong here crashes. Eight numbers that are
loaded or stored at once are neighbours in a row, so the matrix must be C-contiguous.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import models, overload, register_model

from w2v_nce.kernels.jit import intrinsic
from w2v_nce.kernels.state import LANES, WIDE

INT32 = ir.IntType(32)

# exp(x) = 2^n 2^f with n whole and |f| <= 1/2. For 2^f a polynomial, 1 + f q(f), with the q of
# degree 4 that has the least relative error there: 1.1e-7.
LOG2_E = 1.4426950408889634
EXP2_COEFFICIENTS = (1.32647273e-3, 9.67151299e-3, 5.55073358e-2, 2.40222424e-1, 6.93147004e-1, 1.0)
EXP_LIMIT = 87.0  # beyond it, float32 has no exp(x) or no exp(-x)


class VectorType(types.Type):
    """Eight numbers of one float type, or a multiple of eight in several registers."""

    def __init__(self, dtype: types.Float, lanes: int = LANES) -> None:
        self.dtype, self.lanes = dtype, lanes
        super().__init__(name=f"vector({lanes} x {dtype})")


@register_model(VectorType)
class VectorModel(models.PrimitiveModel):
    """Tells Numba that such a value is an LLVM vector."""

    def __init__(self, manager: Any, vector: VectorType) -> None:
        element = manager[vector.dtype].get_value_type()
        super().__init__(manager, vector, ir.VectorType(element, vector.lanes))  # type: ignore[no-untyped-call]


# ---- memory


def _address(context: Any, builder: Any, matrix_type: Any, arguments: Any) -> Any:
    matrix = context.make_array(matrix_type)(context, builder, arguments[0])
    return cgutils.get_item_pointer(
        context, builder, matrix_type, matrix, list(arguments[1:3]), wraparound=False
    )


@intrinsic
def load(typing: Any, matrix: Any, row: Any, column: Any) -> Any:
    """Return the 8 numbers of a row that start at a column."""
    vector = VectorType(matrix.dtype)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _load(context, builder, vector, signature.args[0], arguments)

    return vector(matrix, types.intp, types.intp), generate


@intrinsic
def load_like(typing: Any, like: Any, matrix: Any, row: Any, column: Any) -> Any:
    """Return the numbers of a row that start at a column, as many as another vector has."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _load(context, builder, like, signature.args[1], arguments[1:])

    return like(like, matrix, types.intp, types.intp), generate


def _load(context: Any, builder: Any, vector: Any, matrix_type: Any, arguments: Any) -> Any:
    pointer_type = context.get_value_type(vector).as_pointer()
    address = _address(context, builder, matrix_type, arguments)
    loaded = builder.load(builder.bitcast(address, pointer_type))
    loaded.align = matrix_type.dtype.bitwidth // 8
    return loaded


@intrinsic
def store(typing: Any, matrix: Any, row: Any, column: Any, vector: Any) -> Any:
    """Write a vector to a row from a column on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        _store(context, builder, signature.args[0], arguments)
        return context.get_dummy_value()

    return types.void(matrix, types.intp, types.intp, vector), generate


def _store(context: Any, builder: Any, matrix_type: Any, arguments: Any) -> None:
    address = _address(context, builder, matrix_type, arguments)
    pointer_type = arguments[3].type.as_pointer()
    stored = builder.store(arguments[3], builder.bitcast(address, pointer_type))
    stored.align = matrix_type.dtype.bitwidth // 8


@intrinsic
def broadcast(typing: Any, matrix: Any, row: Any, column: Any) -> Any:
    """Return one number of a matrix in all of 8 lanes."""
    vector = VectorType(matrix.dtype)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        number = builder.load(_address(context, builder, signature.args[0], arguments))
        return _splat(builder, number, context.get_value_type(vector))

    return vector(matrix, types.intp, types.intp), generate


@intrinsic
def broadcast_like(typing: Any, like: Any, matrix: Any, row: Any, column: Any) -> Any:
    """Return one number of a matrix in as many lanes as another vector has."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        number = builder.load(_address(context, builder, signature.args[1], arguments[1:]))
        return _splat(builder, number, context.get_value_type(like))

    return like(like, matrix, types.intp, types.intp), generate


@intrinsic
def prefetch(typing: Any, matrix: Any, row: Any, column: Any) -> Any:
    """Ask for the cache line of a number, which will be needed soon."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer_type = ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [pointer_type, INT32, INT32, INT32])
        function = builder.module.declare_intrinsic("llvm.prefetch", [pointer_type], kind)
        address = _address(context, builder, signature.args[0], arguments)
        for_reading, to_second_level, data = INT32(0), INT32(2), INT32(1)
        builder.call(
            function, [builder.bitcast(address, pointer_type), for_reading, to_second_level, data]
        )
        return context.get_dummy_value()

    return types.void(matrix, types.intp, types.intp), generate


# ---- tiles: the loops that matrix products are made of, with their sums in registers


@intrinsic
def add_tile(
    typing: Any,
    result: Any,
    index: Any,
    left: Any,
    right: Any,
    terms: Any,
    row: Any,
    column: Any,
    rows: Any,
    vectors: Any,
) -> Any:
    """Add a tile of left @ right[:terms] to the rows result[index], one after the other.

    The tile begins at a row and a column, and has ``rows`` rows of ``vectors`` times 8 columns,
    both literal: as many registers hold its sums.
    """
    height, width = rows.literal_value, vectors.literal_value
    vector = VectorType(result.dtype)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        result_type, index_type, left_type, right_type = signature.args[:4]
        result, index, left, right, terms, row, column = arguments[:7]
        kind = context.get_value_type(vector)
        zero = ir.Constant(kind, [0.0] * LANES)
        sums = [
            [cgutils.alloca_once_value(builder, zero) for _ in range(width)] for _ in range(height)
        ]
        columns = [builder.add(column, column.type(LANES * c)) for c in range(width)]
        places = [builder.add(row, row.type(r)) for r in range(height)]
        with cgutils.for_range(builder, terms) as loop:
            loaded = [
                _load(context, builder, vector, right_type, [right, loop.index, each])
                for each in columns
            ]
            for place, running in zip(places, sums, strict=True):
                address = _address(context, builder, left_type, [left, place, loop.index])
                factor = _splat(builder, builder.load(address), kind)
                for sum_, each in zip(running, loaded, strict=True):
                    builder.store(_call(builder, "fmuladd", factor, each, builder.load(sum_)), sum_)
        numbers = context.make_array(index_type)(context, builder, index)
        for place, running in zip(places, sums, strict=True):
            pointer = cgutils.get_item_pointer(
                context, builder, index_type, numbers, [place], wraparound=False
            )
            target = builder.sext(builder.load(pointer), row.type)
            for each, sum_ in zip(columns, running, strict=True):
                old = _load(context, builder, vector, result_type, [result, target, each])
                new = builder.fadd(old, builder.load(sum_))
                _store(context, builder, result_type, [result, target, each, new])
        return context.get_dummy_value()

    whole = types.intp
    return types.void(result, index, left, right, whole, whole, whole, rows, vectors), generate


@intrinsic
def products_of_rows(
    typing: Any, left: Any, row: Any, stride: Any, right: Any, index: Any, first: Any
) -> Any:
    """Return the sums of the products of eight pairs of rows, each in 8 lanes still to be added.

    The pairs are left[row + r stride] and right[index[first + r]].
    """
    vector = VectorType(left.dtype)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        left_type, _, _, right_type, index_type, _ = signature.args
        left, row, stride, right, index, first = arguments
        kind = context.get_value_type(vector)
        zero = ir.Constant(kind, [0.0] * LANES)
        numbers = context.make_array(index_type)(context, builder, index)
        rows, targets = [], []
        for r in range(LANES):
            rows.append(builder.add(row, builder.mul(stride, row.type(r))))
            place = builder.add(first, first.type(r))
            pointer = cgutils.get_item_pointer(
                context, builder, index_type, numbers, [place], wraparound=False
            )
            targets.append(builder.sext(builder.load(pointer), row.type))
        sums = [cgutils.alloca_once_value(builder, zero) for _ in range(LANES)]
        shape = cgutils.unpack_tuple(
            builder, context.make_array(left_type)(context, builder, left).shape
        )
        width, step = shape[1], row.type(LANES)
        with cgutils.for_range_slice(builder, row.type(0), width, step, row.type) as (column, _):
            for one, other, running in zip(rows, targets, sums, strict=True):
                a = _load(context, builder, vector, left_type, [left, one, column])
                b = _load(context, builder, vector, right_type, [right, other, column])
                builder.store(_call(builder, "fmuladd", a, b, builder.load(running)), running)
        return context.make_tuple(
            builder, signature.return_type, [builder.load(running) for running in sums]
        )

    whole = types.intp
    signature = types.UniTuple(vector, LANES)(left, whole, whole, right, index, whole)
    return signature, generate


@intrinsic
def load_rows(typing: Any, matrix: Any, row: Any, column: Any) -> Any:
    """Return the numbers of eight rows that start at a column, as eight vectors."""
    vector = VectorType(matrix.dtype)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        matrix, row, column = arguments
        rows = [builder.add(row, row.type(r)) for r in range(LANES)]
        return context.make_tuple(
            builder,
            signature.return_type,
            [_load(context, builder, vector, signature.args[0], [matrix, r, column]) for r in rows],
        )

    return types.UniTuple(vector, LANES)(matrix, types.intp, types.intp), generate


@intrinsic
def store_rows(typing: Any, matrix: Any, row: Any, column: Any, vectors: Any) -> Any:
    """Write eight vectors to eight rows from a column on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        matrix, row, column, vectors = arguments
        for r, vector in enumerate(cgutils.unpack_tuple(builder, vectors)):
            place = builder.add(row, row.type(r))
            _store(context, builder, signature.args[0], [matrix, place, column, vector])
        return context.get_dummy_value()

    return types.void(matrix, types.intp, types.intp, vectors), generate


# ---- arithmetic


def _splat(builder: Any, number: Any, vector_type: Any) -> Any:
    undefined = ir.Constant(vector_type, ir.Undefined)
    first = builder.insert_element(undefined, number, INT32(0))
    return _shuffle(builder, first, undefined, [0] * vector_type.count)


def _shuffle(builder: Any, a: Any, b: Any, lanes: list[int]) -> Any:
    """Pick lanes of two vectors; those of the second are numbered on."""
    return builder.shuffle_vector(a, b, ir.Constant(ir.VectorType(INT32, len(lanes)), lanes))


def _call(builder: Any, name: str, *vectors: Any) -> Any:
    """Call one of LLVM's own functions, which exist for every vector type."""
    kind = vectors[0].type
    suffix = "f32" if isinstance(kind.element, ir.FloatType) else "f64"
    function = cgutils.get_or_insert_function(
        builder.module,
        ir.FunctionType(kind, [kind] * len(vectors)),
        f"llvm.{name}.v{kind.count}{suffix}",
    )
    return builder.call(function, vectors)


@intrinsic
def splat(typing: Any, number: Any) -> Any:
    """Return a number in all of 8 lanes."""
    return _splatted(number, LANES)


@intrinsic
def wide_splat(typing: Any, number: Any) -> Any:
    """Return a number in all lanes of several registers."""
    return _splatted(number, WIDE)


def _splatted(number: Any, lanes: int) -> Any:
    vector = VectorType(number, lanes)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _splat(builder, arguments[0], context.get_value_type(vector))

    return vector(number), generate


@intrinsic
def fma(typing: Any, a: Any, b: Any, c: Any) -> Any:
    """Return a * b + c, rounded once where the machine can."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _call(builder, "fmuladd", *arguments)

    return a(a, a, a), generate


@intrinsic
def total(typing: Any, vector: Any) -> Any:
    """Return the sum over all lanes: fold the vector in half until one number is left."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        folded, width = arguments[0], LANES
        while width > 1:
            width //= 2
            lower = _shuffle(builder, folded, folded, list(range(width)))
            upper = _shuffle(builder, folded, folded, list(range(width, 2 * width)))
            folded = builder.fadd(lower, upper)
        return builder.extract_element(folded, INT32(0))

    return vector.dtype(vector), generate


@intrinsic
def transpose(typing: Any, vectors: Any) -> Any:
    """Return the columns of the matrix that has these eight vectors as its rows.

    A matrix is transposed by exchanging its upper right and lower left quarter, then doing the
    same in each quarter. Exchanging quarters of width w concerns rows i and i + w.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = cgutils.unpack_tuple(builder, arguments[0])
        for width in (4, 2, 1):
            left = [lane if not lane & width else lane - width + LANES for lane in range(LANES)]
            right = [lane + width if not lane & width else lane + LANES for lane in range(LANES)]
            for i in range(LANES):
                if not i & width:
                    upper, lower = rows[i], rows[i + width]
                    rows[i] = _shuffle(builder, upper, lower, left)
                    rows[i + width] = _shuffle(builder, upper, lower, right)
        return context.make_tuple(builder, signature.return_type, rows)

    return vectors(vectors), generate


@intrinsic
def exp(typing: Any, vector: Any) -> Any:
    """Return e^x; x is taken as at least -87 and at most 87.

    The relative error in float32 grows with x, from 2e-7 at 0 to 1e-5 at the ends.
    """
    bits, mantissa = (32, 23) if vector.dtype == types.float32 else (64, 52)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = context.get_value_type(vector)
        whole = ir.VectorType(ir.IntType(bits), LANES)

        def constant(value: float) -> Any:
            return ir.Constant(kind, [float(np.float32(value))] * LANES)

        x = _call(builder, "maxnum", arguments[0], constant(-EXP_LIMIT))
        x = _call(builder, "minnum", x, constant(EXP_LIMIT))
        scaled = builder.fmul(x, constant(LOG2_E))
        n = _call(builder, "rint", scaled)
        f = builder.fsub(scaled, n)
        power = constant(EXP2_COEFFICIENTS[0])
        for coefficient in EXP2_COEFFICIENTS[1:]:
            power = _call(builder, "fmuladd", power, f, constant(coefficient))
        # To multiply by 2^n, add n to the exponent of the floating-point number.
        exponent = builder.shl(builder.fptosi(n, whole), ir.Constant(whole, [mantissa] * LANES))
        return builder.bitcast(builder.add(builder.bitcast(power, whole), exponent), kind)

    return vector(vector), generate


def _define(operation: Callable[..., Any], instruction: str) -> None:
    """Let an operator of Python work on two vectors."""

    @intrinsic
    def combine(typing: Any, a: Any, b: Any) -> Any:
        def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            return getattr(builder, instruction)(*arguments)

        return a(a, a), generate

    @overload(operation)
    def on_vectors(a: Any, b: Any) -> Any:
        def implementation(a: Any, b: Any) -> Any:
            return combine(a, b)

        return implementation if isinstance(a, VectorType) and a == b else None


_define(operator.add, "fadd")

_define(operator.sub, "fsub")

_define(operator.mul, "fmul")

_define(operator.truediv, "fdiv")

BYTE, LONG = ir.IntType(8), ir.IntType(64)
BYTES_AT_ONCE = 64  # bytes


def _load_text(context: Any, builder: Any, signature: Any, arguments: Any, kind: Any) -> Any:
    """Read a value of some type from any place in a text."""
    text = context.make_array(signature.args[0])(context, builder, arguments[0])
    address = builder.gep(text.data, [arguments[1]])
    loaded = builder.load(builder.bitcast(address, kind.as_pointer()))
    loaded.align = 1
    return loaded


@intrinsic
def eight_bytes(typing: Any, text: Any, position: Any) -> Any:
    """Return eight bytes as one number, the first in the lowest bits."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return _load_text(context, builder, signature, arguments, LONG)

    return types.uint64(text, types.intp), generate


@intrinsic
def spaces(typing: Any, text: Any, position: Any) -> Any:
    """Return 64 bits that tell which of 64 bytes are ASCII white space, as for bytes.split()."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.VectorType(BYTE, BYTES_AT_ONCE)

        def constant(value: int) -> Any:
            return ir.Constant(kind, [value] * BYTES_AT_ONCE)

        characters = _load_text(context, builder, signature, arguments, kind)
        is_space = builder.icmp_unsigned("==", characters, constant(ord(" ")))
        from_tab = builder.sub(characters, constant(ord("\t")))
        is_control = builder.icmp_unsigned("<=", from_tab, constant(ord("\r") - ord("\t")))
        return builder.bitcast(builder.or_(is_space, is_control), LONG)

    return types.uint64(text, types.intp), generate


@intrinsic
def lowest_bit(typing: Any, bits: Any) -> Any:
    """Return the place of the lowest bit that is set; at least one must be."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        return builder.cttz(arguments[0], ir.Constant(ir.IntType(1), 1))

    return types.intp(types.uint64), generate
