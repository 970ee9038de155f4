"""A standing campaign: random problems over all that a user can ask for, each result beside independent computations.

``python -m campaign --help`` (or ``make campaign``) says how to run it.  Every problem follows from the seed and its
number; what fails is written as a test that can be pasted.
"""

from __future__ import annotations
