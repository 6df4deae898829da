"""`metric.kubernetes`: what the watches have told, as a source like any other; no request."""

from tocsin.core.facts import fact_of
from tocsin.core.metrics import Question
from tocsin.core.queries.kubernetes import KubernetesQuery
from tocsin.core.samples import Answer, Failure, FailureKind, Sample, Samples
from tocsin.core.serving import BY_KIND
from tocsin.engine.cluster import Cluster
from tocsin.ports import Clock


class ClusterMetrics:
    """Answers a `KubernetesQuery` with one sample for each workload that it is about."""

    def __init__(self, cluster: Cluster, clock: Clock) -> None:
        self._cluster = cluster
        self._clock = clock

    async def ask(self, question: Question) -> Answer:
        """The fact of each workload of which it is known."""
        query, now = question.query, self._clock.now()
        if not isinstance(query, KubernetesQuery):
            return Failure(FailureKind.QUERY_REJECTED, f"this is no fact of the cluster: {query}")
        samples = []
        for ref in self._cluster.selected(query.home):
            replicas, pods = self._cluster.facts(ref)
            found = fact_of(query, replicas, pods, now)
            if found is not None:
                value, about = found
                named = {"namespace": ref.namespace, BY_KIND[ref.kind].label: ref.name}
                samples.append(Sample({**about, **named}, value))
        return Samples(tuple(samples))
