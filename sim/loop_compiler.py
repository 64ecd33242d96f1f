"""How loops are compiled: numba's way without what our loops have no use for, a quarter quicker.

Two things are left out, neither of which changes what a loop computes:

- passes that look for closures and for arithmetic with whole arrays, which our loops do not have
  (a list written as ``[... for ...]`` would not compile: numba stops at what is left over);
- looking up what is known: numba tries some fifty forms of ``x[i]`` or ``a + b`` each time it
  meets one, until one fits the types; here it does so once for the same types.

Where a version of numba has no such parts (they are not all documented), loops are compiled as
numba does it. A test tells whether they are there.
"""

from __future__ import annotations

from typing import Any

try:
    from numba.core import compiler, compiler_machinery, targetconfig, types

    _Compiler: Any = compiler.CompilerBase
    _Function: Any = types.BaseFunction
    _pass_manager: Any = compiler_machinery.PassManager
    _passes_of: Any = compiler.DefaultPassBuilder.define_nopython_pipeline
    _flags_in_use: Any = targetconfig.ConfigStack.top_or_none
    _look_up: Any = _Function.get_call_type
    KNOWN = hasattr(_Function, "get_impl_key") and hasattr(_Compiler, "compile_extra")
    """Whether numba has the parts that are changed here."""
except (ImportError, AttributeError):
    KNOWN, _Compiler = False, object

UNUSED = frozenset(("InlineClosureLikes", "InlineOverloads", "NopythonRewrites"))
"""Passes that are left out: closures and comprehensions, functions that numba itself would write
out in place, arithmetic with whole arrays."""


class LoopCompiler(_Compiler):  # type: ignore[misc]
    """Numba's compiler with shorter ways."""

    def define_pipelines(self) -> list[Any]:
        """Return the passes that a loop goes through."""
        short = _pass_manager("loop")
        for step, description in _passes_of(self.state).passes:
            if step.__name__ not in UNUSED:
                short.add_pass(step, description)
        short.finalize()
        return [short]

    def compile_extra(self, function: Any) -> Any:
        """Compile a function; what is looked up for it is remembered, for nobody else's."""
        KNOWN_FORMS.asking += 1
        try:
            return super().compile_extra(function)
        finally:
            KNOWN_FORMS.asking -= 1


class _Known:
    """What was looked up: the signature of an operation for types, and the form of it to use."""

    def __init__(self) -> None:
        self.found: dict[Any, tuple[Any, ...]] = {}
        self.asking = 0
        self.flags: Any = None
        self.options = ""

    def __call__(self, function: Any, context: Any, args: Any, kws: Any) -> Any:
        """Return the signature of a function of numba's for these types."""
        if not self.asking or not hasattr(function, "_impl_keys"):
            return _look_up(function, context, args, kws)
        flags = _flags_in_use()
        if flags is not self.flags:  # each function that is compiled has flags of its own
            self.flags, self.options = flags, str(flags)
        key = (id(function), id(context), args, tuple(kws.items()), self.options)
        if key not in self.found:
            signature = _look_up(function, context, args, kws)
            # The function is held, so that no other one gets its id.
            self.found[key] = (signature, function.get_impl_key(signature), function)
        signature, form, _ = self.found[key]
        function._impl_keys[signature.args] = form
        return signature


KNOWN_FORMS = _Known()
if KNOWN:
    _Function.get_call_type = lambda *arguments: KNOWN_FORMS(*arguments)
OPTIONS: dict[str, Any] = {"pipeline_class": LoopCompiler} if KNOWN else {}
"""What :mod:`sim.compiled` tells numba's decorator."""
