{{- /* The labels of every object. */}}
{{- define "zufall.labels" -}}
app.kubernetes.io/part-of: zufall
app.kubernetes.io/instance: {{ .Release.Name | quote }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version | replace "+" "_" }}
{{- end }}

{{- /* Takes the root and the name of an object. Further labels may follow. */}}
{{- define "zufall.metadata" -}}
name: {{ index . 1 }}
namespace: {{ (index . 0).Release.Namespace | quote }}
labels:
  {{- include "zufall.labels" (index . 0) | nindent 2 }}
{{- end }}

{{- /* The labels of pods, which stay the same from one version to the next. */}}
{{- define "zufall.podLabels" -}}
app.kubernetes.io/part-of: zufall
app.kubernetes.io/instance: {{ .Release.Name | quote }}
{{- end }}

{{- define "zufall.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end }}
{{- end }}

{{- define "zufall.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . | quote }}
  {{- end }}
{{- end }}
{{- end }}

{{- /* Takes the values, and the number of a user that is in the image. */}}
{{- define "zufall.podSecurityContext" -}}
{{- $values := index . 0 }}{{ $user := index . 1 -}}
runAsNonRoot: true
{{- if not $values.openshift }}
runAsUser: {{ $user }}
runAsGroup: {{ $user }}
fsGroup: {{ $user }}
{{- end }}
seccompProfile: {type: RuntimeDefault}
{{- end }}

{{- define "zufall.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{- /* Takes the name of a service. */}}
{{- define "zufall.spread" -}}
- maxSkew: 1
  topologyKey: topology.kubernetes.io/zone
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels: {app.kubernetes.io/name: {{ . }}}
  matchLabelKeys: [pod-template-hash]
- maxSkew: 1
  topologyKey: kubernetes.io/hostname
  whenUnsatisfiable: ScheduleAnyway
  labelSelector:
    matchLabels: {app.kubernetes.io/name: {{ . }}}
  matchLabelKeys: [pod-template-hash]
{{- end }}

{{- /* The same probes for each service. */}}
{{- define "zufall.probes" -}}
startupProbe:
  httpGet: {path: /livez, port: admin}
  periodSeconds: 1
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /livez, port: admin}
  timeoutSeconds: 3
readinessProbe:
  httpGet: {path: /readyz, port: admin}
  periodSeconds: 5
{{- end }}

{{- /* What is no secret: the base of kustomize, then what other values say, then `settings`. */}}
{{- define "zufall.settings" -}}
{{- $settings := dict }}
{{- range .Files.Lines "files/settings.env" }}
{{- if hasPrefix "ZUFALL_" . }}
{{- $_ := set $settings (splitn "=" 2 .)._0 (splitn "=" 2 .)._1 }}
{{- end }}
{{- end }}
{{- $_ := set $settings "ZUFALL_ORIGINS" (printf "https://%s" .Values.hosts.page) }}
{{- $_ := set $settings "ZUFALL_CONSOLE_ORIGINS" (printf "https://%s" .Values.hosts.console) }}
{{- if ne .Values.turn.by "none" }}
{{- $tls := ternary "5349" "443" (eq .Values.turn.by "hostNetwork") }}
{{- $_ := set $settings "ZUFALL_ICE_POLICY" "relay" }}
{{- $_ := set $settings "ZUFALL_TURN_URLS" (printf "turn:%[1]s:3478?transport=udp,turn:%[1]s:3478?transport=tcp,turns:%[1]s:%[2]s?transport=tcp" .Values.hosts.turn $tls) }}
{{- end }}
{{- with .Values.nats.servers }}
{{- $_ := set $settings "ZUFALL_NATS" (join "," .) }}
{{- end }}
{{- toYaml (mergeOverwrite $settings .Values.settings) }}
{{- end }}

{{- /* One pod in two minutes goes, after five minutes in which fewer were enough. */}}
{{- define "zufall.slowScaleDown" -}}
scaleDown:
  stabilizationWindowSeconds: 300
  policies:
    - {type: Pods, value: 1, periodSeconds: 120}
{{- end }}

{{- /* How whoever uses a database of CloudNativePG checks its certificate. */}}
{{- define "zufall.databaseEnv" -}}
{{- if eq .Values.database "cloudnativePg" }}
- {name: PGSSLMODE, value: verify-full}
- {name: PGSSLROOTCERT, value: /run/postgres/ca.crt}
{{- end }}
{{- end }}

{{- define "zufall.databaseMount" -}}
{{- if eq .Values.database "cloudnativePg" }}
- {name: postgres-authority, mountPath: /run/postgres, readOnly: true}
{{- end }}
{{- end }}

{{- define "zufall.databaseVolume" -}}
{{- if eq .Values.database "cloudnativePg" }}
- name: postgres-authority
  secret: {secretName: postgres-ca, items: [{key: ca.crt, path: ca.crt}]}
{{- end }}
{{- end }}
