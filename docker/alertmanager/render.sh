#!/bin/sh
# Writes the configuration of Alertmanager with its one receiver to the file $1, from ALERT_WEBHOOK (a file that holds a
# URL, such as a Docker secret) or from ALERT_MAIL_TO, ALERT_MAIL_FROM, ALERT_SMTP_HOST (host:port), ALERT_SMTP_USER and
# ALERT_SMTP_PASSWORD (a file). Alertmanager itself reads no environment variables.
set -eu
# The file holds the URL of the webhook, which is a secret with most services.
umask 077
out=${1:?name the file to write}

# A YAML text in single quotes.
quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/'/''/g")"; }
fail() { echo "alertmanager: $1" >&2; exit 1; }

receiver() {
  if [ -n "${ALERT_WEBHOOK:-}" ]; then
    [ -r "$ALERT_WEBHOOK" ] || fail "ALERT_WEBHOOK must name a file that can be read."
    printf '    webhook_configs:\n      - url: %s\n        send_resolved: true\n' "$(quoted "$(cat "$ALERT_WEBHOOK")")"
  elif [ -n "${ALERT_MAIL_TO:-}" ]; then
    for name in ALERT_MAIL_FROM ALERT_SMTP_HOST; do
      eval "value=\${$name:-}"
      [ -n "$value" ] || fail "$name is not set. Alerts by mail need it."
    done
    printf '    email_configs:\n      - to: %s\n        from: %s\n        smarthost: %s\n        send_resolved: true\n' \
      "$(quoted "$ALERT_MAIL_TO")" "$(quoted "$ALERT_MAIL_FROM")" "$(quoted "$ALERT_SMTP_HOST")"
    [ -z "${ALERT_SMTP_USER:-}" ] || printf '        auth_username: %s\n' "$(quoted "$ALERT_SMTP_USER")"
    [ -z "${ALERT_SMTP_PASSWORD:-}" ] || printf '        auth_password_file: %s\n' "$(quoted "$ALERT_SMTP_PASSWORD")"
  else
    fail "The alerts have no receiver. Set ALERT_WEBHOOK or ALERT_MAIL_TO."
  fi
}

# Before the file is opened, so that a fault leaves no half configuration.
receiver=$(receiver)
cat > "$out" <<EOF
route:
  receiver: operators
  group_by: [alertname, tenant]
  group_wait: 30s
  group_interval: 5m
  repeat_interval: 4h
receivers:
  - name: operators
$receiver
inhibit_rules:
  # A server that is down also fails to reach its database.
  - source_matchers: [alertname = McpServerDown]
    target_matchers: [alertname = McpDatabaseUnreachable]
    equal: [instance]
EOF
