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
from w2v_nce.kernels.state import LANES

INT32 = ir.IntType(32)

# exp(x) = 2^n 2^f with n whole and |f| <= 1/2. For 2^f a polynomial, 1 + f q(f), with the q of
# degree 4 that has the least relative error there: 1.1e-7.
LOG2_E = 1.4426950408889634

EXP2_COEFFICIENTS = (1.32647273e-3, 9.67151299e-3, 5.55073358e-2, 2.40222424e-1, 6.93147004e-1, 1.0)

EXP_LIMIT = 87.0  # beyond it, float32 has no exp(x) or no exp(-x)


class VectorType(types.Type):
    """Eight numbers of one float type."""

    def __init__(self, dtype: types.Float) -> None:
        self.dtype = dtype
        super().__init__(name=f"vector({LANES} x {dtype})")


@register_model(VectorType)
class VectorModel(models.PrimitiveModel):
    """Tells Numba that such a value is an LLVM vector."""

    def __init__(self, manager: Any, vector: VectorType) -> None:
        element = manager[vector.dtype].get_value_type()
        super().__init__(manager, vector, ir.VectorType(element, LANES))  # type: ignore[no-untyped-call]


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
        pointer_type = context.get_value_type(vector).as_pointer()
        address = _address(context, builder, signature.args[0], arguments)
        loaded = builder.load(builder.bitcast(address, pointer_type))
        loaded.align = matrix.dtype.bitwidth // 8
        return loaded

    return vector(matrix, types.intp, types.intp), generate


@intrinsic
def store(typing: Any, matrix: Any, row: Any, column: Any, vector: Any) -> Any:
    """Write a vector to a row from a column on."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer_type = context.get_value_type(vector).as_pointer()
        address = _address(context, builder, signature.args[0], arguments)
        stored = builder.store(arguments[3], builder.bitcast(address, pointer_type))
        stored.align = matrix.dtype.bitwidth // 8
        return context.get_dummy_value()

    return types.void(matrix, types.intp, types.intp, vector), generate


@intrinsic
def broadcast(typing: Any, matrix: Any, row: Any, column: Any) -> Any:
    """Return one number of a matrix in all lanes."""
    vector = VectorType(matrix.dtype)

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        number = builder.load(_address(context, builder, signature.args[0], arguments))
        return _splat(builder, number, context.get_value_type(vector))

    return vector(matrix, types.intp, types.intp), generate


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


# ---- arithmetic


def _splat(builder: Any, number: Any, vector_type: Any) -> Any:
    undefined = ir.Constant(vector_type, ir.Undefined)
    first = builder.insert_element(undefined, number, INT32(0))
    return _shuffle(builder, first, undefined, [0] * LANES)


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
        f"llvm.{name}.v{LANES}{suffix}",
    )
    return builder.call(function, vectors)


@intrinsic
def splat(typing: Any, number: Any) -> Any:
    """Return a number in all lanes."""
    vector = VectorType(number)

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
def transpose(
    typing: Any, r0: Any, r1: Any, r2: Any, r3: Any, r4: Any, r5: Any, r6: Any, r7: Any
) -> Any:
    """Return the columns of the matrix that has these eight vectors as its rows.

    A matrix is transposed by exchanging its upper right and lower left quarter, then doing the
    same in each quarter. Exchanging quarters of width w concerns rows i and i + w.
    """

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        rows = list(arguments)
        for width in (4, 2, 1):
            left = [lane if not lane & width else lane - width + LANES for lane in range(LANES)]
            right = [lane + width if not lane & width else lane + LANES for lane in range(LANES)]
            for i in range(LANES):
                if not i & width:
                    upper, lower = rows[i], rows[i + width]
                    rows[i] = _shuffle(builder, upper, lower, left)
                    rows[i + width] = _shuffle(builder, upper, lower, right)
        return context.make_tuple(builder, signature.return_type, rows)

    return types.UniTuple(r0, LANES)(*[r0] * LANES), generate


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


def _load(context: Any, builder: Any, signature: Any, arguments: Any, kind: Any) -> Any:
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
        return _load(context, builder, signature, arguments, LONG)

    return types.uint64(text, types.intp), generate


@intrinsic
def spaces(typing: Any, text: Any, position: Any) -> Any:
    """Return 64 bits that tell which of 64 bytes are ASCII white space, as for bytes.split()."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = ir.VectorType(BYTE, BYTES_AT_ONCE)

        def constant(value: int) -> Any:
            return ir.Constant(kind, [value] * BYTES_AT_ONCE)

        characters = _load(context, builder, signature, arguments, kind)
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
