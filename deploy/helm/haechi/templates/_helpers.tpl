{{/* SPDX-License-Identifier: Apache-2.0 */}}

{{- define "haechi.name" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "haechi.labels" -}}
app.kubernetes.io/name: haechi
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
app.kubernetes.io/part-of: haechi
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end -}}

{{/* Labels that select the Pods of one component: (list $ "gate") */}}
{{- define "haechi.selector" -}}
app.kubernetes.io/name: haechi
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end -}}

{{- define "haechi.single" -}}
{{- if eq .Values.mode "single" }}true{{ end -}}
{{- end -}}

{{/* The component whose Pods answer reviews. */}}
{{- define "haechi.gateComponent" -}}
{{- if eq .Values.mode "single" }}server{{ else }}gate{{ end -}}
{{- end -}}

{{/* Whether several Pods share the data folder of the server. */}}
{{- define "haechi.serverReplicas" -}}
{{- if gt (int .Values.server.replicas) 1 }}true{{ end -}}
{{- end -}}

{{/* What each of several Pods has for itself in the data folder that they share. */}}
{{- define "haechi.localFolders" -}}
{{- list "cache" "run" "advisories" | toJson -}}
{{- end -}}

{{- define "haechi.embeddedDatabase" -}}
{{- if not .Values.database.existingSecret }}true{{ end -}}
{{- end -}}

{{- define "haechi.secretKeyName" -}}
{{- .Values.secretKey.existingSecret | default (printf "%s-secret-key" (include "haechi.name" .)) -}}
{{- end -}}

{{- define "haechi.adminName" -}}
{{- .Values.admin.existingSecret | default (printf "%s-admin" (include "haechi.name" .)) -}}
{{- end -}}

{{- define "haechi.claimName" -}}
{{- .Values.server.storage.existingClaim | default (printf "%s-server" (include "haechi.name" .)) -}}
{{- end -}}

{{- define "haechi.backupClaimName" -}}
{{- .Values.registry.backup.storage.existingClaim | default (printf "%s-backup" (include "haechi.name" .)) -}}
{{- end -}}

{{/* Where browsers reach the console. */}}
{{- define "haechi.consoleUrl" -}}
{{- if .Values.oidc.consoleUrl }}{{ .Values.oidc.consoleUrl }}
{{- else if and .Values.console.ingress.enabled .Values.console.ingress.host }}https://{{ .Values.console.ingress.host }}
{{- end -}}
{{- end -}}

{{- define "haechi.certificateSecret" -}}
{{- printf "%s-admission-tls" (include "haechi.name" .) -}}
{{- end -}}

{{- define "haechi.gateService" -}}
{{- printf "%s-gate" (include "haechi.name" .) -}}
{{- end -}}

{{- define "haechi.gateNames" -}}
{{- $service := include "haechi.gateService" . -}}
{{- list (printf "%s.%s.svc" $service .Release.Namespace) (printf "%s.%s.svc.cluster.local" $service .Release.Namespace) (printf "%s.%s" $service .Release.Namespace) | toJson -}}
{{- end -}}

{{/* The ungated namespaces, the one of the release among them, each once. */}}
{{- define "haechi.excludedNamespaces" -}}
{{- append .Values.admission.excludeNamespaces .Release.Namespace | uniq | toJson -}}
{{- end -}}

{{- define "haechi.image" -}}
{{- $image := .Values.image -}}
{{- if $image.digest -}}
{{ $image.repository }}@{{ $image.digest }}
{{- else -}}
{{ $image.repository }}:{{ $image.tag }}
{{- end -}}
{{- end -}}

{{- define "haechi.listen" -}}
{{- $address := .Values.network.listenAddress -}}
{{- if contains ":" $address }}[{{ $address }}]{{ else }}{{ $address }}{{ end -}}
{{- end -}}

{{- define "haechi.ipFamilies" -}}
{{- with .Values.network.ipFamilyPolicy }}
ipFamilyPolicy: {{ . }}
{{- end }}
{{- with .Values.network.ipFamilies }}
ipFamilies:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* haechi.yaml of one component: (list $ "gate") */}}
{{- define "haechi.configuration" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $values := $root.Values -}}
{{- $listen := include "haechi.listen" $root -}}
{{- $single := eq $values.mode "single" -}}
{{- $isGate := or $single (eq $component "gate") -}}
{{- $isServer := eq $component "server" -}}
{{- $name := include "haechi.name" $root -}}
{{- $admission := dict
  "failure" $values.admission.failure
  "enforceAt" $values.admission.enforceAt
  "inlineScan" $values.admission.inlineScan
  "pinnedForm" $values.admission.pinnedForm
  "hookNames" $values.admission.hookNames
  "skipLabel" $values.admission.skipLabel
  "secretNamespace" $values.admission.secretNamespace
  "excludeNamespaces" (include "haechi.excludedNamespaces" $root | fromJsonArray)
  "callers" $values.admission.callers
  "names" (include "haechi.gateNames" $root | fromJsonArray)
  "webhookName" $name
  "webhookAddress" (printf "service:%s/%s:443" $root.Release.Namespace (include "haechi.gateService" $root))
-}}
{{- if eq $values.admission.callers "certificate" -}}
{{- $_ := set $admission "clientAuthority" (printf "/etc/haechi/client-authority/%s" $values.admission.clientAuthority.key) -}}
{{- $_ := set $admission "clientNames" $values.admission.clientAuthority.names -}}
{{- end -}}
{{- if $values.certManager.enabled -}}
{{- $_ := set $admission "certificate" "/etc/haechi/admission-tls/tls.crt" -}}
{{- $_ := set $admission "certificateKey" "/etc/haechi/admission-tls/tls.key" -}}
{{- $_ := set $admission "certificateAuthority" "/etc/haechi/admission-tls/ca.crt" -}}
{{- end -}}
{{- $images := dict "plainHttp" $values.registries.plainHttp -}}
{{- $authorities := list -}}
{{- range $index, $each := $values.registries.certificateAuthorities -}}
{{- $authorities = append $authorities (printf "%s=/etc/haechi/authorities/%d.pem" $each.registry $index) -}}
{{- end -}}
{{- if $values.registries.credentialsSecret -}}
{{- $_ := set $images "credentialsFile" "/etc/haechi/registry-credentials/config.json" -}}
{{- end -}}
{{- $registryName := printf "%s-registry.%s.svc:%d" $name $root.Release.Namespace (int $values.registry.service.port) -}}
{{- $registry := dict
  "names" (append $values.registry.names $registryName | uniq)
  "anonymousPull" $values.registry.anonymousPull
-}}
{{- if not (or $isServer $single) -}}
{{- $_ := set $registry "reachableAt" $registryName -}}
{{- if $values.registry.tls.existingSecret -}}
{{- $authorities = append $authorities (printf "%s=/etc/haechi/registry-tls/ca.crt" $registryName) -}}
{{- end -}}
{{- end -}}
{{- $_ := set $images "certificateAuthorities" $authorities -}}
{{- if $values.registry.public.enabled -}}
{{- $_ := set $registry "publicName" $values.registry.public.name -}}
{{- end -}}
{{- $listeners := dict "registry" (printf "%s:5000" $listen) "admission" (printf "%s:8443" $listen) -}}
{{- if $isServer -}}
{{- if $values.registry.tls.existingSecret -}}
{{- $_ := set $registry "certificate" "/etc/haechi/registry-tls/tls.crt" -}}
{{- $_ := set $registry "certificateKey" "/etc/haechi/registry-tls/tls.key" -}}
{{- end -}}
{{- if $values.registry.public.enabled -}}
{{- $_ := set $listeners "registryPublic" (printf "%s:5443" $listen) -}}
{{- $_ := set $registry "publicAnonymousPull" $values.registry.public.anonymousPull -}}
{{- if $values.registry.public.tls.existingSecret -}}
{{- $_ := set $registry "publicCertificate" "/etc/haechi/registry-public-tls/tls.crt" -}}
{{- $_ := set $registry "publicCertificateKey" "/etc/haechi/registry-public-tls/tls.key" -}}
{{- end -}}
{{- end -}}
{{- if $values.registry.backup.enabled -}}
{{- $_ := set $registry "backupDir" "/backup" -}}
{{- end -}}
{{- end -}}
{{- $roles := list "gate" -}}
{{- if $single -}}
{{- $roles = list "registry" "gate" "api" "scanner" "controller" -}}
{{- else if $isServer -}}
{{- $roles = list "registry" "api" "scanner" "controller" -}}
{{- end -}}
{{- $console := printf "%s:8080" $listen -}}
{{- if and (not $isServer) (not $values.serviceMonitor.enabled) -}}
{{- $console = "127.0.0.1:8080" -}}
{{- end -}}
{{- $_ := set $listeners "console" $console -}}
{{- $configuration := dict
  "dataDir" "/data"
  "roles" $roles
  "listen" $listeners
  "secretKeyFile" "/etc/haechi/secret-key/secret.key"
  "admin" (dict "passwordFile" "/etc/haechi/admin/password")
  "registry" $registry
  "images" $images
  "cluster" (dict "connection" "in-cluster" "namespace" $root.Release.Namespace)
  "admission" $admission
  "shutdown" (dict "delay" (ternary $values.gate.shutdownDelay (ternary $values.server.shutdownDelay "0ms" (include "haechi.serverReplicas" $root | eq "true")) $isGate))
  "scan" (dict "concurrency" (int $values.server.scanConcurrency))
  "metrics" (dict "callers" (ternary "network" "loopback" $values.serviceMonitor.enabled))
  "log" (dict "level" $values.logLevel)
  "language" $values.language
-}}
{{- if $values.advisories.volume -}}
{{- $_ := set $configuration "advisories" (dict "file" "/advisories/advisories") -}}
{{- end -}}
{{- if and $isServer $values.oidc.issuer -}}
{{- $oidc := dict
  "issuer" $values.oidc.issuer
  "clientId" $values.oidc.clientId
  "consoleUrl" (include "haechi.consoleUrl" $root)
  "scopes" $values.oidc.scopes
  "groupsClaim" $values.oidc.groupsClaim
  "roles" $values.oidc.roles
  "maxIdle" $values.oidc.maxIdle
-}}
{{- if $values.oidc.clientSecret.existingSecret -}}
{{- $_ := set $oidc "clientSecretFile" "/etc/haechi/oidc/client-secret" -}}
{{- end -}}
{{- if $values.oidc.certificateAuthority.existingConfigMap -}}
{{- $_ := set $oidc "certificateAuthority" "/etc/haechi/oidc-authority/ca.crt" -}}
{{- end -}}
{{- $_ := set $configuration "oidc" $oidc -}}
{{- end -}}
{{- if and $isServer $values.harborScanner.registries -}}
{{- $scanner := dict "registries" $values.harborScanner.registries "concurrency" (int $values.harborScanner.concurrency) -}}
{{- $_ := set $configuration "harborScanner" $scanner -}}
{{- end -}}
{{- $own := ternary $values.gate.settings $values.server.settings (eq $component "gate") -}}
{{- mergeOverwrite $configuration (deepCopy $values.settings) (deepCopy $own) | toYaml -}}
{{- end -}}

{{/* Mounts of one component: (list $ "gate") */}}
{{- define "haechi.volumeMounts" -}}
{{- $root := index . 0 -}}
{{- $values := $root.Values -}}
{{- $isServer := eq (index . 1) "server" -}}
- name: data
  mountPath: /data
{{- if and $isServer (include "haechi.serverReplicas" $root) }}
{{- range include "haechi.localFolders" $root | fromJsonArray }}
- name: local-{{ . }}
  mountPath: /data/{{ . }}
{{- end }}
{{- end }}
- name: scratch
  mountPath: /tmp
- name: configuration
  mountPath: /etc/haechi/configuration
  readOnly: true
- name: secret-key
  mountPath: /etc/haechi/secret-key
  readOnly: true
- name: admin
  mountPath: /etc/haechi/admin
  readOnly: true
{{- if $values.certManager.enabled }}
- name: admission-tls
  mountPath: /etc/haechi/admission-tls
  readOnly: true
{{- end }}
{{- if eq $values.admission.callers "certificate" }}
- name: client-authority
  mountPath: /etc/haechi/client-authority
  readOnly: true
{{- end }}
{{- if $values.registry.tls.existingSecret }}
- name: registry-tls
  mountPath: /etc/haechi/registry-tls
  readOnly: true
{{- end }}
{{- if and $isServer $values.registry.public.enabled $values.registry.public.tls.existingSecret }}
- name: registry-public-tls
  mountPath: /etc/haechi/registry-public-tls
  readOnly: true
{{- end }}
{{- if and $isServer $values.registry.backup.enabled }}
- name: backup
  mountPath: /backup
{{- end }}
{{- if and $isServer $values.oidc.issuer $values.oidc.clientSecret.existingSecret }}
- name: oidc
  mountPath: /etc/haechi/oidc
  readOnly: true
{{- end }}
{{- if and $isServer $values.oidc.issuer $values.oidc.certificateAuthority.existingConfigMap }}
- name: oidc-authority
  mountPath: /etc/haechi/oidc-authority
  readOnly: true
{{- end }}
{{- if $values.registries.certificateAuthorities }}
- name: authorities
  mountPath: /etc/haechi/authorities
  readOnly: true
{{- end }}
{{- if $values.registries.credentialsSecret }}
- name: registry-credentials
  mountPath: /etc/haechi/registry-credentials
  readOnly: true
{{- end }}
{{- if $values.advisories.volume }}
- name: advisories
  mountPath: /advisories
  readOnly: true
{{- end }}
{{- with $values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Volumes of one component but `data` and `scratch`: (list $ "gate") */}}
{{- define "haechi.volumes" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $values := $root.Values -}}
{{- $isServer := eq $component "server" -}}
{{- if and $isServer (include "haechi.serverReplicas" $root) }}
{{- range include "haechi.localFolders" $root | fromJsonArray }}
- name: local-{{ . }}
  emptyDir:
    sizeLimit: {{ $values.server.scratch }}
{{- end }}
{{- end }}
- name: configuration
  configMap:
    name: {{ include "haechi.name" $root }}-{{ $component }}
- name: secret-key
  secret:
    secretName: {{ include "haechi.secretKeyName" $root }}
    defaultMode: 0400
    items:
      - key: {{ $values.secretKey.key }}
        path: secret.key
- name: admin
  secret:
    secretName: {{ include "haechi.adminName" $root }}
    defaultMode: 0400
    items:
      - key: {{ $values.admin.key }}
        path: password
{{- if $values.certManager.enabled }}
- name: admission-tls
  secret:
    secretName: {{ include "haechi.certificateSecret" $root }}
    defaultMode: 0400
    {{- if ne $component (include "haechi.gateComponent" $root) }}
    # the controller only tells the API server whom to trust
    items:
      - key: ca.crt
        path: ca.crt
    {{- end }}
{{- end }}
{{- if eq $values.admission.callers "certificate" }}
- name: client-authority
  configMap:
    name: {{ $values.admission.clientAuthority.existingConfigMap }}
    items:
      - key: {{ $values.admission.clientAuthority.key }}
        path: {{ $values.admission.clientAuthority.key }}
{{- end }}
{{- if $values.registry.tls.existingSecret }}
{{- $authority := $values.registry.tls.authority }}
- name: registry-tls
  {{- if $isServer }}
  secret:
    secretName: {{ $values.registry.tls.existingSecret }}
    defaultMode: 0400
    items:
      - {key: tls.crt, path: tls.crt}
      - {key: tls.key, path: tls.key}
  {{- else if $authority.existingConfigMap }}
  # the gate only has to know whom to trust
  configMap:
    name: {{ $authority.existingConfigMap }}
    items:
      - {key: {{ $authority.key }}, path: ca.crt}
  {{- else }}
  # the gate only has to know whom to trust
  secret:
    secretName: {{ $values.registry.tls.existingSecret }}
    defaultMode: 0400
    items:
      - {key: ca.crt, path: ca.crt}
  {{- end }}
{{- end }}
{{- if and $isServer $values.registry.public.enabled $values.registry.public.tls.existingSecret }}
- name: registry-public-tls
  secret:
    secretName: {{ $values.registry.public.tls.existingSecret }}
    defaultMode: 0400
    items:
      - {key: tls.crt, path: tls.crt}
      - {key: tls.key, path: tls.key}
{{- end }}
{{- if and $isServer $values.registry.backup.enabled }}
- name: backup
  persistentVolumeClaim:
    claimName: {{ include "haechi.backupClaimName" $root }}
{{- end }}
{{- if and $isServer $values.oidc.issuer $values.oidc.clientSecret.existingSecret }}
- name: oidc
  secret:
    secretName: {{ $values.oidc.clientSecret.existingSecret }}
    defaultMode: 0400
    items:
      - key: {{ $values.oidc.clientSecret.key }}
        path: client-secret
{{- end }}
{{- if and $isServer $values.oidc.issuer $values.oidc.certificateAuthority.existingConfigMap }}
- name: oidc-authority
  configMap:
    name: {{ $values.oidc.certificateAuthority.existingConfigMap }}
    items:
      - key: {{ $values.oidc.certificateAuthority.key }}
        path: ca.crt
{{- end }}
{{- if $values.registries.certificateAuthorities }}
- name: authorities
  projected:
    sources:
      {{- range $index, $each := $values.registries.certificateAuthorities }}
      - configMap:
          name: {{ $each.configMap }}
          items:
            - key: {{ $each.key | default "ca.crt" }}
              path: {{ $index }}.pem
      {{- end }}
{{- end }}
{{- if $values.registries.credentialsSecret }}
- name: registry-credentials
  secret:
    secretName: {{ $values.registries.credentialsSecret }}
    defaultMode: 0400
    items:
      - key: .dockerconfigjson
        path: config.json
{{- end }}
{{- with $values.advisories.volume }}
- name: advisories
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with $values.extraVolumes }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "haechi.environment" -}}
- name: HAECHI_CACHE_DIR
  value: /data/cache
{{- if .Values.database.existingSecret }}
- name: DATABASE_URL
  valueFrom:
    secretKeyRef:
      name: {{ .Values.database.existingSecret }}
      key: {{ .Values.database.key }}
{{- end }}
{{- with .Values.proxy.http }}
- name: HTTP_PROXY
  value: {{ . | quote }}
{{- end }}
{{- with .Values.proxy.https }}
- name: HTTPS_PROXY
  value: {{ . | quote }}
{{- end }}
{{- if or .Values.proxy.http .Values.proxy.https }}
- name: NO_PROXY
  value: {{ list ".svc" ".svc.cluster.local" .Values.proxy.noProxy | compact | join "," | quote }}
{{- end }}
{{- with .Values.extraEnvironment }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{/* Pod Security "restricted". */}}
{{- define "haechi.podSecurityContext" -}}
runAsNonRoot: true
{{- with .Values.podSecurity.runAsUser }}
runAsUser: {{ int . }}
{{- end }}
{{- with .Values.podSecurity.runAsGroup }}
runAsGroup: {{ int . }}
{{- end }}
{{- with .Values.podSecurity.fsGroup }}
fsGroup: {{ int . }}
{{- end }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{- define "haechi.containerSecurityContext" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* The container of one component: (list $ "gate") */}}
{{- define "haechi.container" -}}
{{- $root := index . 0 -}}
{{- $component := index . 1 -}}
{{- $isGate := eq $component (include "haechi.gateComponent" $root) -}}
name: haechi
image: {{ include "haechi.image" $root }}
imagePullPolicy: {{ $root.Values.image.pullPolicy }}
args: [server, --config, /etc/haechi/configuration/haechi.yaml]
env:
  {{- include "haechi.environment" $root | nindent 2 }}
ports:
  {{- if $isGate }}
  - {name: admission, containerPort: 8443, protocol: TCP}
  {{- end }}
  {{- if eq $component "server" }}
  - {name: registry, containerPort: 5000, protocol: TCP}
  {{- if $root.Values.registry.public.enabled }}
  - {name: registry-public, containerPort: 5443, protocol: TCP}
  {{- end }}
  {{- end }}
  - {name: console, containerPort: 8080, protocol: TCP}
{{- if eq $component "gate" }}
# the listener that the API server calls is the one that is asked
startupProbe:
  httpGet: {path: /healthz, port: admission, scheme: HTTPS}
  periodSeconds: 2
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /healthz, port: admission, scheme: HTTPS}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: admission, scheme: HTTPS}
  periodSeconds: 3
  timeoutSeconds: 3
  failureThreshold: 2
{{- else }}
startupProbe:
  httpGet: {path: /healthz, port: console}
  periodSeconds: 2
  failureThreshold: 150
livenessProbe:
  httpGet: {path: /healthz, port: console}
  periodSeconds: 10
  timeoutSeconds: 5
  failureThreshold: 6
readinessProbe:
  httpGet: {path: /readyz, port: console}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
{{- end }}
resources:
  {{- toYaml (index $root.Values $component).resources | nindent 2 }}
securityContext:
  {{- include "haechi.containerSecurityContext" $root | nindent 2 }}
volumeMounts:
  {{- include "haechi.volumeMounts" (list $root $component) | nindent 2 }}
{{- end -}}
