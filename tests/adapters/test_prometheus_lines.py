"""Connections stay open between queries, and nobody notices but the source."""

from tests.adapters.loopback import Handler, data, json_answer, serving, source_at, vector
from tocsin.core.metrics import Question
from tocsin.core.samples import Answer, Failure, FailureKind, Samples

ONE = json_answer(data("vector", vector("1")))


def _came(answer: Answer) -> bool:
    return isinstance(answer, Samples) and len(answer.samples) == 1


class ByConnection:
    """Answers, and remembers by which connection each request came."""

    def __init__(self) -> None:
        self.ports: list[int] = []

    def __call__(self, handler: Handler) -> None:
        self.ports.append(handler.client_address[1])
        ONE(handler)


async def test_queries_one_after_the_other_come_by_one_connection() -> None:
    act = ByConnection()
    with serving(act) as server, source_at(server.url) as source:
        assert _came(await source.ask(Question("default", "up")))
        assert _came(await source.ask(Question("default", "down")))
    assert len(act.ports) == 2
    assert len(set(act.ports)) == 1


async def test_a_connection_that_was_closed_meanwhile_is_no_failure() -> None:
    act = ByConnection()

    def close_after(handler: Handler) -> None:
        act(handler)
        handler.close_connection = True

    with serving(close_after) as server, source_at(server.url) as source:
        for _ in range(3):
            assert _came(await source.ask(Question("default", "up")))
    assert len(set(act.ports)) == 3


async def test_a_connection_that_is_closed_under_a_query_is_no_failure() -> None:
    act = ByConnection()

    def close_when_used_again(handler: Handler) -> None:
        if handler.client_address[1] in act.ports:
            handler.close_connection = True
        else:
            act(handler)

    with serving(close_when_used_again) as server, source_at(server.url) as source:
        assert _came(await source.ask(Question("default", "up")))
        assert _came(await source.ask(Question("default", "up")))
        assert len(server.asked) == 3


async def test_a_source_that_breaks_off_a_new_connection_is_not_asked_again() -> None:
    def break_off(handler: Handler) -> None:
        handler.close_connection = True

    with serving(break_off) as server, source_at(server.url) as source:
        answer = await source.ask(Question("default", "up"))
        assert isinstance(answer, Failure)
        assert answer.kind is FailureKind.UNREACHABLE
        assert len(server.asked) == 1


async def test_after_an_answer_that_is_not_read_to_its_end_another_connection_is_used() -> None:
    act = ByConnection()
    say_too_much = json_answer(" " * (10 * 1024 * 1024 + 1))
    with serving(say_too_much) as server, source_at(server.url) as source:
        answer = await source.ask(Question("default", "up"))
        assert isinstance(answer, Failure)
        assert answer.kind is FailureKind.TOO_LARGE
        server.act = act
        assert _came(await source.ask(Question("default", "up")))


async def test_a_cookie_is_not_sent_back() -> None:
    body = b'{"status": "success", "data": {"resultType": "vector", "result": []}}'

    def set_cookie(handler: Handler) -> None:
        handler.answer(body, Set_Cookie="session=1")

    with serving(set_cookie) as server, source_at(server.url) as source:
        for _ in range(2):
            await source.ask(Question("default", "up"))
        assert [asked.headers.get("Cookie") for asked in server.asked] == [None, None]


async def test_a_source_in_the_same_network_need_not_compress_its_answers() -> None:
    with serving(ONE) as server, source_at(server.url) as source:
        await source.ask(Question("default", "up"))
        assert server.asked[0].headers["Accept-Encoding"] == "identity"
