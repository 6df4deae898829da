"""What is usual for a rule's series: gathered beside the answers to its questions."""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import datetime

from tocsin.core.gathering import Gathered, Like
from tocsin.core.identity import Identity
from tocsin.core.metrics import Question
from tocsin.core.rules import Rule
from tocsin.core.samples import Answer, Failure
from tocsin.core.statistics.baselines import Baseline, WarmingUp
from tocsin.core.statistics.points import Interval
from tocsin.engine.asking import Asker
from tocsin.engine.cluster import Cluster
from tocsin.engine.pasts import SeriesPast, trouble_by_identity
from tocsin.engine.record import Record
from tocsin.engine.restore import restore_ended
from tocsin.engine.workshop import Workshop

Muted = Callable[[Rule, Identity, Interval], Iterable[Interval]]


class Usual:
    """Asks for the past of series, a few pieces at each evaluation."""

    def __init__(self, asker: Asker, cluster: Cluster, workshop: Workshop) -> None:
        #: When silences muted what the alert of an identity would be.
        self.muted: Muted = _never
        self._asker = asker
        self._cluster = cluster
        self._workshop = workshop

    async def beside(
        self, gathered: Gathered, record: Record, rule: Rule, due: datetime, now: datetime
    ) -> Gathered:
        """`gathered`, and what is usual for each series of the parts that compare with that."""
        namespace = rule.key.namespace

        async def ask(question: Question) -> Answer:
            return (await self._asker.ask(question, due, namespace)).answer

        await record.pasts.extend(
            rule, gathered.places, now, ask, lambda work: self._workshop.do(namespace, work)
        )
        ended = restore_ended(rule, {"history": record.history})
        trouble = trouble_by_identity(record.alerts.values(), ended, now)

        def like_of(past: SeriesPast) -> Like:
            def like(identity: Identity) -> Baseline | WarmingUp | Failure:
                def left_out(window: Interval) -> Iterable[Interval]:
                    return [*trouble.get(identity, ()), *self.muted(rule, identity, window)]

                return past.like(identity, now, left_out, self._since(identity, now))

            return like

        likes = {place: like_of(past) for place, past in record.pasts.parts.items()}
        return replace(gathered, likes=likes)

    def _since(self, identity: Identity, now: datetime) -> float:
        """Since when the present version of a model runs, in seconds; 0 where nobody knows."""
        ref = identity.workload
        context = self._cluster.context(ref, None, now) if ref else None
        rollout = context.rollout if context else None
        if context is None or rollout is None or rollout.before in ("", context.version):
            return 0.0
        return rollout.started_at.timestamp()


def _never(_rule: Rule, _identity: Identity, _window: Interval) -> Iterable[Interval]:
    return ()
