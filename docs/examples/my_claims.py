"""Claims of one's own: a network that the paper does not treat, and one statement about all depths.

    ddln-sym check docs/examples/my_claims.py

A claim is a value of the class ``Claim`` with a name in this file; ``check`` finds it, decides it, and says
``proved``, ``refuted`` (with a point where it fails) or ``undecided``.
"""

import sympy as sp

from ddln_sym import Claim, Scope
from ddln_sym.models import LayerFlow
from ddln_sym.statements import Equal, Rate, RateRule, Setting, conserved

# -- a network of one's own: θ = u²v, one coordinate ------------------------------------------------
# The symbols of a statement are real and nothing more; what else is assumed of them is a hypothesis.
u, v = sp.symbols("u v", real=True)
g = sp.Symbol("g", real=True)  # the derivative of the loss at θ, whatever the loss is

# Gradient flow: u' = −(∂θ/∂u)·g and v' = −(∂θ/∂v)·g.
theta = u**2 * v
flow = Setting(rates=(RateRule(u, -sp.diff(theta, u) * g), RateRule(v, -sp.diff(theta, v) * g)))

# This network has one depth, so ``depths`` holds one number; the statement does not look at it.
ONE_NETWORK = {"depths": (sp.Integer(3),), "scope": Scope("$θ = u²v$", "all d")}

SPEED = Claim(
    id="my-speed",
    title="θ = u²v moves at the speed (4u²v² + u⁴)·g",
    source="my notes",
    printed=r"\theta'=-(4u^2v^2+u^4)\,g",
    statement=lambda depth: Equal(Rate(theta), -(4 * u**2 * v**2 + u**4) * g, flow),
    **ONE_NETWORK,
)

# For θ = uv the difference u² − v² is conserved.  For θ = u²v that is false, and ``check`` gives a point;
# a false claim comes with its correction, which is decided as well.
CONSERVED = Claim(
    id="my-conserved",
    title="u² − v² is conserved",
    source="my notes",
    printed=r"\frac{d}{dt}(u^2-v^2)=0",
    statement=lambda depth: conserved(u**2 - v**2, flow),
    correction=Claim(
        id="my-conserved-corrected",
        title="u² − 2v² is conserved",
        source="my notes",
        printed=r"\frac{d}{dt}(u^2-2v^2)=0",
        statement=lambda depth: conserved(u**2 - 2 * v**2, flow),
        **ONE_NETWORK,
    ),
    **ONE_NETWORK,
)


# -- the paper's network, at every depth --------------------------------------------------------------
def _two_squares(depth):
    """``LayerFlow`` is one coordinate of the deep diagonal flow; its depth is a symbol or a number."""
    layers = LayerFlow(depth)
    i, j = layers.index("i", 1), layers.index("j", 2)  # any two layers; 1 and 2 where the depth is a number
    squares = layers.layer(i) ** 2 + layers.layer(j) ** 2
    return Equal(Rate(squares), -4 * layers.theta * layers.slope, layers.setting)


# Without ``depths`` a claim speaks of every L ≥ 2.  ``uses`` names claims of the paper that it takes over.
SQUARES = Claim(
    id="my-squares",
    title="any two squared layers together move at the speed 4θg, at every depth",
    source="my notes",
    printed=r"\frac{d}{dt}\left((u^i)^2+(u^j)^2\right)=-4\,\theta g",
    statement=_two_squares,
    uses=("eq-5",),
)
