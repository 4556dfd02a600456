#!/usr/bin/env bash
# Gets a Let's Encrypt certificate for the server's name over HTTP-01, and sets up renewal with a reload of nginx.
# You can run it again at any time; it keeps a certificate that is still valid.
set -euo pipefail

usage() {
  cat <<'USAGE'
Usage: scripts/setup-letsencrypt.sh --domain mcp.example.com --email ops@example.com [options]

  --domain NAME        the server's DNS name (repeat for more names on one certificate)
  --email ADDRESS      the address that Let's Encrypt warns about problems
  --webroot DIR        the directory that nginx serves at /.well-known/acme-challenge (default /var/www/acme)
  --config-dir DIR     certbot's directory (default /etc/letsencrypt)
  --install-dir DIR    the directory where nginx reads fullchain.pem and privkey.pem (default /etc/nginx/certificates).
                       If it has no certificate, the script puts a self-signed placeholder there, so that nginx can
                       start and answer the challenge
  --reload COMMAND     the command that makes nginx load the new certificate (default: nginx -s reload)
  --staging            uses Let's Encrypt's test server: its certificates are not trusted, and it has no rate limits
  --server URL         uses another ACME server (the tests do)
  --dry-run            checks everything and requests no lasting certificate
  --no-verify-ssl      only with --server, for an ACME server with a private certificate
  -h, --help
USAGE
}

fail() {
  echo "setup-letsencrypt: $1" >&2
  exit 2
}

domains=()
email='' webroot=/var/www/acme config_dir=/etc/letsencrypt install_dir=/etc/nginx/certificates reload='nginx -s reload' server='' staging=0 dry_run=0 no_verify=0
need() { [ -n "${2:-}" ] || fail "$1 needs a value"; }
while (($#)); do
  case "$1" in
    --domain) need "$1" "${2:-}"; domains+=("$2"); shift 2 ;;
    --email) need "$1" "${2:-}"; email=$2; shift 2 ;;
    --webroot) need "$1" "${2:-}"; webroot=$2; shift 2 ;;
    --config-dir) need "$1" "${2:-}"; config_dir=$2; shift 2 ;;
    --install-dir) need "$1" "${2:-}"; install_dir=$2; shift 2 ;;
    --reload) need "$1" "${2:-}"; reload=$2; shift 2 ;;
    --server) need "$1" "${2:-}"; server=$2; shift 2 ;;
    --staging) staging=1; shift ;;
    --dry-run) dry_run=1; shift ;;
    --no-verify-ssl) no_verify=1; shift ;;
    -h | --help) usage; exit 0 ;;
    *) usage >&2; fail "unknown option $1" ;;
  esac
done

# Let's Encrypt allows five failed attempts an hour, so refuse a name here that it can never certify.
((${#domains[@]})) || { usage >&2; fail "--domain is missing"; }
[ -n "$email" ] || fail "--email is missing"
[[ $email =~ ^[^[:space:]@]+@[^[:space:]@]+\.[^[:space:]@]+$ ]] || fail "'$email' is not an e-mail address"
label='[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?'
for domain in "${domains[@]}"; do
  [[ $domain =~ ^[0-9.]+$|: ]] && fail "'$domain' is an IP address: Let's Encrypt's HTTP-01 here needs a DNS name"
  [[ $domain =~ ^($label\.)+$label$ ]] || fail "'$domain' is not a DNS name in lower case (wildcards need DNS-01, which this script does not support)"
  [ -n "$server" ] || case "$domain" in
    localhost | *.localhost | *.local | *.internal | *.test | *.example | example.com | *.example.com | *.invalid)
      fail "'$domain' can't be reached by Let's Encrypt: use your server's public name" ;;
  esac
done
((staging)) && [ -n "$server" ] && fail "--staging and --server can't be combined"
((no_verify)) && [ -z "$server" ] && fail "--no-verify-ssl needs --server"
command -v certbot >/dev/null || fail "certbot is not installed (apt-get install certbot)"
command -v openssl >/dev/null || fail "openssl is not installed (apt-get install openssl)"
mkdir -p "$webroot/.well-known/acme-challenge" || fail "can't write to --webroot $webroot"

[[ $install_dir$config_dir$webroot == *[[:space:]\'\"\$\`]* ]] && fail "names of directories must not contain spaces, quotes or dollar signs"
mkdir -p "$install_dir"
if [ ! -e "$install_dir/fullchain.pem" ]; then
  umask 077
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=${domains[0]}" \
    -keyout "$install_dir/privkey.pem" -out "$install_dir/fullchain.pem" 2>/dev/null
  echo "Created a self-signed placeholder in $install_dir."
fi
if ! sh -c "$reload"; then
  fail "'$reload' failed: nginx must be running with its port 80 open to the internet before the challenge"
fi

# certbot runs this command after each issue and renewal, with RENEWED_LINEAGE set, and saves it for `certbot renew`.
install_certificate="install -m 600 \$RENEWED_LINEAGE/privkey.pem $install_dir/privkey.pem && install -m 644 \$RENEWED_LINEAGE/fullchain.pem $install_dir/fullchain.pem && $reload"

arguments=(
  certonly --non-interactive --agree-tos --email "$email" --no-eff-email
  --webroot -w "$webroot" --cert-name mcp --keep-until-expiring --expand --key-type ecdsa
  --config-dir "$config_dir" --work-dir "$config_dir/work" --logs-dir "$config_dir/logs"
  --deploy-hook "$install_certificate"
)
for domain in "${domains[@]}"; do arguments+=(-d "$domain"); done
((staging)) && arguments+=(--staging)
((dry_run)) && arguments+=(--dry-run)
[ -n "$server" ] && arguments+=(--server "$server")
((no_verify)) && arguments+=(--no-verify-ssl)

certbot "${arguments[@]}"
if ((dry_run)); then
  echo "The dry run succeeded. Run the script again without --dry-run."
  exit 0
fi

# certbot runs no hook when it keeps a certificate, but the installed copy may have been lost.
cmp -s "$config_dir/live/mcp/fullchain.pem" "$install_dir/fullchain.pem" || RENEWED_LINEAGE=$config_dir/live/mcp sh -c "$install_certificate"
openssl x509 -in "$install_dir/fullchain.pem" -noout -subject -enddate
if [ -d /run/systemd/system ] && systemctl list-unit-files certbot.timer >/dev/null 2>&1; then
  systemctl enable --now certbot.timer
  echo "certbot.timer renews the certificate twice a day when it is due, and runs: $reload"
else
  echo "Renewal: run 'certbot renew --config-dir $config_dir' twice a day (docker/compose.yaml has a service for it). It runs: $reload"
fi
