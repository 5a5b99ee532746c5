"""The keys a bundle is written under, and what counts as a repeat."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from fakes.kiln import PRICE, Kiln, quote
from hypothesis import given
from hypothesis import strategies as st

from mediakiln.database.engine import reading
from mediakiln.errors import IdempotencyMismatch
from mediakiln.tasks.replays import Submitted, keys_of, known, replayed

ROUTES = '[{"provider":"studio","model":"m"},{"provider":"other","model":"n"}]'


def row(public_id: str, fingerprint: str = "f") -> Any:
    """What the database answers for one task."""
    return {
        "public_id": public_id,
        "fingerprint": fingerprint,
        "price": 3,
        "available_after": 7,
        "routes": ROUTES,
        "created_at": 11,
    }


@given(key=st.text(min_size=1, max_size=255), count=st.integers(1, 20))
def test_a_bundle_has_a_key_for_each_task(key: str, count: int) -> None:
    """The caller's own comes first; all differ and fit the column; a shorter bundle's keys are the first of a longer one's."""
    keys = keys_of(key, count)
    assert (keys[0], len(keys)) == (key, count)
    assert len(set(keys)) == count
    assert all(len(each) <= 255 for each in keys)
    assert keys_of(key, count + 1)[:count] == keys


@given(keys=st.sets(st.text(min_size=1, max_size=20), min_size=2, max_size=5))
def test_bundles_share_no_key(keys: set[str]) -> None:
    """Two keys of a caller never meet in a numbered one."""
    made = [each for key in keys for each in keys_of(key, 14)]
    assert len(set(made)) == len(made)


def test_new_keys() -> None:
    """None that is known is no repeat; the same key of another account is not known."""
    assert replayed({}, "ann", ["k"], "f") is None
    assert replayed({("bob", "k"): row("t1")}, "ann", ["k"], "f") is None


def test_the_first_answer() -> None:
    """In the order of the keys, with the first route's provider."""
    found = {("ann", key): row(f"t-{key}") for key in ("b", "a", "c")}
    assert replayed(found, "ann", ["a", "b"], "f") == (
        Submitted("t-a", 3, 7, "studio", 11, replayed=True),
        Submitted("t-b", 3, 7, "studio", 11, replayed=True),
    )


@pytest.mark.parametrize(
    ("fingerprints", "keys"), [(["g"], ["0"]), (["f", "g"], ["0", "1"]), (["f"], ["0", "1"]), (["f", "f"], ["0", "1", "2"])]
)
def test_what_is_no_repeat(fingerprints: Sequence[str], keys: Sequence[str]) -> None:
    """Another body, for whichever task, and a part of what is asked for."""
    found = {("ann", str(n)): row(f"t{n}", fingerprint) for n, fingerprint in enumerate(fingerprints)}
    with pytest.raises(IdempotencyMismatch):
        replayed(found, "ann", keys, "f")


async def test_known_looks_up_pairs(kiln: Kiln) -> None:
    """Only the very pairs of account and key, among others' and one's own."""
    ann, bob = await kiln.account(), await kiln.account()
    made = {
        (who.account_id, key): (await kiln.submit(who, quote(count=2), key=key)).public_id
        for who in (ann, bob)
        for key in ("k1", "k2")
    }
    wanted = {(ann.account_id, "k1"), (bob.account_id, "k2"), (bob.account_id, "k3")}
    async with reading(kiln.engine) as connection:
        found = await known(connection, wanted)
        nobody = await known(connection, {("nobody", "k1")})
    assert {pair: each["public_id"] for pair, each in found.items() if pair in wanted} == {
        pair: public_id for pair, public_id in made.items() if pair in wanted
    }
    assert {each["price"] for each in found.values()} == {2 * PRICE}
    assert nobody == {}
