#!/usr/bin/env bash
# Configures Debian's nginx from this repository's files. Renders the template like the official image does, with the
# paths that Debian's systemd unit expects. Run it again after a change of nginx/ or of the tenants, then run
# nginx -t && systemctl reload nginx
#   SERVER_NAME=mcp.example.com TENANTS='demo|production' scripts/render-nginx.sh /etc/nginx
set -euo pipefail

fail() { echo "render-nginx: $1" >&2; exit 2; }

out=${1:-}
[ -n "$out" ] && [[ $out != -* ]] || fail "usage: SERVER_NAME=mcp.example.com TENANTS='demo|production' $0 /etc/nginx"
[[ ${SERVER_NAME:-} =~ ^[a-z0-9.-]+$ ]] || fail 'set SERVER_NAME to the host in PUBLIC_URL'
[[ ${TENANTS:-} =~ ^[a-z0-9-]+(\|[a-z0-9-]+)*$ ]] || fail "set TENANTS, for example demo or 'demo|production'"

UPSTREAM_SERVERS=${UPSTREAM_SERVERS:-server 127.0.0.1:8008;}
HTTP_PORT=${HTTP_PORT:-80} HTTPS_PORT=${HTTPS_PORT:-443}
CERTIFICATE_DIR=${CERTIFICATE_DIR:-/etc/nginx/certificates} ACME_ROOT=${ACME_ROOT:-/var/www/acme}
RATE_REGISTER=${RATE_REGISTER:-30r/m} RATE_TOKEN=${RATE_TOKEN:-10r/s} RATE_SIGN_IN=${RATE_SIGN_IN:-5r/s} RATE_MCP=${RATE_MCP:-100r/s}
# Client certificates (mutual TLS): docs/deployment.md.
CLIENT_CERTIFICATES=${CLIENT_CERTIFICATES:-off} CLIENT_CA_FILE=${CLIENT_CA_FILE:-/etc/nginx/client-ca.pem}
CLIENT_CERTIFICATE_TENANTS=${CLIENT_CERTIFICATE_TENANTS:-}
[[ $CLIENT_CERTIFICATES =~ ^(off|optional_no_ca|on)$ ]] || fail 'set CLIENT_CERTIFICATES to off, optional_no_ca or on'
[[ $CLIENT_CERTIFICATE_TENANTS =~ ^([a-z0-9-]+(\|[a-z0-9-]+)*)?$ ]] || fail "set CLIENT_CERTIFICATE_TENANTS, for example 'sales|hr'"
[ -z "$CLIENT_CERTIFICATE_TENANTS" ] || [ "$CLIENT_CERTIFICATES" != off ] || fail 'CLIENT_CERTIFICATE_TENANTS needs CLIENT_CERTIFICATES=optional_no_ca'
log_dir=${LOG_DIR:-/var/log/nginx} pid_file=${PID_FILE:-/run/nginx.pid} user=${NGINX_USER:-www-data}

source=$(cd "$(dirname "$0")/../nginx" && pwd)
mkdir -p "$out/conf.d" "$out/snippets"
cp "$source"/snippets/*.conf "$out/snippets/"
# Replace only these names, because nginx's own variables have the same form.
site=$(<"$source/templates/default.conf.template")
for name in SERVER_NAME TENANTS UPSTREAM_SERVERS HTTP_PORT HTTPS_PORT CERTIFICATE_DIR ACME_ROOT RATE_REGISTER RATE_TOKEN RATE_SIGN_IN RATE_MCP CLIENT_CERTIFICATES CLIENT_CA_FILE CLIENT_CERTIFICATE_TENANTS; do
  site=${site//"\${$name}"/"${!name}"}
done
printf '%s\n' "$site" >"$out/conf.d/mssql-mcp.conf"
[ -e "$out/nginx.conf" ] && [ ! -e "$out/nginx.conf.before-mssql-mcp" ] && cp "$out/nginx.conf" "$out/nginx.conf.before-mssql-mcp"
# Under systemd /dev/stdout is a socket, which nginx can't open as a file. The unit waits for this pid file.
sed -e "1i user $user;" \
  -e "s|^pid .*|pid $pid_file;|" \
  -e "s|^error_log .*|error_log $log_dir/mssql-mcp-error.log warn;|" \
  -e "s|access_log /dev/stdout|access_log $log_dir/mssql-mcp-access.log|" \
  "$source/nginx.conf" >"$out/nginx.conf"
echo "Rendered into $out. Next: nginx -t && systemctl reload nginx"
