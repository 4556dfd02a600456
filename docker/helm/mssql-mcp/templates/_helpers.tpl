{{/* The beginning of all names: the release, so that two can be in one namespace. */}}
{{- define "mssql-mcp.prefix" -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{- define "mssql-mcp.server" -}}
{{- printf "%s-server" (include "mssql-mcp.prefix" .) -}}
{{- end }}

{{- define "mssql-mcp.redis" -}}
{{- printf "%s-redis" (include "mssql-mcp.prefix" .) -}}
{{- end }}

{{- define "mssql-mcp.labels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: {{ .Chart.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* Without the version: a label of the pods that changes would restart Redis with every upgrade. */}}
{{- define "mssql-mcp.podLabels" -}}
app.kubernetes.io/name: {{ .Chart.Name }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{/* The host of publicUrl, which the Ingress or the HTTPRoute routes. */}}
{{- define "mssql-mcp.host" -}}
{{- regexReplaceAll ":[0-9]+$" (trimPrefix "https://" .Values.publicUrl) "" -}}
{{- end }}

{{- define "mssql-mcp.image" -}}
{{- if .Values.image.digest -}}
{{- printf "%s@%s" .Values.image.repository .Values.image.digest -}}
{{- else -}}
{{- printf "%s:%s" .Values.image.repository (.Values.image.tag | default .Chart.AppVersion) -}}
{{- end -}}
{{- end }}

{{/* Whether there is a directory /etc/mssql-mcp. */}}
{{- define "mssql-mcp.hasFiles" -}}
{{- if or .Values.tenants .Values.files .Values.binaryFiles }}yes{{ end -}}
{{- end }}

{{/* Numbers of values are floats, which would be written as 2e+09. */}}
{{- define "mssql-mcp.text" -}}
{{- if kindIs "float64" . }}{{ . | int64 }}{{ else }}{{ . }}{{ end -}}
{{- end }}
