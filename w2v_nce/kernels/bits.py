"""Eight or 64 bytes of text at once.

As in :mod:`w2v_nce.kernels.simd`, these are LLVM instructions that look like functions, and places
are *not* checked: the bytes that are asked for must exist. Texts are 1-D arrays of uint8, and the
first byte is taken for the lowest: machines are little-endian.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types

from w2v_nce.kernels.jit import intrinsic

BYTE, LONG = ir.IntType(8), ir.IntType(64)
CHUNK = 64  # bytes


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
        kind = ir.VectorType(BYTE, CHUNK)

        def constant(value: int) -> Any:
            return ir.Constant(kind, [value] * CHUNK)

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
