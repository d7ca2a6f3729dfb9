{{/* SPDX-License-Identifier: Apache-2.0 */}}
{{/*
The files that helm installed before everything else from the folder crds of this chart: as part of the release they are upgraded
and removed with it, which helm never does with that folder. The values lie in `global`, since charts below this one need them.
*/}}
{{- define "haechi.definitions" -}}
{{- if .Values.global.crds.managed }}
{{- range $path, $_ := .Files.Glob "crds/*.yaml" }}
{{- $definition := $.Files.Get $path | fromYaml }}
{{- $_ := unset $definition.metadata "annotations" }}
{{- if $.Values.global.crds.keep }}
{{- $_ := set $definition.metadata "annotations" (dict "helm.sh/resource-policy" "keep") }}
{{- end }}
{{- $_ := set $definition.metadata.labels "app.kubernetes.io/managed-by" $.Release.Service }}
{{- $_ := set $definition.metadata.labels "app.kubernetes.io/instance" $.Release.Name }}
---
{{ toYaml $definition }}
{{- end }}
{{- end }}
{{- end -}}
