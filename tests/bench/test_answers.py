import pytest

from tests.bench.answers import Answer, first_answer

WHOLE = b'HTTP/1.1 201 Created\r\nContent-Length: 2\r\nETag: "1"\r\n\r\n{}'


def test_an_answer_ends_with_its_body() -> None:
    assert first_answer(WHOLE) == Answer(201, len(WHOLE), closes=False)


@pytest.mark.parametrize("received", range(len(WHOLE)))
def test_nothing_is_answered_before_all_of_it_has_come(received: int) -> None:
    assert first_answer(WHOLE[:received]) is None


def test_what_follows_belongs_to_the_next_answer() -> None:
    answer = first_answer(WHOLE + WHOLE[:9])
    assert answer is not None
    assert answer.size == len(WHOLE)


@pytest.mark.parametrize("status", [204, 304])
def test_some_answers_have_no_body(status: int) -> None:
    told = b'HTTP/1.1 %d X\r\nETag: "1"\r\n\r\n' % status
    assert first_answer(told) == Answer(status, len(told), closes=False)


def test_a_server_may_close_behind_its_answer() -> None:
    told = b"HTTP/1.1 200 OK\r\nCONNECTION: Close\r\ncontent-length: 0\r\n\r\n"
    assert first_answer(told) == Answer(200, len(told), closes=True)


def test_an_answer_without_a_length_is_refused() -> None:
    with pytest.raises(ValueError, match="without a length"):
        first_answer(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
