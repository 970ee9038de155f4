"""Models that cannot be had, and what is no model: one sentence, at once."""

from __future__ import annotations

import pytest

import ddln_sym as dd
from ddln_sym.models.parametrizations import MOST_PARAMETERS


@pytest.mark.parametrize(
    "make",
    [
        lambda: dd.deep_diagonal(10**6, 10**6),
        lambda: dd.deep_diagonal(MOST_PARAMETERS // 2, 2),
        lambda: dd.redundant(3, 10**9),
        lambda: dd.difference(2, 10**6),
        lambda: dd.matrix_factorization(10**4, 10**4),
        lambda: dd.asymmetric_factorization(10**4, 10**4, 2),
        lambda: dd.shallow_linear(10**4, 10**4),
        lambda: dd.deep_linear((10**4, 10**4, 1)),
        lambda: dd.deep_linear((2,) * 30),
        lambda: dd.relu_paths((100, 100, 100, 100)),
        lambda: dd.convolutional((2,) * 40),
        lambda: dd.softmax(10_000),
        lambda: dd.two_sided(10**8),
    ],
)
def test_a_model_that_would_fill_the_memory_is_refused_with_its_size(make):
    with pytest.raises(
        ValueError, match=r"the model would have (\d{5,}|about 10\^\d+) \w+.*: up to \d+ are written out"
    ):
        make()


def test_large_models_are_made_and_symbols_have_no_size():
    assert len(dd.deep_diagonal(2, MOST_PARAMETERS // 2).components) == MOST_PARAMETERS // 2
    assert len(dd.difference(10**6, 2).components) == 2


@pytest.mark.parametrize(
    "net",
    [
        dd.matrix_factorization(12, 12),
        dd.shallow_linear(12, 12),
        dd.asymmetric_factorization(12, 2, 11),
        dd.deep_linear((12, 12, 2)),
    ],
)
def test_entries_of_a_matrix_with_numbers_of_two_digits_have_names_of_their_own(net):
    assert len({str(v) for v in net.variables}) == len(net.variables)


@pytest.mark.parametrize(
    "ask",
    [dd.commuting, dd.regular, dd.symmetric_domains, dd.derive, dd.analyze, dd.conservation_laws, dd.burg,
     dd.exponentiated_gradient, lambda net: dd.tempered(net, 1)],
)  # fmt: skip
@pytest.mark.parametrize("what", [3, "deep_diagonal", None, (1, 2)])
def test_what_is_no_network_gets_one_sentence(ask, what):
    with pytest.raises(ValueError, match="expected a Parametrization, such as"):
        ask(what)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: dd.entropy([[1]]), "the layers have 1 row,"),
        (lambda: dd.entropy([[1], [2]])([1, 2]), "θ has 2 numbers, and the entropy has 1 coordinate$"),
        (lambda: dd.implicit_bias([[1, 2]], [1, 2], [[1, 2], [3, 4]]), "X has 1 row and y has 2 numbers"),
    ],
)
def test_one_is_singular(call, words):
    with pytest.raises(ValueError, match=words):
        call()
