"""Random programs, on which the compiled jets have to give the integers of the plain interpreter.

Run as a program, with a compiled kernel and a number of programs, it compares them with that kernel: for a build under
sanitizers.
"""

from __future__ import annotations

import sys
from fractions import Fraction
from importlib.util import module_from_spec, spec_from_file_location
from random import Random

#: So many digits of 60 bits at most.
WIDEST = 80


def constant(random: Random) -> Fraction:
    return random.choice(
        [
            Fraction(random.randint(-9, 9)),
            Fraction(random.randint(-99, 99), random.randint(1, 30)),
            Fraction(random.randint(-(10**6), 10**6), 2 ** random.randint(0, 40)),
        ]
    )


def program(random: Random, bits: int):
    """Its size, its lines and its derivatives."""
    size, lines = random.randint(1, 4), []
    for _ in range(random.randint(1, 8)):
        registers = size + len(lines)
        kind = random.choice(["total", "square", "product", "logistic"])
        if kind == "total":
            before = [line[1] for line in lines if line[0] == "total"]
            some = tuple(sorted(random.sample(range(registers), random.randint(0, registers))))
            terms = random.choice([*before, some])  # equal lists share what is gathered
            constants = [(c.numerator << bits) // c.denominator for c in (constant(random) for _ in terms)]
            lines.append(("total", terms, constants, random.randint(-9 << bits, 9 << bits)))
        else:
            count = 2 if kind == "product" else 1
            lines.append((kind, *(random.randrange(registers) for _ in range(count))))
    derivatives = [(random.randrange(size + len(lines)), random.choice([1, -1, -2, 3, -6])) for _ in range(size)]
    return size, lines, derivatives


def compare(random: Random) -> int:
    """One program from one start; the digits in which it was compiled, 0 where it was left to the interpreter."""
    from ddln_sym.taylor.jets import PlainJets, Recurrence

    most = random.choice([60, 400, 60 * WIDEST - 70])
    bits = random.choice([random.randint(1, most), 60 * random.randint(1, most // 60) + random.randint(-1, 1)])
    recurrence = Recurrence(*program(random, bits), bits)
    choices = [0, 1, -1, -(1 << bits), *(random.randint(-(4 << n), 4 << n) for n in (bits, bits // 2))]
    state = [random.choice(choices) for _ in range(recurrence.size)]
    h = Fraction(random.randint(1, 1 << 20), 1 << random.randint(0, 30))
    if random.random() < 0.15:  # as long as the steps of a plateau, on which an unknown is tiny
        h, state[0] = Fraction(random.randint(1, 1 << 20) << random.randint(0, bits // 2)), random.randint(-9, 9)
    order = random.randint(1, random.choice([4, 40, 80]))
    plain, fast = recurrence.run_plainly(state, h, order), recurrence.run_compiled(state, h, order)
    if fast is None:
        return 0
    case = (recurrence.size, recurrence.lines, recurrence.derivatives, bits, state, h, order)
    assert list(fast) == list(plain), case
    assert fast.first == plain.first == state, case
    assert list(fast.arguments) == list(plain.arguments), case
    assert [fast.largest(k) for k in range(order + 1)] == [plain.largest(k) for k in range(order + 1)], case
    for part in (0, 1 << bits, *(random.randint(-1 << bits, 1 << bits) for _ in range(2))):
        assert fast.at(part) == PlainJets(list(plain), bits).at(part), case
    return fast.digits


def main(kernel: str, count: int) -> None:
    spec = spec_from_file_location("ddln_sym.taylor._jets", kernel)
    assert spec and spec.loader
    module = module_from_spec(spec)
    sys.modules[spec.name] = module
    import ddln_sym.taylor as package

    package._jets = module
    from ddln_sym.taylor import jets

    assert jets.kernel is module
    widths = [compare(Random(seed)) for seed in range(count)]
    print(sum(map(bool, widths)), max(widths))


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
