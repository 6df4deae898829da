{{/* What all rules begin with: `name`, the `rule` of the values, and the `root`. */}}
{{- define "tocsin-rules.head" -}}
apiVersion: tocsin.dev/v1alpha1
kind: MLAlertRule
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    app.kubernetes.io/name: tocsin-rules
    app.kubernetes.io/instance: {{ .root.Release.Name }}
    app.kubernetes.io/managed-by: {{ .root.Release.Service }}
    helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
spec:
  severity: {{ .rule.severity }}
  for: {{ .rule.for }}
  {{- with .rule.interval }}
  interval: {{ . }}
  {{- end }}
  workloads: {{- toYaml .root.Values.workloads | nindent 4 }}
  {{- with .root.Values.labels }}
  labels: {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- if or .root.Values.runbooks .root.Values.dashboard }}
  links:
    {{- with .root.Values.runbooks }}
    runbook: {{ printf "%s/%s" (trimSuffix "/" .) $.name | quote }}
    {{- end }}
    {{- with .root.Values.dashboard }}
    dashboard: {{ . | quote }}
    {{- end }}
  {{- end }}
{{- end -}}

{{/* What to do first where a new version may be the reason. */}}
{{- define "tocsin-rules.undo" -}}
- "See what changed: kubectl rollout history {{ "{{ $workload.kind }}/{{ $workload.name }}" }} -n
  {{ "{{ $workload.namespace }}" }}"
- "Undo the last rollout: kubectl rollout undo {{ "{{ $workload.kind }}/{{ $workload.name }}" }} -n
  {{ "{{ $workload.namespace }}" }}"
{{- end -}}

{{- define "tocsin-rules.by" -}}namespace, pod{{- end -}}

{{/* Values count only where a window has so many predictions. */}}
{{- define "tocsin-rules.minSamples" -}}
minSamples:
  metric:
    prometheus:
      sourceRef: {name: {{ .root.Values.source }}}
      query: sum by (namespace, pod) (increase({{ .root.Values.metrics.predictions }}[{{ .root.Values.window }}]))
  atLeast: {{ .rule.atLeast }}
{{- end -}}
