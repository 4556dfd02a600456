#!/usr/bin/env bash
# Runs every step of a client against a running server and names the step that failed: health, discovery,
# registration, sign-in and consent, token, HEAD, initialize, tools/list, a query, refresh, revocation.
#   MCP_USER=demo MCP_PASSWORD=… scripts/e2e-test.sh http://127.0.0.1:8008/demo
set -uo pipefail

base=${1:-}
[[ $base =~ ^https?://[^/]+(/[a-z0-9-]+)?$ ]] || { echo "Usage: MCP_USER=… MCP_PASSWORD=… $0 https://mcp.example.com/demo" >&2; exit 2; }
: "${MCP_USER:?set MCP_USER}" "${MCP_PASSWORD:?set MCP_PASSWORD}"
query=${MCP_QUERY:-SELECT 1 AS one}
for program in curl node; do command -v "$program" >/dev/null || { echo "$program is needed" >&2; exit 2; }; done

origin=$(sed -E 's#^(https?://[^/]+).*#\1#' <<<"$base")
path=${base#"$origin"}
work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
jar=$work/cookies
callback=http://127.0.0.1:9/callback
step=0

curl_() { curl --silent --show-error --max-time 30 ${MCP_CURL_OPTIONS:-} --cookie "$jar" --cookie-jar "$jar" "$@"; }
# json EXPRESSION evaluates a JavaScript expression over `it`, the JSON on standard input.
json() { node -e 'let t="";process.stdin.on("data",d=>t+=d).on("end",()=>{try{const it=JSON.parse(t);const v=eval(process.argv[1]);if(v===undefined||v===null||v===false)process.exit(1);console.log(typeof v==="object"?JSON.stringify(v):String(v))}catch(e){process.exit(1)}})' "$1"; }
begin() { step=$((step + 1)); name=$1; printf '%2d  %-38s ' "$step" "$name"; }
pass() { echo "ok${1:+  ($1)}"; }
fail() { echo "FAILED: $1"; [ -s "$work/body" ] && { echo "    reply: $(head -c 400 "$work/body" | tr '\n' ' ')"; }; exit 1; }
# Prints the status of a request. The body goes to $work/body, the headers to $work/headers.
request() { curl_ --output "$work/body" --dump-header "$work/headers" --write-out '%{http_code}' "$@" 2>"$work/error" || cat "$work/error" >&2; }
header() { grep -i "^$1:" "$work/headers" | tail -1 | cut -d' ' -f2- | tr -d '\r'; }
absolute() { case "$1" in http*) echo "$1" ;; *) echo "$origin$1" ;; esac; }
# Submits the first form of the page in $work/body with its hidden fields and the given fields.
submit_form() {
  local action args=()
  action=$(grep -o '<form[^>]*action="[^"]*"' "$work/body" | head -1 | sed 's/.*action="//; s/"$//; s/&amp;/\&/g')
  [ -n "$action" ] || fail "the page has no form"
  while IFS= read -r field; do
    [ -n "$field" ] && args+=(--data-urlencode "$(sed 's/.*name="\([^"]*\)".*/\1/' <<<"$field")=$(sed -n 's/.*value="\([^"]*\)".*/\1/p' <<<"$field")")
  done < <(grep -o '<input[^>]*type="hidden"[^>]*>' "$work/body")
  # Fields that are checked on the consent page stay checked.
  while IFS= read -r field; do
    [ -n "$field" ] && args+=(--data-urlencode "$(sed 's/.*name="\([^"]*\)".*/\1/' <<<"$field")=$(sed -n 's/.*value="\([^"]*\)".*/\1/p' <<<"$field")")
  done < <(grep -oE '<input[^>]*type="(checkbox|radio)"[^>]*checked[^>]*>' "$work/body")
  for pair in "$@"; do args+=(--data-urlencode "$pair"); done
  code=$(request "${args[@]}" --header "Origin: $origin" "$(absolute "$action")")
}
# Follows redirects inside the server and stops at the client's callback.
follow() {
  for _ in 1 2 3 4 5 6 7 8; do
    [[ $code =~ ^30[1238]$ || $code == 303 ]] || return 0
    location=$(absolute "$(header location)")
    [[ $location == "$callback"* ]] && return 0
    code=$(request "$location")
  done
}
rpc() { request --header "Authorization: Bearer $token" --header 'Content-Type: application/json' --header 'Accept: application/json, text/event-stream' --header 'MCP-Protocol-Version: 2025-06-18' --data "$1" "$base/sse"; }

begin health
code=$(request "$base/health")
[ "$code" != 000 ] || fail "$origin does not answer"
[ "$code" = 200 ] || fail "HTTP $code"
pass "$(json '`version ${it.version}, database ${it.database.status}`' <"$work/body")"

begin 'challenge without a token'
code=$(request --request POST --header 'Content-Type: application/json' --data '{"jsonrpc":"2.0","id":1,"method":"ping"}' "$base/sse")
[ "$code" = 401 ] || fail "HTTP $code instead of 401"
metadata=$(header www-authenticate | sed -n 's/.*resource_metadata="\([^"]*\)".*/\1/p')
[ -n "$metadata" ] || fail "WWW-Authenticate names no resource_metadata"
pass

begin 'protected-resource metadata'
code=$(request "$metadata"); [ "$code" = 200 ] || fail "HTTP $code at $metadata"
resource=$(json it.resource <"$work/body") && issuer=$(json 'it.authorization_servers[0]' <"$work/body") || fail "the document names no resource or no authorization server"
[ "$resource" = "$base/sse" ] || fail "resource is $resource: clients that typed $base/sse will refuse it (PUBLIC_URL?)"
pass

begin 'authorization-server metadata'
code=$(request "$origin/.well-known/oauth-authorization-server$path"); [ "$code" = 200 ] || fail "HTTP $code"
[ "$(json it.issuer <"$work/body")" = "$issuer" ] || fail "issuer differs from $issuer"
authorize=$(json it.authorization_endpoint <"$work/body"); token_endpoint=$(json it.token_endpoint <"$work/body")
register=$(json it.registration_endpoint <"$work/body"); revoke=$(json it.revocation_endpoint <"$work/body")
pass

begin registration
code=$(request --header 'Content-Type: application/json' --data "{\"client_name\":\"e2e-test.sh\",\"redirect_uris\":[\"$callback\"],\"token_endpoint_auth_method\":\"none\",\"grant_types\":[\"authorization_code\",\"refresh_token\"]}" "$register")
[ "$code" = 201 ] || fail "HTTP $code"
client=$(json it.client_id <"$work/body") || fail "no client_id"
pass

begin 'sign-in page'
verifier=$(node -p 'require("crypto").randomBytes(32).toString("base64url")')
challenge=$(node -p 'require("crypto").createHash("sha256").update(process.argv[1]).digest("base64url")' -- "$verifier")
state=$(node -p 'require("crypto").randomUUID()')
code=$(request --get --data-urlencode "client_id=$client" --data-urlencode "redirect_uri=$callback" --data response_type=code --data code_challenge_method=S256 --data "code_challenge=$challenge" --data "state=$state" --data-urlencode 'scope=sql:read offline_access' --data-urlencode "resource=$resource" "$authorize")
follow; [ "$code" = 200 ] || fail "HTTP $code"
grep -q 'name="password"' "$work/body" || fail "no password field on the page"
pass

begin 'sign-in'
submit_form "username=$MCP_USER" "password=$MCP_PASSWORD"; follow
grep -q 'name="password"' "$work/body" && fail "user or password is wrong"
grep -q 'name="decision"' "$work/body" || fail "no consent page (HTTP $code)"
pass

begin consent
submit_form decision=approve; follow
[[ ${location:-} == "$callback"* ]] || fail "no redirect to the client (HTTP $code)"
authorization_code=$(node -p 'new URL(process.argv[1]).searchParams.get("code")??""' -- "$location")
[ -n "$authorization_code" ] || fail "no code in the redirect: $(node -p 'new URL(process.argv[1]).searchParams.get("error")' -- "$location")"
[ "$(node -p 'new URL(process.argv[1]).searchParams.get("state")' -- "$location")" = "$state" ] || fail "state differs"
pass

begin token
code=$(request --data grant_type=authorization_code --data-urlencode "code=$authorization_code" --data-urlencode "redirect_uri=$callback" --data-urlencode "client_id=$client" --data "code_verifier=$verifier" --data-urlencode "resource=$resource" "$token_endpoint")
[ "$code" = 200 ] || fail "HTTP $code"
token=$(json it.access_token <"$work/body") || fail "no access_token"
refresh=$(json it.refresh_token <"$work/body") || fail "no refresh_token"
pass

begin HEAD
code=$(request --head "$base/sse"); [ "$code" = 200 ] || fail "HTTP $code"
[[ $(header content-type) == text/event-stream* ]] || fail "content-type is $(header content-type)"
pass

begin initialize
code=$(rpc '{"jsonrpc":"2.0","id":1,"method":"initialize","params":{"protocolVersion":"2025-06-18","capabilities":{},"clientInfo":{"name":"e2e-test.sh","version":"1"}}}')
[ "$code" = 200 ] || fail "HTTP $code"
pass "$(json '`${it.result.serverInfo.name} ${it.result.serverInfo.version}`' <"$work/body")"

begin tools/list
code=$(rpc '{"jsonrpc":"2.0","id":2,"method":"tools/list"}'); [ "$code" = 200 ] || fail "HTTP $code"
tools=$(json 'it.result.tools.map(t=>t.name).join(", ")' <"$work/body") || fail "the server lists no tools"
# A tenant that allows changes reads with query_sql, because its execute_sql needs the scope sql:write.
reader=$(json 'it.result.tools.map(t=>t.name).find(n=>n==="query_sql")??"execute_sql"' <"$work/body")
pass "$tools"

begin 'a query'
code=$(rpc "$(node -p 'JSON.stringify({jsonrpc:"2.0",id:3,method:"tools/call",params:{name:process.argv[1],arguments:{query:process.argv[2]}}})' -- "$reader" "$query")")
[ "$code" = 200 ] || fail "HTTP $code"
json 'it.result && !it.result.isError' <"$work/body" >/dev/null || fail "the tool returned an error"
pass "$(json 'it.result.structuredContent.row_count+" rows"' <"$work/body")"

begin 'a write is refused'
code=$(rpc '{"jsonrpc":"2.0","id":4,"method":"tools/call","params":{"name":"execute_sql","arguments":{"query":"DELETE FROM mcp_no_such_table"}}}')
if [ "$code" = 403 ] || json 'it.error || it.result.isError' <"$work/body" >/dev/null; then pass; else fail "the write was not refused"; fi

begin refresh
code=$(request --data grant_type=refresh_token --data-urlencode "refresh_token=$refresh" --data-urlencode "client_id=$client" "$token_endpoint")
[ "$code" = 200 ] || fail "HTTP $code"
token=$(json it.access_token <"$work/body"); refresh=$(json it.refresh_token <"$work/body")
pass

begin revocation
code=$(request --data-urlencode "token=$refresh" --data-urlencode "client_id=$client" "$revoke"); [ "$code" = 200 ] || fail "HTTP $code"
code=$(rpc '{"jsonrpc":"2.0","id":5,"method":"ping"}'); [ "$code" = 401 ] || fail "the access token still works (HTTP $code)"
pass

echo "All $step steps passed."
