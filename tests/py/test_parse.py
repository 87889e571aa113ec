"""The JSON parser: what json.loads makes of it, or ValueError."""

from __future__ import annotations

import json
import random

import pytest

from codecourier._core import loads

GOOD = [
    '{"a":[1,2.5,-3e10,1e400,"x\\u00e9\\ud83d\\ude00\\n/\\"",true,false,null,{}, [], 123456789012345678901234567890, -0, 0.0]}',
    ' "a" ', '""', '{"":1,"":2}', '"' + "x" * 63 + '"', '"' + "ü" * 64 + '"', '[ ]', '{ }', '\t[\n1 , 2\r]', "-12", "0", "999999999999999999", "1000000000000000000", "-1E-2",
    '{"a":"b","c":"b","a b":"b"}', '"\x7f"', '"12345678\\n"', '"1234567"', '"ends with \\\\"', '"\\u0000"', "[" * 200 + "]" * 200,
]  # fmt: skip
BAD = [
    "", " ", "[", "]", "[1,]", "[,1]", '{"a"}', '{"a":}', '{"a":1,}', "{1:2}", "01", "-", "+1", "1.", ".5", "1e", "1e+", "0x1", "nul", "TRUE", "NaN", "Infinity", '"', '"a', '"\\"',
    '"\\x"', '"\\u12"', '"\\ud800"', '"\\udc00"', '"\\ud800\\u0041"', '"\x01"', '"12345678\x1f"', '"a\nb"', "[1]x", "[1] 2", "'a'", "[" * 201 + "]" * 201, "\x00", '{"a":1 "b":2}',
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_good(text: str) -> None:
    assert repr(loads(text.encode())) == repr(json.loads(text))


@pytest.mark.parametrize("text", BAD)
def test_bad(text: str) -> None:
    with pytest.raises(ValueError, match="at byte"):
        loads(text.encode())


def test_bytes_that_are_no_utf8() -> None:
    for wrong in (b'"\xff"', b'{"\xc3":1}', b'"\xed\xa0\x80"', b'"\xc0\xaf"', b'\xef\xbb\xbf1'):
        with pytest.raises(ValueError):
            loads(wrong)


def test_random_values_come_back_and_random_damage_is_survived() -> None:
    chance = random.Random(4711)

    def anything(depth: int) -> object:
        kind = chance.randrange(8 if depth else 6)
        if kind < 2:
            return "".join(chance.choice('ab"\\\n\x01é漢🎉 /') for _ in range(chance.randrange(12)))
        if kind == 6:
            return [anything(depth - 1) for _ in range(chance.randrange(5))]
        if kind == 7:
            return {chance.choice(["id", "name", "ünï", "a\"b", "x" * 20]): anything(depth - 1) for _ in range(4)}
        return [chance.randrange(-(10**25), 10**25), chance.uniform(-1e9, 1e9), True, None][kind - 2]

    for _ in range(3000):
        value = anything(4)
        for ascii_only in (True, False):
            text = json.dumps(value, ensure_ascii=ascii_only).encode()
            assert loads(text) == value
        damaged = bytearray(text)
        damaged[chance.randrange(len(damaged))] = chance.randrange(256)
        try:
            made = loads(bytes(damaged))
        except ValueError:
            continue
        assert made == json.loads(damaged.decode()), damaged
