{{- /* What both ways to run the relay have in common. */}}

{{- /* Takes the root and the name of an object. The relay on the network of nodes has a namespace of its own. */}}
{{- define "zufall.turnMetadata" -}}
{{- $root := index . 0 -}}
name: {{ index . 1 }}
namespace: {{ ternary "zufall-turn" $root.Release.Namespace (eq $root.Values.turn.by "hostNetwork") }}
labels:
  {{- include "zufall.labels" $root | nindent 2 }}
{{- end }}

{{- define "zufall.turnFiles" -}}
{{- range $path, $_ := .Files.Glob "files/coturn/*" }}
{{ base $path }}: |
  {{- $.Files.Get $path | nindent 2 }}
{{- end }}
{{- end }}

{{- /* The rest of the container, beside its variables and ports. */}}
{{- define "zufall.coturn" -}}
image: {{ .Values.images.coturn | quote }}
command: [/etc/coturn/start]
envFrom:
  - configMapRef: {name: turn, optional: true}
startupProbe:
  exec: {command: [/etc/coturn/answers]}
  periodSeconds: 2
  timeoutSeconds: 5
  failureThreshold: 30
livenessProbe:
  exec: {command: [/etc/coturn/answers]}
  timeoutSeconds: 5
readinessProbe:
  exec: {command: [/etc/coturn/answers]}
  periodSeconds: 5
  timeoutSeconds: 5
resources:
  requests: {cpu: 500m, memory: 128Mi, ephemeral-storage: 64Mi}
  limits: {memory: 1Gi, ephemeral-storage: 256Mi}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}
volumeMounts:
  - {name: files, mountPath: /etc/coturn, readOnly: true}
  - {name: secret, mountPath: /run/secrets, readOnly: true}
  - {name: certificate, mountPath: /run/certificate, readOnly: true}
  - {name: runtime, mountPath: /run/coturn}
  - {name: tmp, mountPath: /tmp}
{{- end }}

{{- /* Takes the source of the secret. */}}
{{- define "zufall.turnVolumes" -}}
- name: files
  configMap: {name: turn-files, defaultMode: 0555}
- name: secret
  secret: {{ . }}
- name: certificate
  secret: {secretName: turn-certificate, defaultMode: 0440, optional: true}
- name: runtime
  emptyDir: {medium: Memory, sizeLimit: 16Mi}
- name: tmp
  emptyDir: {medium: Memory, sizeLimit: 16Mi}
{{- end }}
