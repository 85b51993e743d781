"""Keyed permutations: every number has one image of its own, which is another number."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scrubber.transform.crypto.cmac import Cmac
from scrubber.transform.crypto.permutation import Permutation
from tests.examples import examples

MAC, OTHER = Cmac(bytes(range(32))), Cmac(bytes(range(1, 33)))


@pytest.mark.parametrize("size", [2, 3, 4, 5, 7, 10, 16, 17, 99, 100, 101, 1000, 4096, 10_007])
def test_every_number_is_the_image_of_another(size: int) -> None:
    permutation = Permutation(MAC, b"a", size)
    images = permutation.forward(range(size))
    assert sorted(images) == list(range(size))
    assert all(image != number for number, image in enumerate(images))
    assert permutation.back(images) == list(range(size))


SIZES = st.integers(2, 2**64) | st.sampled_from([10**6, 10**18, 2**62, 10**19, 26**20, 36**200])


@examples(150)
@given(SIZES, st.data())
def test_back_undoes_forward(size: int, data: st.DataObject) -> None:
    numbers = data.draw(st.lists(st.integers(0, size - 1), max_size=5))
    permutation = Permutation(MAC, b"a", size)
    images = permutation.forward(numbers)
    assert all(0 <= image < size for image in images)
    assert all(a != b for a, b in zip(numbers, images, strict=True))
    assert permutation.back(images) == numbers
    assert images == [permutation.forward([number])[0] for number in numbers]


def test_keys_names_and_sizes_are_apart() -> None:
    numbers = list(range(50))
    made = [
        Permutation(mac, name, size).forward(numbers)
        for mac, name, size in [
            (MAC, b"a", 10**9),
            (OTHER, b"a", 10**9),
            (MAC, b"b", 10**9),
            (MAC, b"a", 10**9 + 1),
        ]
    ]
    assert len({tuple(one) for one in made}) == len(made)


def test_images_are_spread() -> None:
    images = Permutation(MAC, b"a", 1_000_000).forward(range(20_000))
    counts = [0] * 10
    for image in images:
        counts[image // 100_000] += 1
    # chi-square with 9 degrees of freedom: 27.9 is the 0.999 quantile; the draw is fixed
    assert sum((count - 2000) ** 2 / 2000 for count in counts) < 27.9


def test_one_number_alone_has_no_other() -> None:
    with pytest.raises(ValueError, match="two numbers"):
        Permutation(MAC, b"a", 1)
