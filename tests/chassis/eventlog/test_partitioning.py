import pytest
from aiokafka.partitioner import murmur2
from hypothesis import example, given
from hypothesis import strategies as st

from services.chassis.eventlog.port import PARTITIONS, partition_of

# Kafka's own test of its Java client: UtilsTest.testMurmur2.
JAVA_HASHES = [
    (b"21", -973932308),
    (b"foobar", -790332482),
    (b"a-little-bit-long-string", -985981536),
    (b"a-little-bit-longer-string", -1486304829),
    (b"lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8", -58897971),
    (b"abc", 479470107),
]


@pytest.mark.parametrize(("key", "java_hash"), JAVA_HASHES)
def test_a_key_goes_to_the_partition_the_java_client_would_choose(
    key: bytes, java_hash: int
) -> None:
    assert partition_of(key) == (java_hash & 0x7FFFFFFF) % PARTITIONS


@given(st.binary(max_size=100))
@example(b"")
def test_any_key_goes_to_the_partition_aiokafka_would_choose(key: bytes) -> None:
    many = 2**31
    assert partition_of(key, many) == murmur2(key) & 0x7FFFFFFF


def test_keys_like_ours_use_every_partition() -> None:
    keys = [f"01932c07-0000-7000-8000-{n:012d}".encode() for n in range(1000)]
    assert {partition_of(key) for key in keys} == set(range(PARTITIONS))
