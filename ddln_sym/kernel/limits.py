"""Limits of functions of one variable, by rules: sums, products, powers, monotone heads, and l'Hôpital's.

What is asked about is made of real constants and a variable by the heads below.  Where sine and cosine are only of
what stays bounded, such functions are definable in an o-minimal structure, so near an end each is differentiable, of
one sign or 0, and monotone: a limit exists, and l'Hôpital's rule needs no more than that the quotient of the
derivatives has one.  Of anything else that rule is not used; what is bounded times what vanishes tends to 0 all the
same.  Nothing here asks SymPy for a limit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import sympy as sp

Expr = Any
#: 1 for what is positive, −1 for negative, 0 for 0, None for what is not known.
Sign = Callable[[Expr], int | None]

__all__ = ["Approach", "find_limit"]

#: How often l'Hôpital's rule is used in a row, how many functions are looked at in all, of which length and
#: with which powers.
HOSPITAL, FUNCTIONS, OPERATIONS, POWER = 5, 300, 70, 64


@dataclass(frozen=True)
class Approach:
    """What a function tends to, ±∞ among it, and its sign near the end: 0 where that is not known.

    ``rules``: what was used beside the limits of sums and products, in words.
    """

    value: Expr
    sign: int = 0
    rules: tuple[str, ...] = ()

    @property
    def infinite(self) -> bool:
        return self.value in (sp.oo, -sp.oo)


def find_limit(
    f: Expr, x: Expr, end: Expr, direction: int, sign: Sign, left: list[int] | None = None
) -> Approach | None:
    """What ``f`` tends to as x goes to an end, from below (``direction`` 1) or from above (−1), if a rule tells.

    Args:
        end: a constant, or ±∞.
        sign: the sign of a constant.
        left: how many functions may still be looked at, which is counted down.

    >>> x = sp.Symbol("x", real=True)
    >>> find_limit(x * sp.log(1 + 1 / x), x, sp.oo, 1, lambda c: int(sp.sign(c))).value
    1
    """
    if any(p.exp.is_Rational and abs(p.exp) > POWER for p in f.atoms(sp.Pow)):
        return None
    u = sp.Dummy(x.name, positive=True)
    if end in (sp.oo, -sp.oo):
        moved, near = f.subs(x, u if end is sp.oo else -u), False
    else:
        moved, near = f.subs(x, end - direction * u), True
    try:
        moved = moved.replace(sp.cot, lambda a: sp.cos(a) / sp.sin(a))  # as which SymPy writes tan(π/2 − u)
        tool = _Near(u, near, sign, left=[FUNCTIONS] if left is None else left)
        if not tool.has_values(moved):
            return None
        found = tool.of(tool.in_exponentials(tool.without_moduli(moved)))
        if found is None and not near and (other := _towards_zero(moved, u)) is not None:
            found = _Near(u, True, sign, left=[FUNCTIONS] if left is None else left).of(other)
        return found
    except (RecursionError, NotImplementedError):
        return None


#: The values at −∞ and ∞ of heads that increase through 0.
_ENDS: dict[Any, tuple[Expr, Expr]] = {
    sp.sinh: (-sp.oo, sp.oo),
    sp.asinh: (-sp.oo, sp.oo),
    sp.tanh: (sp.Integer(-1), sp.Integer(1)),
    sp.atan: (-sp.pi / 2, sp.pi / 2),
    sp.erf: (sp.Integer(-1), sp.Integer(1)),
}


@dataclass
class _Near:
    """The limits of functions of a positive ``u`` that tends to 0 (``at_zero``) or to ∞."""

    u: Expr
    at_zero: bool
    sign: Sign
    depth: int = HOSPITAL
    left: list[int] = field(default_factory=lambda: [FUNCTIONS])
    known: dict[tuple[Expr, int], Approach | None] = field(default_factory=dict)

    def of(self, f: Expr) -> Approach | None:
        key = f, self.depth
        if key not in self.known:
            self.known[key] = None
            self.left[0] -= 1
            if self.left[0] >= 0:
                self.known[key] = self._find(f)
        return self.known[key]

    def _find(self, f: Expr) -> Approach | None:
        if f.has(sp.nan, sp.zoo, sp.oo, -sp.oo, sp.I, sp.AccumBounds):
            return None
        if not f.has(self.u):
            return self._constant(f)
        if f == self.u:
            return Approach(sp.Integer(0), 1) if self.at_zero else Approach(sp.oo, 1)
        if isinstance(f, sp.Add):
            return self._sum(f)
        if isinstance(f, sp.Mul):
            return self._product(f)
        if isinstance(f, sp.Pow):
            return self._power(*f.args)
        if len(f.args) == 1 and (inside := self.of(f.args[0])) is not None:
            return self._function(f.func, inside, f.args[0])
        return None

    def _constant(self, c: Expr) -> Approach | None:
        found = self.sign(c)
        return Approach(sp.Integer(0) if found == 0 else c, found or 0)

    def _signed(self, value: Expr, rules: tuple[str, ...], sign: int = 0) -> Approach:
        """A finite value, with the sign near it: its own, or where it is 0 that which is given."""
        own = self.sign(value)
        return Approach(sp.Integer(0) if own == 0 else value, sign if own == 0 else own or 0, rules)

    # -- heads --------------------------------------------------------------------------------------
    def _function(self, head: Any, inside: Approach, argument: Expr) -> Approach | None:
        value, rules = inside.value, inside.rules
        if head is sp.exp:
            if inside.infinite:
                return Approach(sp.oo, 1, rules) if value is sp.oo else Approach(sp.Integer(0), 1, rules)
            return Approach(sp.exp(value), 1, rules)
        if head is sp.log:
            return self._logarithm(inside, argument)
        if head is sp.Abs:
            return Approach(abs(value), abs(inside.sign), rules)
        if head is sp.cosh:
            return Approach(sp.oo if inside.infinite else sp.cosh(value), 1, rules)
        if head in _ENDS:
            low, high = _ENDS[head]
            return Approach((low if value == -sp.oo else high) if inside.infinite else head(value), inside.sign, rules)
        if inside.infinite or head not in (sp.sin, sp.cos, sp.tan):
            return None
        if head is sp.tan and not self.sign(sp.cos(value)):
            return None
        return self._signed(head(value), rules, inside.sign if value == 0 and head is not sp.cos else 0)

    def _logarithm(self, inside: Approach, argument: Expr) -> Approach | None:
        value, rules = inside.value, inside.rules
        if value is sp.oo:
            return Approach(sp.oo, 1, rules)
        if value == 0:
            return Approach(-sp.oo, -1, rules) if self._side(argument, inside) == 1 else None
        if inside.infinite or inside.sign != 1:
            return None
        return self._signed(sp.log(value), rules)

    def _power(self, base: Expr, exponent: Expr) -> Approach | None:
        below = self.of(base)
        if below is None:
            return None
        if exponent.has(self.u) or not exponent.is_number:
            if base == sp.E or self._side(base, below) != 1:
                return None
            return self.of(sp.exp(sp.expand_mul(exponent * sp.log(base))))
        sign = self._side(base, below) if below.value == 0 else below.sign
        whole, order = exponent.is_integer, self.sign(exponent)
        if not order or (not whole and sign != 1):
            return None
        if whole and exponent % 2 == 0:
            sign = abs(sign)
        if below.infinite or below.value == 0:
            grows = below.infinite == (order > 0)
            if grows and sign == 0:
                return None
            return Approach(sign * sp.oo if grows else sp.Integer(0), sign, below.rules)
        if sign == 0:  # a value whose sign is not known may be 0
            return None
        return Approach(below.value**exponent, sign, below.rules)

    def _side(self, g: Expr, near: Approach) -> int:
        """The sign of a function near the end: where it tends to 0, by that of its derivative."""
        if near.sign or near.value != 0 or self.depth == 0:
            return near.sign
        slope = _tidy(sp.diff(g, self.u))
        deeper = self._deeper()
        found = deeper.of(slope)
        if found is None:
            return 0
        sign = deeper._side(slope, found)
        return sign if self.at_zero else -sign

    def has_values(self, f: Expr) -> bool:
        """Whether the function surely has real values near the end."""
        for part in sp.postorder_traversal(f):
            if isinstance(part, sp.log):
                inside, kind = part.args[0], "> 0"
            elif part.is_Pow and part.base != sp.E:
                inside, exponent = part.args
                kind = "> 0" if not exponent.is_Integer else "≠ 0" if exponent < 0 else ""
            elif isinstance(part, sp.tan):
                inside, kind = sp.cos(part.args[0]), "≠ 0"
            else:
                continue
            if not kind or inside.is_Rational:
                continue
            near = self.of(inside)
            sign = 0 if near is None else self._side(inside, near)
            if sign == 0 or (kind == "> 0" and sign < 0):
                return False
        return True

    def without_moduli(self, f: Expr) -> Expr:
        """The function with ``±a`` in the place of ``|a|`` where a has a sign near the end."""

        def signed(a: Expr) -> Expr:
            near = self.of(a)
            sign = 0 if near is None else self._side(a, near)
            return sign * a if sign else sp.Abs(a)

        return f.replace(sp.Abs, signed)

    def in_exponentials(self, f: Expr) -> Expr:
        """The function with exponentials and logarithms in the place of what is hyperbolic and tends to ±∞."""
        ways = {
            sp.sinh: lambda a: (sp.exp(a) - sp.exp(-a)) / 2,
            sp.cosh: lambda a: (sp.exp(a) + sp.exp(-a)) / 2,
            sp.tanh: lambda a: 1 - 2 / (sp.exp(2 * a) + 1),
        }

        def grows(e: Expr) -> bool:
            return e.func in ways and (near := self.of(e.args[0])) is not None and near.infinite

        return f.replace(grows, lambda e: ways[e.func](e.args[0]))

    def _deeper(self) -> _Near:
        return _Near(self.u, self.at_zero, self.sign, self.depth - 1, self.left, self.known)

    # -- sums and products ------------------------------------------------------------------------------
    def _sum(self, f: Expr) -> Approach | None:
        parts = [self.of(a) for a in f.args]
        limits = [p for p in parts if p is not None]
        rules = _rules(limits)
        infinite = {p.value for p in limits if p.infinite}
        if len(limits) == len(parts) and len(infinite) < 2:
            if infinite:
                value = infinite.pop()
                return Approach(value, 1 if value is sp.oo else -1, rules)
            value, signs = sp.Add(*(p.value for p in limits)), {p.sign for p in limits}
            return self._signed(value, rules, signs.pop() if len(signs) == 1 else 0)
        if len(limits) < len(parts) and not any(p.infinite for p in limits):
            return self._rewritten(f)
        for both in self._algebraic_apart(f):
            if not any(p.infinite for p in both):
                return self._signed(sp.Add(*(p.value for p in both)), _rules(both))
        if (other := _together_logarithms(f)) != f and (found := self.of(other)) is not None:
            return found
        for term, near in zip(f.args, parts, strict=True):  # what grows fastest
            if near is None or not near.infinite:
                continue
            found_ratios = [self.of(_tidy(a / term)) for a in f.args if a is not term]
            ratios = [r for r in found_ratios if r is not None and not r.infinite]
            sign = self.sign(sp.Add(1, *(r.value for r in ratios))) if len(ratios) == len(found_ratios) else None
            if sign:
                sign *= near.sign
                return Approach(sign * sp.oo, sign, (*rules, *_rules(ratios)))
        return self._rewritten(f)

    def _rewritten(self, f: Expr) -> Approach | None:
        """A sum as a quotient, or with its logarithms brought together."""
        plain = f.replace(sp.asinh, lambda a: sp.log(a + sp.sqrt(a**2 + 1)))
        for other in dict.fromkeys((_together_logarithms(plain), _rationalized(f), sp.factor(f), sp.together(f))):
            if other != f and other.count_ops() <= OPERATIONS and (found := self.of(other)) is not None:
                return found
        return None

    def _product(self, f: Expr) -> Approach | None:
        constant, rest = f.as_independent(self.u, as_Add=False)
        if constant != 1 and not self.sign(constant):  # of what has no sign only finite multiples are known
            near = self.of(rest)
            return None if near is None or near.infinite else self._signed(constant * near.value, near.rules)
        parts = [self.of(a) for a in f.args]
        if None not in parts:
            limits = [p for p in parts if p is not None]
            sign = int(sp.prod([p.sign for p in limits]))
            if not (any(p.infinite for p in limits) and any(p.value == 0 for p in limits)):
                return self._product_of(limits)
            if sign and (found := self._by_square(f, sign) or self._by_logarithm(f, sign)) is not None:
                return found
            for both in self._algebraic_apart(f):
                if not (any(p.infinite for p in both) and any(p.value == 0 for p in both)):
                    return self._product_of(both)
        elif (found := self._squeezed(f, parts)) is not None:
            return found
        for a, p in zip(f.args, parts, strict=True):  # a difference of roots is a quotient, which is shorter
            vanishes = isinstance(a, sp.Add) and p is not None and p.value == 0 and a.is_algebraic_expr(self.u)
            if vanishes and (other := _rationalized(a)) != a:
                return self.of(_tidy(f.xreplace({a: other})))
        plain = sp.powsimp(sp.expand_mul(f))
        return self._hospital(f) or (self.of(plain) if plain != f else None)

    def _product_of(self, limits: list[Approach]) -> Approach | None:
        """Of factors of which none grows while another vanishes."""
        sign = int(sp.prod([p.sign for p in limits]))
        if any(p.infinite for p in limits):
            return Approach(sign * sp.oo, sign, _rules(limits)) if sign else None
        return Approach(sp.Mul(*(p.value for p in limits)), sign, _rules(limits))

    def _algebraic_apart(self, f: Expr) -> Iterator[list[Approach]]:
        """The limits of what is algebraic in a sum or product, and of the rest, if both are there and have one."""
        plain = [a for a in f.args if a.is_algebraic_expr(self.u)]
        if 1 < len(plain) < len(f.args):
            both = [self.of(f.func(*plain)), self.of(f.func(*(a for a in f.args if a not in plain)))]
            limits = [p for p in both if p is not None]
            if len(limits) == 2:
                yield limits

    def _squeezed(self, f: Expr, parts: list[Approach | None]) -> Approach | None:
        """What is bounded times what tends to 0."""
        wild = [a for a, p in zip(f.args, parts, strict=True) if p is None]
        rest = self.of(sp.Mul(*(a for a in f.args if a not in wild)))
        if rest is None or rest.value != 0 or not all(map(self._is_bounded, wild)):
            return None
        return Approach(sp.Integer(0), 0, (*rest.rules, "what is bounded times what vanishes"))

    def _is_bounded(self, e: Expr) -> bool:
        """Whether what has a value near the end surely stays between two constants there."""
        if isinstance(e, (sp.sin, sp.cos, sp.tanh, sp.atan, sp.erf)):
            return True
        if (near := self.of(e)) is not None:
            return not near.infinite
        if isinstance(e, (sp.Add, sp.Mul, sp.Abs)) or (e.is_Pow and e.exp.is_Integer and e.exp > 0):
            return all(map(self._is_bounded, e.args))
        return False

    def _oscillates(self, e: Expr) -> bool:
        """Whether a sine or cosine in it may be of what grows beyond all bounds."""
        waves = (w for w in e.atoms(sp.sin, sp.cos, sp.tan) if w.has(self.u))
        return any((near := self.of(w.args[0])) is None or near.infinite for w in waves)

    def _by_square(self, f: Expr, sign: int) -> Approach | None:
        """A product with a square root in it whose square is a rational function."""
        if not any(a.is_Pow and a.exp.is_Rational and a.exp.q == 2 for a in sp.Mul.make_args(f)):
            return None
        square = sp.cancel(f**2)
        near = self.of(square) if square.is_rational_function() else None
        return None if near is None else Approach(sign * sp.sqrt(near.value), sign, near.rules)

    def _by_logarithm(self, f: Expr, sign: int) -> Approach | None:
        """A product with an exponential in it: what its logarithm, a sum, tends to, where that is infinite."""
        factors = sp.Mul.make_args(f)
        if not any(isinstance(a, sp.exp) for a in factors) or any(
            a.has(sp.exp) and a.is_Pow and not isinstance(a, sp.exp) for a in factors
        ):
            return None
        near = self.of(sp.Add(*(n * sp.log(b) for b, n in (a.as_base_exp() for a in sp.Mul.make_args(sign * f)))))
        if near is None or not near.infinite:
            return None
        return Approach(sign * sp.oo if near.value is sp.oo else sp.Integer(0), sign, near.rules)

    def _hospital(self, f: Expr) -> Approach | None:
        if self.depth == 0 or self._oscillates(f):
            return None
        deeper = self._deeper()
        for above, below in self._quotients(f):
            one, other = self.of(above), self.of(below)
            if one is None or other is None:
                continue
            both = (one.value == 0 and other.value == 0) or other.infinite
            if not both or not below.has(self.u):
                continue
            ratio = _ratio(above, below, self.u)
            if ratio.count_ops() <= OPERATIONS and (found := deeper.of(ratio)) is not None:
                said = (*_rules([one, other]), *found.rules, "l'Hôpital's rule")
                sign = found.sign
                if not found.infinite and found.value == 0:
                    sign = one.sign * other.sign
                return Approach(found.value, sign, tuple(dict.fromkeys(said)))
        return None

    def _quotients(self, f: Expr) -> Iterator[tuple[Expr, Expr]]:
        factors = sp.Mul.make_args(f)
        yield sp.fraction(f)
        vanishing = [a for a in factors if (p := self.of(a)) is not None and p.value == 0]
        others = [a for a in factors if a not in vanishing]
        if vanishing and others:
            one, other = sp.Mul(*vanishing), sp.Mul(*others)
            ways = [(one, 1 / other), (other, 1 / one)]
            yield from sorted(ways, key=lambda way: _ratio(way[0], way[1], self.u).count_ops())


def _ratio(above: Expr, below: Expr, u: Expr) -> Expr:
    """The quotient of the derivatives."""
    one, other = (_whole_roots(sp.diff(f, u)) for f in (above, below))
    return _tidy(one / other)


def _whole_roots(f: Expr) -> Expr:
    """``√(a/4 + 1)`` as ``√(a + 4)/2``, so that equal roots are seen to be."""

    def whole(p: Expr) -> Expr:
        above, below = sp.together(p.base).as_numer_denom()
        return above**p.exp / below**p.exp if below.is_Integer and below > 1 else p

    return f.replace(lambda p: p.is_Pow and p.exp.is_Rational and not p.exp.is_Integer, whole)


def _towards_zero(f: Expr, u: Expr) -> Expr | None:
    """A function of u → ∞ as one of 1/u → 0, its roots and quotients whole; None where it has no root."""
    if not any(p.exp.is_Rational and not p.exp.is_Integer and p.has(u) for p in f.atoms(sp.Pow)):
        return None

    def whole(p: Expr) -> Expr:
        above, below = sp.together(p.base).as_numer_denom()
        return above**p.exp / below**p.exp if below.is_positive else p

    turned = f.xreplace({u: 1 / u}).replace(lambda p: p.is_Pow and p.exp.is_Rational and not p.exp.is_Integer, whole)
    return sp.together(turned)


def _rules(limits: list[Any]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(r for p in limits for r in p.rules))


def _tidy(f: Expr) -> Expr:
    """The same function, shorter where that is easy."""
    if f.count_ops() > OPERATIONS:
        return f
    found = sp.powsimp(sp.factor_terms(sp.cancel(f) if f.is_rational_function() else sp.expand_mul(f)))
    other = sp.powsimp(f)
    return min((other, found), key=lambda e: e.count_ops())


def _together_logarithms(f: Expr) -> Expr:
    """``log a − log b`` as ``log(a/b)``, and ``x`` as ``log e^x``: near the end all are of what is positive."""
    terms = sp.Add.make_args(f)
    whole = [t for t in terms if isinstance(t.as_coeff_Mul()[1], sp.log) and t.as_coeff_Mul()[0].is_Integer]
    if not whole:
        return f
    inside = sp.prod([t.as_coeff_Mul()[1].args[0] ** t.as_coeff_Mul()[0] for t in whole])
    rest = f - sp.Add(*whole)
    if f.has(sp.exp):
        inside, rest = sp.expand_mul(inside * sp.exp(rest)), sp.Integer(0)
    return sp.log(sp.cancel(inside) if inside.is_rational_function() else inside) + rest


def _rationalized(f: Expr) -> Expr:
    """``√a + b`` as ``(a − b²)/(√a − b)``."""
    for term in sp.Add.make_args(f):
        if any(a.is_Pow and a.exp == sp.Rational(1, 2) for a in sp.Mul.make_args(term)):
            rest = f - term
            return sp.expand(term**2 - rest**2) / (term - rest)
    return f
