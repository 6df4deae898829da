"""The chart: what its values do, what it refuses, and that the API server takes what it makes."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest
import yaml

from tests.chart.values import (
    CHART,
    EVERYTHING,
    Json,
    another,
    defaults,
    everything,
    leaves,
    replaced,
    schema,
    schema_at,
)
from tocsin.adapters.kube.rights import ON_OWN_RULES, ON_THE_LEASE
from tocsin.api.settings import load_settings
from tocsin.api.v1alpha1.mlalertrule import MLAlertRuleSpec

Run = Callable[..., CompletedProcess[str]]
Template = Callable[..., str]

ROOT = schema()
RELEASE_NAMESPACE = "tocsin-system"
KINDS = ["alertsilences", "mlalertrules", "mlincidents", "notificationroutes"]
RIGHTS = [
    ("tocsin.dev", KINDS, ["list", "watch"]),
    ("tocsin.dev", [f"{kind}/status" for kind in KINDS], ["patch"]),
    ("tocsin.dev", ["alertsilences", "mlincidents"], ["create", "delete"]),
    ("", ["pods"], ["list", "watch"]),
    (
        "apps",
        ["controllerrevisions", "deployments", "replicasets", "statefulsets"],
        ["list", "watch"],
    ),
    ("argoproj.io", ["rollouts"], ["list", "watch"]),
    ("serving.kserve.io", ["inferenceservices"], ["list", "watch"]),
    ("ray.io", ["rayservices"], ["list", "watch"]),
    ("mlops.seldon.io", ["models"], ["list", "watch"]),
    ("events.k8s.io", ["events"], ["create", "patch"]),
    ("", ["secrets"], ["get"]),
    ("", ["configmaps"], ["get"]),
]
LEASES = {"apiGroups": ["coordination.k8s.io"], "resources": ["leases"]}
OWN_ROLE = f"{RELEASE_NAMESPACE}:tocsin:own"
#: `helm template` knows no cluster; this is what one says that can stamp users' names.
POLICIES = "admissionregistration.k8s.io/v1/MutatingAdmissionPolicy"
SOURCE = {"name": "default", "prometheus": {"url": "http://prometheus:9090"}}


@pytest.fixture
def render(helm: Run, tmp_path: Path) -> Template:
    """`helm template` with these values; the cluster has a name unless they take it away."""

    def run(values: Json | None = None, *args: str, namespace: str = RELEASE_NAMESPACE) -> str:
        path = tmp_path / "values.yaml"
        path.write_text(json.dumps({"clusterName": "test", **(values or {})}))
        words = ["template", "tocsin", str(CHART), "--namespace", namespace]
        return helm(*words, "--values", str(path), "--api-versions", POLICIES, *args).stdout

    return run


@pytest.fixture
def refusal(helm: Run) -> Callable[..., str]:
    """What Helm says when it refuses these arguments."""

    def run(*args: str) -> str:
        result = helm("template", "tocsin", str(CHART), *args, check=False)
        assert result.returncode != 0, result.stdout
        return result.stderr

    return run


@pytest.fixture
def restricted(kubectl: Run, namespace: str) -> str:
    """A namespace in which the API server warns of pods that are not "restricted"."""
    kubectl("create", "namespace", namespace, check=False)
    label = "pod-security.kubernetes.io/warn=restricted"
    kubectl("label", "namespace", namespace, label, "--overwrite")
    return namespace


def objects(manifests: str, kind: str) -> list[Json]:
    """The objects of this kind."""
    documents: Iterator[Any] = yaml.safe_load_all(manifests)
    return [document for document in documents if document and document["kind"] == kind]


def the(manifests: str, kind: str) -> Json:
    """The only object of this kind."""
    (found,) = objects(manifests, kind)
    return found


def config(manifests: str) -> Json:
    """The operator's configuration."""
    parsed: Json = yaml.safe_load(the(manifests, "ConfigMap")["data"]["config.yaml"])
    return parsed


def pod(manifests: str) -> Json:
    """The pod's metadata and spec."""
    template: Json = the(manifests, "Deployment")["spec"]["template"]
    return template


def rights(role: Json) -> list[tuple[str, list[str], list[str]]]:
    """What a role allows: group, resources, verbs."""
    for rule in role["rules"]:
        assert rule.keys() == {"apiGroups", "resources", "verbs"}
        assert len(rule["apiGroups"]) == 1
    return [(rule["apiGroups"][0], rule["resources"], rule["verbs"]) for rule in role["rules"]]


def apply(kubectl: Run, manifests: str, namespace: str) -> CompletedProcess[str]:
    """Let the API server judge these manifests as Helm sends them, and keep nothing."""
    words = ["apply", "--server-side", "--force-conflicts", "--dry-run=server"]
    return kubectl(*words, "--namespace", namespace, "-f", "-", input=manifests)


def test_the_strict_linter_finds_nothing(helm: Run) -> None:
    helm("lint", "--strict", str(CHART), "--set", "clusterName=test")
    helm("lint", "--strict", str(CHART), "--values", str(EVERYTHING))


def test_every_value_with_a_default_changes_what_is_made(render: Template) -> None:
    usual = render()
    for path, value in leaves(everything()):
        values = defaults()
        try:
            changed = replaced(values, path, value)
        except (LookupError, TypeError):
            continue  # inside a list or map that is empty by default: the next test has these
        assert render(changed) != usual, path


def test_every_value_alone_changes_what_is_made(render: Template) -> None:
    values = everything()
    usual = render(values)
    for path, value in leaves(values):
        changed = replaced(values, path, another(value, schema_at(path, ROOT)[0]))
        if path[:2] == ("serviceAccount", "annotations"):
            changed, without = (
                replaced(version, ("serviceAccount", "create"), value=True)
                for version in (changed, values)
            )
            assert render(changed) != render(without), path
        elif path[0] == "stampUsers":  # of use only without namespaces to watch
            changed, without = (
                replaced(version, ("watchNamespaces",), value=[]) for version in (changed, values)
            )
            assert render(changed) != render(without), path
        else:
            assert render(changed) != usual, path


def test_the_api_server_takes_what_is_made_and_pod_security_does_not_warn(
    render: Template, kubectl: Run, restricted: str
) -> None:
    for values in ({}, {"sources": everything()["sources"]}, {"watchNamespaces": [restricted]}):
        result = apply(kubectl, render(values, namespace=restricted), restricted)
        assert "Warning" not in result.stderr


def test_the_api_server_takes_everything_that_can_be_set(
    render: Template, kubectl: Run, restricted: str
) -> None:
    values = {**everything(), "watchNamespaces": [restricted]}
    values["serviceAccount"]["create"] = True
    result = apply(kubectl, render(values, namespace=restricted), restricted)
    # These values are not "restricted": that it is said proves that silence means something.
    assert "would violate PodSecurity" in result.stderr


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ([], "missing property 'clusterName'"),
        (["clusterName="], "at '/clusterName': minLength: got 0, want 1"),
        (["clusterName=My Cluster"], "at '/clusterName': 'My Cluster' does not match pattern"),
        (["clusterName=x", "bogus=1"], "additional properties 'bogus' not allowed"),
        (["clusterName=x", "log.bogus=1"], "at '/log': additional properties 'bogus' not allowed"),
        (["clusterName=x", "log.level=loud"], "at '/log/level': value must be one of"),
        (["clusterName=x", "sources=none"], "at '/sources': got string, want array"),
        (["clusterName=x", "service.port=http"], "at '/service/port': got string, want integer"),
        (["clusterName=x", "defaults.interval=30"], "at '/defaults/interval': got number"),
        (["clusterName=x", "defaults.interval=30q"], "at '/defaults/interval': '30q' does not"),
        # A group without a user is taken by the API server, but no container starts with it.
        (
            ["clusterName=x", "podSecurityContext.runAsUser=null"],
            "at '/podSecurityContext': properties 'runAsUser' required, if 'runAsGroup' exists",
        ),
        (
            ["clusterName=x", "receivers.allowedNetworks[0]=all"],
            "at '/receivers/allowedNetworks/0'",
        ),
        (["clusterName=x", "sources[0].name=a"], "missing property 'prometheus'"),
        (
            [
                "clusterName=x",
                "sources[0].name=a",
                "sources[0].prometheus.url=https://me:secret@example.com",
            ],
            "at '/sources/0/prometheus/url'",
        ),
        (
            [
                "clusterName=x",
                "sources[0].name=a",
                "sources[0].prometheus.url=http://a",
                "sources[1].name=a",
                "sources[1].prometheus.url=http://b",
            ],
            'two sources are called "a"',
        ),
    ],
)
def test_a_mistake_is_refused_with_its_place(
    refusal: Callable[..., str], given: list[str], said: str
) -> None:
    words = [word for value in given for word in ("--set", value)]
    assert said in refusal(*words)


def test_the_operator_may_do_exactly_what_it_does(render: Template) -> None:
    made = render()
    assert rights(the(made, "ClusterRole")) == [*RIGHTS, ("", ["namespaces"], ["list", "watch"])]
    assert [role["metadata"]["name"] for role in objects(made, "Role")] == [OWN_ROLE]
    binding = the(made, "ClusterRoleBinding")
    account = {"kind": "ServiceAccount", "name": "tocsin", "namespace": RELEASE_NAMESPACE}
    assert binding["subjects"] == [account]
    assert binding["roleRef"]["name"] == the(made, "ClusterRole")["metadata"]["name"]
    assert the(made, "ServiceAccount")["metadata"]["name"] == "tocsin"


def test_with_namespaces_to_watch_it_may_do_nothing_beyond_them(render: Template) -> None:
    made = render({"watchNamespaces": ["fraud", "search"]})
    assert objects(made, "ClusterRole") == objects(made, "ClusterRoleBinding") == []
    for kind in ("Role", "RoleBinding"):
        where = [found["metadata"]["namespace"] for found in objects(made, kind)]
        assert sorted(where) == ["fraud", "search", RELEASE_NAMESPACE]
    roles = [role for role in objects(made, "Role") if role["metadata"]["name"] != OWN_ROLE]
    assert [rights(role) for role in roles] == [RIGHTS] * 2
    for binding in objects(made, "RoleBinding"):
        account = {"kind": "ServiceAccount", "name": "tocsin", "namespace": RELEASE_NAMESPACE}
        assert binding["subjects"] == [account]
        assert binding["roleRef"]["kind"] == "Role"
    assert config(made)["watchNamespaces"] == ["fraud", "search"]


def test_the_api_server_stamps_names_but_not_that_of_the_operator(render: Template) -> None:
    made = render()
    policies = objects(made, "MutatingAdmissionPolicy")
    names = {policy["metadata"]["name"] for policy in policies}
    assert names == {
        f"{RELEASE_NAMESPACE}.tocsin.{part}" for part in ("silences", "ours", "others")
    }
    bindings = objects(made, "MutatingAdmissionPolicyBinding")
    assert {binding["spec"]["policyName"] for binding in bindings} == names
    account = f'"system:serviceaccount:{RELEASE_NAMESPACE}:tocsin"'
    for policy in policies:
        resources = {r for rule in policy["spec"]["matchConstraints"]["resourceRules"]
                     for r in rule["resources"]}  # fmt: skip
        own = resources <= {"alertsilences", "mlalertrules", "mlincidents"}
        assert policy["spec"]["failurePolicy"] == ("Fail" if own else "Ignore")
        assert account in policy["spec"]["matchConditions"][0]["expression"]


def test_names_are_not_stamped_where_that_takes_more_than_the_release_may(
    render: Template, helm: Run
) -> None:
    for made in (
        render({"watchNamespaces": ["fraud"]}),
        render({"stampUsers": {"enabled": False}}),
        helm("template", "tocsin", str(CHART), "--set", "clusterName=test").stdout,
    ):
        assert "MutatingAdmissionPolicy" not in made


def test_without_own_rules_it_may_make_none(render: Template) -> None:
    made = render({"ownRules": {"enabled": False}})
    (role,) = (r for r in objects(made, "Role") if r["metadata"]["name"] == OWN_ROLE)
    assert [rule["resources"] for rule in role["rules"]] == [["leases"], ["leases"]]


def test_of_leases_it_may_touch_its_own_alone(render: Template) -> None:
    for values in ({}, {"watchNamespaces": ["fraud"]}):
        made = render(values)
        (role,) = (r for r in objects(made, "Role") if r["metadata"]["name"] == OWN_ROLE)
        assert role["metadata"]["namespace"] == RELEASE_NAMESPACE
        make, touch, rules = role["rules"]
        assert make == {**LEASES, "verbs": ["create"]}  # which cannot be allowed by name
        assert touch == {
            **LEASES,
            "resourceNames": [config(made)["lease"]["name"]],
            "verbs": sorted(ON_THE_LEASE),
        }
        assert rules == {
            "apiGroups": ["tocsin.dev"],
            "resources": ["mlalertrules"],
            "verbs": list(ON_OWN_RULES),
        }
        (binding,) = (r for r in objects(made, "RoleBinding") if r["roleRef"]["name"] == OWN_ROLE)
        assert binding["metadata"]["namespace"] == RELEASE_NAMESPACE


def test_releases_of_one_name_in_two_namespaces_share_no_role(render: Template) -> None:
    for values, kind in (({}, "ClusterRole"), ({"watchNamespaces": ["fraud"]}, "Role")):
        names = {
            role["metadata"]["name"]
            for namespace in ("a", "b")
            for role in objects(render(values, namespace=namespace), kind)
            if not role["metadata"]["name"].endswith(":own")
        }
        assert len(names) == 2


def test_definitions_are_kept_when_the_release_goes(render: Template) -> None:
    files = {path.name for path in (CHART / "files" / "crds").glob("*.yaml")}
    made = objects(render(), "CustomResourceDefinition")
    assert files == {f"{made_of(crd)}.yaml" for crd in made} != set()
    for crd in made:
        assert crd["metadata"]["annotations"]["helm.sh/resource-policy"] == "keep"


def made_of(crd: Json) -> str:
    """The file that a definition comes from: `tocsin.dev_mlalertrules`."""
    return f"{crd['spec']['group']}_{crd['spec']['names']['plural']}"


def test_definitions_are_what_their_files_say(render: Template) -> None:
    for crd in objects(render(), "CustomResourceDefinition"):
        source = yaml.safe_load((CHART / "files" / "crds" / f"{made_of(crd)}.yaml").read_text())
        assert crd["spec"] == source["spec"]
        assert crd["metadata"]["name"] == source["metadata"]["name"]


def test_definitions_can_be_left_to_another_release(render: Template) -> None:
    assert objects(render({"crds": {"enabled": False}}), "CustomResourceDefinition") == []


def test_without_values_the_configuration_says_what_holds(render: Template) -> None:
    assert config(render()) == {
        "clusterName": "test",
        "limits": defaults()["limits"],
        "watchNamespaces": [],
        "sources": [],
        "defaults": defaults()["defaults"],
        "lease": {"name": "tocsin", "renewInterval": "5s"},
        "http": {name: value for name, value in defaults()["http"].items() if value != []},
        "pods": defaults()["pods"],
        "ownRules": {"enabled": True},
        "web": {"host": "0.0.0.0", "port": 8080},  # noqa: S104  # in a pod, behind its Service
        "log": {"level": "info"},
    }


def test_the_operator_takes_the_configuration(render: Template, tmp_path: Path) -> None:
    path = tmp_path / "config.yaml"
    for values in ({}, everything()):
        text = the(render(values), "ConfigMap")["data"]["config.yaml"]
        path.write_text(text)
        assert load_settings(path).cluster_name == values.get("clusterName", "test")


def test_all_values_are_in_the_configuration(render: Template) -> None:
    made = config(render(everything()))
    assert made["evaluation"] == {"offset": "250ms"}
    assert made["receivers"] == {"allowedNetworks": ["10.96.0.0/12"]}
    assert [source["name"] for source in made["sources"]] == ["metrics", "aws"]
    assert made["sources"][:1] == [
        {
            "name": "metrics",
            "prometheus": {
                "url": "https://prometheus.example.com/tenant",
                "timeout": "7s",
                "maxSeries": 4321,
                "maxBytes": 54321,
                "concurrency": 3,
                "perNamespace": 1,
                "headers": {"X-Scope-OrgID": "staging"},
                "namespaceLabel": "exported_namespace",
                "credentialsDir": "/etc/tocsin/credentials/metrics",
                "caFile": "/etc/tocsin/ca/metrics/root.pem",
            },
        }
    ]


def test_the_files_that_the_configuration_names_are_mounted_read_only(render: Template) -> None:
    spec = pod(render({"sources": everything()["sources"]}))["spec"]
    mounts = {mount["mountPath"]: mount for mount in spec["containers"][0]["volumeMounts"]}
    volumes = {volume["name"]: volume for volume in spec["volumes"]}
    assert all(mount["readOnly"] for mount in mounts.values())
    credentials = volumes[mounts["/etc/tocsin/credentials/metrics"]["name"]]["secret"]
    assert credentials == {"secretName": "metrics-login", "optional": True}
    authority = volumes[mounts["/etc/tocsin/ca/metrics"]["name"]]["secret"]
    assert authority["secretName"] == "metrics-authority"
    assert authority["items"] == [{"key": "root.pem", "path": "root.pem"}]
    assert mounts["/etc/tocsin/config.yaml"]["subPath"] == "config.yaml"


def test_texts_that_look_like_numbers_stay_texts(render: Template) -> None:
    values = {"clusterName": "0123", "sources": [{**SOURCE, "name": "42"}]}
    made = config(render({**values, "watchNamespaces": ["1234"]}))
    assert made["clusterName"] == "0123"
    assert made["sources"][0]["name"] == "42"
    assert made["watchNamespaces"] == ["1234"]


def test_another_configuration_makes_another_pod(render: Template) -> None:
    usual = pod(render())["metadata"]["annotations"]
    assert pod(render({"log": {"level": "debug"}}))["metadata"]["annotations"] != usual
    assert pod(render({"service": {"port": 9000}}))["metadata"]["annotations"] == usual


def test_labels_of_the_users_do_not_replace_those_that_select_the_pod(render: Template) -> None:
    made = render({"podLabels": {"app.kubernetes.io/name": "other", "team": "fraud"}})
    labels = pod(made)["metadata"]["labels"]
    assert labels["team"] == "fraud"
    for selector in (
        the(made, "Deployment")["spec"]["selector"]["matchLabels"],
        the(made, "Service")["spec"]["selector"],
        the(made, "NetworkPolicy")["spec"]["podSelector"]["matchLabels"],
    ):
        assert selector.items() <= labels.items()


def test_there_is_a_standby_before_a_pod_ends_and_while_a_node_is_drained(
    render: Template,
) -> None:
    made = render()
    spec, budget = the(made, "Deployment")["spec"], the(made, "PodDisruptionBudget")["spec"]
    assert spec["replicas"] == 2
    rolling = {"maxSurge": 1, "maxUnavailable": 0}
    assert spec["strategy"] == {"type": "RollingUpdate", "rollingUpdate": rolling}
    assert spec["template"]["spec"]["terminationGracePeriodSeconds"] >= 10
    assert budget == {"minAvailable": 1, "selector": spec["selector"]}
    assert objects(render({"replicas": 1}), "PodDisruptionBudget") == []


def test_two_pods_are_rather_not_on_one_node_unless_somebody_says_where(render: Template) -> None:
    made = render()
    terms = pod(made)["spec"]["affinity"]["podAntiAffinity"][
        "preferredDuringSchedulingIgnoredDuringExecution"
    ]
    keys = {term["podAffinityTerm"]["topologyKey"]: term["weight"] for term in terms}
    assert keys == {"kubernetes.io/hostname": 100, "topology.kubernetes.io/zone": 50}
    selector = the(made, "Deployment")["spec"]["selector"]
    assert all(term["podAffinityTerm"]["labelSelector"] == selector for term in terms)
    own: Json = {"podAffinity": {"preferredDuringSchedulingIgnoredDuringExecution": []}}
    assert pod(render({"affinity": own}))["spec"]["affinity"] == own


def test_a_pause_of_twenty_seconds_gets_no_pod_killed(render: Template) -> None:
    probe = pod(render())["spec"]["containers"][0]["livenessProbe"]
    assert (probe["failureThreshold"] - 1) * probe["periodSeconds"] > 20


def test_the_pod_is_told_who_it_is_and_is_asked_for_its_health(render: Template) -> None:
    (container,) = pod(render())["spec"]["containers"]
    fields = {env["name"]: env["valueFrom"]["fieldRef"]["fieldPath"] for env in container["env"]}
    assert fields == {
        "POD_NAME": "metadata.name",
        "POD_NAMESPACE": "metadata.namespace",
        "POD_IP": "status.podIP",
    }
    asked = {name: container[f"{name}Probe"]["httpGet"]["path"] for name in ("liveness", "startup")}
    assert asked == {"liveness": "/healthz", "startup": "/healthz"}
    assert container["readinessProbe"]["httpGet"] == {"path": "/readyz", "port": "http"}
    assert container["ports"] == [{"name": "http", "containerPort": 8080, "protocol": "TCP"}]


def test_what_comes_in_is_let_in_at_one_port_and_what_goes_out_is_free(render: Template) -> None:
    spec = the(render(), "NetworkPolicy")["spec"]
    assert spec["policyTypes"] == ["Ingress"]
    assert spec["ingress"] == [{"ports": [{"port": "http", "protocol": "TCP"}]}]


def test_another_chart_can_depend_on_this_one(helm: Run, tmp_path: Path) -> None:
    parent = tmp_path / "parent"
    (parent / "charts").mkdir(parents=True)
    (parent / "charts" / "tocsin").symlink_to(CHART)
    (parent / "Chart.yaml").write_text("{apiVersion: v2, name: parent, version: 0.1.0}")
    (parent / "values.yaml").write_text("{global: {x: 1}, tocsin: {clusterName: test}}")
    made = helm("template", "ml", str(parent), "--namespace", "x").stdout
    assert config(made)["clusterName"] == "test"


def test_the_notes_say_what_to_do_next(helm: Run) -> None:
    words = ["install", "tocsin", str(CHART), "--namespace", "ml", "--dry-run=client"]
    words += ["--set", "clusterName=test"]
    notes = helm(*words).stdout.partition("NOTES:")[2]
    assert "NO SOURCE IS CONFIGURED" in notes
    assert "kubectl get mlar -A" in notes
    assert "kubectl logs -n ml -l app.kubernetes.io/instance=tocsin --prefix" in notes

    words += ["--set", "sources[0].name=thanos", "--set", "sources[0].prometheus.url=http://t"]
    notes = helm(*words).stdout.partition("NOTES:")[2]
    assert "NO SOURCE IS CONFIGURED" not in notes
    assert "thanos: http://t" in notes
    rule = yaml.safe_load(notes.partition("<<'EOF'\n")[2].partition("\nEOF\n")[0])
    assert rule["kind"] == "MLAlertRule"
    MLAlertRuleSpec.model_validate(rule["spec"])
    metric = rule["spec"]["criterion"]["threshold"]["metric"]
    assert metric["prometheus"]["sourceRef"] == {"name": "thanos"}
