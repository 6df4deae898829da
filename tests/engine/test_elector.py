"""Who holds the Lease renews it and may act; who does not waits, and takes it when it runs out."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest

from tests.engine.electing import ABSENT, FORBIDDEN, FakeLeases, Process, lease
from tests.engine.fakes import START, SteppedClock
from tocsin.core.lease import Lease, lived_until
from tocsin.engine import elector, troubles
from tocsin.engine.tenure import Standing
from tocsin.ports import NotLeaderError, UnavailableError, WriteError


def process(stored: Lease | None = None, name: str = "me") -> Process:
    return Process(FakeLeases(stored), SteppedClock(), name)


def two() -> tuple[Process, Process]:
    """A leader and a standby."""
    leases, clock = FakeLeases(), SteppedClock()
    return Process(leases, clock, "first"), Process(leases, clock, "second")


async def side_by_side(seconds: int, *processes: Process) -> None:
    """So much time passes for all of them."""
    clock = processes[0].clock
    until = clock.now() + timedelta(seconds=seconds)
    while clock.now() < until:
        clock.step(1)
        for one in processes:
            await one.turn()


async def test_where_there_is_no_lease_it_is_made_and_nobody_knows_what_was_before() -> None:
    me = process()
    await me.lead()
    assert me.leading_since == [None]
    assert me.leases.stored
    assert (me.leases.stored.holder, me.leases.stored.address) == ("me", "http://me:8080")
    assert me.elector.may_act()


async def test_nothing_is_taken_before_all_is_known_that_a_leader_has_to_know() -> None:
    me = process()
    await me.live(60)
    assert not me.elector.leads
    me.elector.be_warm()
    await me.elector.step()
    assert me.elector.leads


async def test_a_former_process_of_the_same_pod_is_followed_at_once() -> None:
    me = process(lease("me"))
    await me.lead()
    assert me.leading_since == [START - timedelta(seconds=60)]


async def test_the_standby_waits_and_asks_for_nothing_but_the_watch() -> None:
    first, second = two()
    await first.lead()
    second.elector.be_warm()
    await side_by_side(300, first, second)
    assert not second.elector.leads
    asked = {one for one in first.leases.asked if one.startswith("second")}
    assert asked == {"second watch, 20 s"}
    assert second.elector.holder
    assert second.elector.holder.holder == "first"
    assert second.echo.problem() is None


async def test_the_standby_takes_over_fifteen_seconds_after_the_last_renewal() -> None:
    first, second = two()
    await first.lead()
    second.elector.be_warm()
    await side_by_side(30, first, second)
    assert first.leases.stored
    died = first.leases.stored.renewed_at
    since = (first.clock.now() - died).total_seconds()
    await second.live(14 - int(since))
    assert not second.elector.leads
    await second.live(1)
    assert second.elector.leads
    assert second.leading_since == [died]
    assert second.leases.stored
    assert second.leases.stored.transitions == 1


async def test_a_lease_that_was_given_back_is_taken_at_once_and_its_giver_may_nothing_more() -> (
    None
):
    first, second = two()
    await first.lead()
    second.elector.be_warm()
    await side_by_side(12, first, second)
    await first.elector.release()
    assert first.leases.stored
    assert (first.leases.stored.holder, first.leases.stored.address) == ("", "")
    with pytest.raises(NotLeaderError, match="given back"):
        await first.elector.decide()
    await second.elector.listen()
    await second.elector.step()
    assert second.elector.leads
    assert second.leading_since == [second.clock.now()]
    assert first.lost == []


async def test_a_lease_that_cannot_be_given_back_runs_out() -> None:
    me = process()
    await me.lead()
    me.leases.fault = ABSENT
    await me.elector.release()
    assert not me.elector.may_act()


async def test_a_standby_that_is_about_to_end_takes_nothing() -> None:
    me = process()
    me.elector.be_warm()
    await me.elector.listen()
    me.elector.stand_down()
    await me.live(60)
    assert not me.elector.leads


async def test_a_standby_that_ends_gives_nothing_back() -> None:
    me = process(lease())
    await me.elector.listen()
    await me.elector.release()
    assert me.leases.asked == ["me watch, 20 s"]


async def test_who_was_paused_while_another_took_over_may_do_nothing_and_ends() -> None:
    first, second = two()
    await first.lead()
    second.elector.be_warm()
    await side_by_side(7, first, second)
    await second.live(20)  # the first one stands still
    assert second.elector.leads
    assert not first.elector.may_act()
    with pytest.raises(NotLeaderError, match="second leads now"):
        await first.elector.decide()
    assert first.lost == ["second leads now"]
    assert not first.elector.leads
    assert second.elector.may_act()


async def test_who_was_paused_and_is_still_the_holder_goes_on_after_one_renewal() -> None:
    me = process()
    await me.lead()
    me.clock.step(20)
    assert not me.elector.may_act()
    await me.elector.decide()
    assert me.elector.may_act()
    assert me.lost == []


async def test_a_renewal_that_was_answered_after_a_pause_is_made_again() -> None:
    first, second = two()
    await first.lead()
    second.elector.be_warm()
    await second.elector.listen()
    first.clock.step(5)
    first.slow = 20
    first.leases.meanwhile = lambda: setattr(first.leases, "stored", lease("second", 25, "theirs"))
    await first.elector.renew()
    assert not first.elector.may_act()
    first.slow = 0
    with pytest.raises(NotLeaderError):
        await first.elector.decide()


async def test_another_holder_that_the_watch_tells_of_ends_it_at_once() -> None:
    me = process()
    await me.lead()
    me.leases.stored = lease("other", 0, version="theirs")
    await me.elector.listen()
    assert not me.elector.may_act()
    await me.elector.step()
    assert me.lost == ["other leads now"]


async def test_a_holder_before_our_time_that_the_watch_tells_of_late_ends_nothing() -> None:
    me = process()
    await me.lead()
    me.watch = [lease("other", -5, version="older")]
    await me.elector.listen()
    assert not me.elector.may_act()
    await me.elector.decide()
    assert me.elector.may_act()
    assert me.lost == []


async def test_while_the_api_server_is_away_the_holder_goes_on_and_says_so_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged: list[str] = []
    monkeypatch.setattr(
        troubles._log, "warning", lambda message, **_: logged.append(message), raising=False
    )
    first, second = two()
    await first.lead()
    second.elector.be_warm()
    await side_by_side(5, first, second)
    first.leases.fault = ABSENT
    await side_by_side(120, first, second)
    assert first.elector.may_act()
    assert not second.elector.leads
    assert [line for line in logged if line.startswith("going on")] == [
        "going on without the lease: the API server does not answer"
    ]
    first.leases.fault = None
    await side_by_side(30, second, first)
    assert not second.elector.leads, "the holder has the whole time once it can renew again"
    assert first.elector.leads
    assert (first.lost, second.lost) == ([], [])


async def test_a_refusal_ends_it_once_the_lease_has_run_out() -> None:
    me = process()
    await me.lead()
    me.leases.fault = FORBIDDEN
    await me.live(9)
    assert me.elector.may_act()
    await me.live(6)
    assert me.lost == ["the API server refuses to renew the Lease: 403 Forbidden"]
    assert not me.elector.may_act()


async def test_an_api_server_that_comes_back_and_has_not_loaded_its_rights_ends_nothing() -> None:
    me = process()
    await me.lead()
    me.leases.fault = ABSENT
    await me.live(60)
    me.leases.fault, me.leases.faults = None, [FORBIDDEN] * 3
    await me.live(10)
    assert me.elector.may_act()
    assert me.lost == []


async def test_who_comes_second_leaves_it_to_the_first() -> None:
    me = process()
    me.elector.be_warm()
    await me.elector.listen()
    me.leases.stored = lease("other", 0)
    await me.elector.step()
    assert not me.elector.leads
    assert me.lost == []
    await me.live(10)
    assert not me.elector.leads


async def test_a_lease_that_was_deleted_is_made_again_at_once() -> None:
    first, second = two()
    await first.lead()
    second.elector.be_warm()
    await side_by_side(1, first, second)
    first.leases.stored = None
    await side_by_side(10, second, first)
    assert first.leases.stored
    assert first.leases.stored.holder == "first"
    assert (first.outcomes["gone"], second.elector.leads) == (1, False)


@pytest.mark.parametrize(("fault", "outcome"), [(ABSENT, "unavailable"), (FORBIDDEN, "refused")])
async def test_a_renewal_that_fails_is_counted_and_stops_nothing(
    fault: WriteError, outcome: str
) -> None:
    me = process(lease("me"))
    await me.lead()
    me.leases.faults = [fault]
    await me.live(10, heard=False)
    assert me.outcomes == {outcome: 1, "ok": 2}
    assert me.elector.may_act()


async def test_trouble_is_logged_once_for_each_cause_and_once_when_it_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    logged: list[str] = []

    def note(message: str, **rest: str) -> None:
        logged.append(f"{message}: {rest.get('error', '')}")

    me = process(lease("me"))
    await me.lead()
    monkeypatch.setattr(troubles._log, "warning", note, raising=False)
    monkeypatch.setattr(troubles._log, "info", note, raising=False)
    me.leases.faults = [ABSENT, UnavailableError("timeout"), FORBIDDEN, FORBIDDEN]
    await me.live(25, heard=False)
    assert logged == [
        "lease in trouble: connection refused",
        "lease in trouble: 403 Forbidden",
        "lease no longer in trouble: ",
    ]


async def test_a_lease_says_until_when_all_that_was_seen_stood_in_status() -> None:
    me = process()
    await me.lead()
    await me.live(5)
    now = me.clock.now()
    me.standing = Standing(unobserved=False, unsettled=now)
    await me.live(30)
    assert me.leases.stored
    assert lived_until(me.leases.stored, me.clock.now()) == now - timedelta(milliseconds=1)
    me.standing = Standing(unobserved=False, unsettled=None)
    await me.live(5)
    assert lived_until(me.leases.stored, me.clock.now()) == me.leases.stored.renewed_at


async def test_while_restored_alerts_are_unobserved_the_next_process_is_told_so() -> None:
    me = process(lease("me"))
    await me.lead()
    me.standing = Standing(unobserved=True, unsettled=None)
    await me.live(20)
    assert me.leases.stored
    assert lived_until(me.leases.stored, me.clock.now()) == START - timedelta(seconds=60)
    me.standing = Standing(unobserved=False, unsettled=None)
    await me.live(5)
    assert lived_until(me.leases.stored, me.clock.now()) == me.leases.stored.renewed_at


async def test_where_nobody_knew_the_next_process_knows_no_more() -> None:
    me = process()
    await me.lead()
    me.standing = Standing(unobserved=True, unsettled=None)
    await me.live(5)
    assert me.leases.stored
    assert lived_until(me.leases.stored, me.clock.now()) is None


async def test_an_engine_that_does_not_answer_has_looked_at_nothing_since_it_did() -> None:
    me = process()
    await me.lead()
    await me.live(10)
    answered = me.clock.now()
    me.standing = None
    await me.live(25)
    assert me.leases.stored
    until = lived_until(me.leases.stored, me.clock.now())
    assert until
    assert timedelta() < answered - until <= timedelta(seconds=5)


async def test_whose_engine_is_stuck_lets_its_lease_run_out_and_ends() -> None:
    first, second = two()
    await first.lead()
    second.elector.be_warm()
    await side_by_side(10, first, second)
    first.standing = None
    await side_by_side(60, first, second)
    assert second.elector.leads
    assert first.lost == ["second leads now"]
    with pytest.raises(NotLeaderError, match="second leads now"):
        await first.elector.decide()


async def test_what_comes_back_by_the_watch_keeps_the_operator_ready() -> None:
    me = process()
    assert "has told of no renewal yet" in str(me.echo.problem())
    await me.lead()
    await me.live(300)
    assert me.echo.problem() is None
    assert me.reconnected == []


async def test_what_the_list_tells_before_the_watch_is_no_echo() -> None:
    me = process(lease("other"))
    me.watch = [lease("other")]
    await me.elector.listen()
    assert me.echo.age is None


async def test_a_watch_that_tells_of_nothing_is_a_problem_after_thirty_seconds() -> None:
    me = process()
    await me.lead()
    await me.live(5)
    await me.live(30, heard=False)
    assert me.echo.problem() is None
    await me.live(5, heard=False)
    assert me.echo.problem() == (
        "the watch on Lease tocsin has not told of a renewal for 35 s: "
        "the API server takes renewals, but its watch tells of none"
    )


async def test_what_the_renewals_and_the_watch_were_told_is_part_of_the_problem() -> None:
    me = process()
    await me.lead()
    await me.live(5)
    me.leases.fault = ABSENT
    await me.live(34, heard=False)
    me.leases.fault = FORBIDDEN
    await me.elector.listen()
    assert str(me.echo.problem()).endswith(
        "renewing it failed: connection refused; watching it failed: 403 Forbidden"
    )


async def test_watches_begin_anew_once_the_api_server_answers_after_a_silence() -> None:
    me = process()
    await me.lead()
    await me.live(5)
    me.leases.fault = ABSENT
    await me.live(100, heard=False)
    assert me.reconnected == []  # there is nobody to connect to
    me.leases.fault = None
    await me.live(65)
    assert len(me.reconnected) == 1


async def test_a_short_silence_is_left_to_the_connections() -> None:
    me = process()
    await me.lead()
    await me.live(5)
    me.leases.fault = ABSENT
    await me.live(20, heard=False)
    me.leases.fault = None
    await me.live(60)
    assert me.reconnected == []


async def test_a_bug_in_renewing_or_listening_does_not_end_the_elector(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    me = process()
    tried: Counter[str] = Counter()
    again = asyncio.Event()

    async def fail(what: str) -> bool:
        tried[what] += 1
        me.elector._wake.set()
        if min(tried["step"], tried["listen"]) > 2:
            again.set()
        await asyncio.sleep(0)
        raise KeyError(what)

    monkeypatch.setattr(elector, "delay_after", lambda _: timedelta())
    monkeypatch.setattr(me.elector, "step", lambda: fail("step"))
    monkeypatch.setattr(me.elector, "listen", lambda: fail("listen"))
    running = asyncio.create_task(me.elector.run())
    async with asyncio.timeout(30):
        await again.wait()
    running.cancel()
    await asyncio.wait([running])
