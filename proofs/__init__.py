"""The paper, one module a section; each module also runs as a script."""

#: The sections in the paper's order.
SECTIONS = ("behaviour", "mirror_flow", "convergence", "two_layers", "redundant", "commuting", "necessity")
