{{/* The name of everything that the release makes. */}}
{{- define "tocsin.fullname" -}}
{{- if contains .Chart.Name .Release.Name -}}
{{- .Release.Name | trunc 53 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name .Chart.Name | trunc 53 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{/*
The name of roles and bindings: releases in other namespaces may bear the same name, and their
roles stand beside ours, in the cluster or in a namespace that both watch.
*/}}
{{- define "tocsin.roleName" -}}
{{- printf "%s:%s" .Release.Namespace (include "tocsin.fullname" .) -}}
{{- end -}}

{{/* Apart from the above, which may stand in the release's own namespace too. */}}
{{- define "tocsin.ownRoleName" -}}
{{- printf "%s:own" (include "tocsin.roleName" .) -}}
{{- end -}}

{{- define "tocsin.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- .Values.serviceAccount.name | default (include "tocsin.fullname" .) -}}
{{- else -}}
{{- .Values.serviceAccount.name | default "default" -}}
{{- end -}}
{{- end -}}

{{- define "tocsin.selectorLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "tocsin.labels" -}}
{{ include "tocsin.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{- define "tocsin.image" -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}

{{/* Where the Secrets of a source are found in the container. */}}
{{- define "tocsin.credentialsDir" -}}
/etc/tocsin/credentials/{{ .name }}
{{- end -}}

{{- define "tocsin.caDir" -}}
/etc/tocsin/ca/{{ .name }}
{{- end -}}

{{/* The operator's configuration. The keys are those of its settings, and no others are taken. */}}
{{- define "tocsin.config" -}}
clusterName: {{ .Values.clusterName | quote }}
{{- with .Values.externalUrl }}
externalUrl: {{ . | quote }}
{{- end }}
{{- with .Values.watchNamespaces }}
watchNamespaces:
  {{- toYaml . | nindent 2 }}
{{- else }}
watchNamespaces: []
{{- end }}
{{- $names := list }}
{{- range .Values.sources }}
{{- if has .name $names }}
{{- fail (printf "values: two sources are called %q: names of sources must differ" .name) }}
{{- end }}
{{- $names = append $names .name }}
{{- end }}
{{- with .Values.sources }}
sources:
  {{- range . }}
  - name: {{ .name | quote }}
    {{- $source := . }}
    {{- with .prometheus }}
    prometheus:
      url: {{ .url | quote }}
      {{- with .timeout }}
      timeout: {{ . | quote }}
      {{- end }}
      {{- with .maxSeries }}
      maxSeries: {{ int64 . }}
      {{- end }}
      {{- with .maxBytes }}
      maxBytes: {{ int64 . }}
      {{- end }}
      {{- with .concurrency }}
      concurrency: {{ int64 . }}
      {{- end }}
      {{- with .perNamespace }}
      perNamespace: {{ int64 . }}
      {{- end }}
      {{- with .headers }}
      headers:
        {{- range $name, $value := . }}
        {{ $name }}: {{ $value | quote }}
        {{- end }}
      {{- end }}
      {{- with .namespaceLabel }}
      namespaceLabel: {{ . | quote }}
      {{- end }}
      {{- if .credentialsSecretRef }}
      credentialsDir: {{ include "tocsin.credentialsDir" $source | quote }}
      {{- end }}
      {{- if .caSecretRef }}
      caFile: {{ printf "%s/%s" (include "tocsin.caDir" $source) .caSecretRef.key | quote }}
      {{- end }}
    {{- end }}
    {{- with .cloudWatch }}
    cloudWatch:
      {{- range $name, $value := . }}
      {{ $name }}: {{ if eq $name "maxSeries" }}{{ int64 $value }}{{ else }}{{ quote $value }}{{ end }}
      {{- end }}
    {{- end }}
  {{- end }}
{{- else }}
sources: []
{{- end }}
defaults:
  interval: {{ .Values.defaults.interval | quote }}
  groupWait: {{ .Values.defaults.groupWait | quote }}
  groupInterval: {{ .Values.defaults.groupInterval | quote }}
  repeatInterval: {{ .Values.defaults.repeatInterval | quote }}
{{- with .Values.evaluation.offset }}
evaluation:
  offset: {{ . | quote }}
{{- end }}
lease:
  name: {{ include "tocsin.fullname" . | quote }}
  renewInterval: {{ .Values.lease.renewInterval | quote }}
ownRules:
  enabled: {{ .Values.ownRules.enabled }}
{{- with .Values.receivers.allowedNetworks }}
receivers:
  allowedNetworks:
    {{- range . }}
    - {{ . | quote }}
    {{- end }}
{{- end }}
http:
  {{- with .Values.http.allowedNetworks }}
  allowedNetworks:
    {{- range . }}
    - {{ . | quote }}
    {{- end }}
  {{- end }}
  timeout: {{ .Values.http.timeout | quote }}
  maxBytes: {{ int64 .Values.http.maxBytes }}
  maxSeries: {{ int64 .Values.http.maxSeries }}
pods:
  timeout: {{ .Values.pods.timeout | quote }}
  maxBytes: {{ int64 .Values.pods.maxBytes }}
  maxSeries: {{ int64 .Values.pods.maxSeries }}
  maxPods: {{ int64 .Values.pods.maxPods }}
{{- with .Values.limits }}
limits:
  rulesPerNamespace: {{ int64 .rulesPerNamespace }}
  newIncidentsPerRoute: {{ int64 .newIncidentsPerRoute }}
  queriesPerSecond: {{ int64 .queriesPerSecond }}
  alertsPerRule: {{ int64 .alertsPerRule }}
  labelsPerSeries: {{ int64 .labelsPerSeries }}
  labelNameLength: {{ int64 .labelNameLength }}
  labelValueLength: {{ int64 .labelValueLength }}
  textTime: {{ .textTime | quote }}
  textTimePerNamespace: {{ .textTimePerNamespace | quote }}
  templates:
    {{- range $name, $most := .templates }}
    {{ $name }}: {{ int64 $most }}
    {{- end }}
{{- end }}
web:
  host: 0.0.0.0
  port: 8080
log:
  level: {{ .Values.log.level | quote }}
{{- end -}}

{{/* What the operator may do, in a namespace or everywhere: exactly what it does. */}}
{{- define "tocsin.rules" -}}
# Our own resources. What they say is read from the watch; only their status is written.
- apiGroups: [tocsin.dev]
  resources: [alertsilences, mlalertrules, mlincidents, notificationroutes]
  verbs: [list, watch]
- apiGroups: [tocsin.dev]
  resources:
    [alertsilences/status, mlalertrules/status, mlincidents/status, notificationroutes/status]
  verbs: [patch]
# Incidents are made when alerts fire, silences where an annotation asks for one; both go once they
# are long over.
- apiGroups: [tocsin.dev]
  resources: [alertsilences, mlincidents]
  verbs: [create, delete]
# What alerts are about: pods, and through their owners the workloads that serve models; and what
# their rollouts changed.
- apiGroups: [""]
  resources: [pods]
  verbs: [list, watch]
- apiGroups: [apps]
  resources: [controllerrevisions, deployments, replicasets, statefulsets]
  verbs: [list, watch]
# Other objects that serve models, where the cluster has them.
- apiGroups: [argoproj.io]
  resources: [rollouts]
  verbs: [list, watch]
- apiGroups: [serving.kserve.io]
  resources: [inferenceservices]
  verbs: [list, watch]
- apiGroups: [ray.io]
  resources: [rayservices]
  verbs: [list, watch]
- apiGroups: [mlops.seldon.io]
  resources: [models]
  verbs: [list, watch]
# What is told: a new Event, and one more occurrence of it.
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
# Credentials of receivers: each by its name. Those without the label tocsin.dev/credentials are
# not used; RBAC cannot say that.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get]
# Baselines of training data: each by its name.
- apiGroups: [""]
  resources: [configmaps]
  verbs: [get]
{{- end -}}
