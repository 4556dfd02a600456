/**
 * What MCP and its clients require of a server, over all revisions (A = 2025-03-26, B = 2025-06-18, C = 2025-11-25,
 * D = 2026-07-28; M = must, S = should). A test says with `verifies('MCP-1')` which of them it verifies; `npm test` fails
 * when no test that passed has verified one of them.
 */
export const MCP_REQUIREMENTS = [
  {
    id: 1,
    text: '[A–D M] one MCP endpoint path accepts POST. A–C: also GET, which returns `text/event-stream` or 405. D: GET/DELETE → 405 (S, modern-only server). (rev/basic/transports; D streamable-http#earlier-revisions)',
  },
  {
    id: 2,
    text: '[A–D M] send `Origin: https://evil.example` on POST/GET/DELETE → refused; C,D exactly 403; no Origin → accepted.',
  },
  {
    id: 3,
    text: '[A–D M] POST with a notification (A–C: or a response) → 202, empty body; not acceptable → 4xx. D: a POSTed response is illegal.',
  },
  {
    id: 4,
    text: '[A–D M] POST request → `application/json` (one object) or `text/event-stream`. Client Accept lists both.',
  },
  {
    id: 5,
    text: 'Batch array: A M accepted (server MUST answer each request; only notifications → 202); B–D body must be a single message → reject 400. Test per MCP-Protocol-Version.',
  },
  {
    id: 6,
    text: 'SSE answer ends with the response, then server closes (S). B: do not close before response (S NOT). A–C: disconnect is not cancellation (S NOT). D M: disconnect is cancellation, nothing more sent.',
  },
  {
    id: 7,
    text: '[A–C M] a message goes to one stream only; event ids (optional) unique per session; replay only of the same stream; no response on a GET stream except on resume. C S: prime event (id, empty data), `retry` before early close. D: no ids; ignore Last-Event-ID.',
  },
  {
    id: 8,
    text: "[A–C] sessions optional. If used: id visible ASCII 0x21–0x7E (M), secure random (M, security_best_practices:578), missing → 400 (S), ended/unknown → 404 (M), DELETE → 2xx or 405. Session is never authentication (M, :576); bind to user (S, :584): use another user's session id with own token → must fail. D: never mint or echo, ignore header.",
  },
  {
    id: 9,
    text: 'Version header: B,C unsupported → 400 (M); absent → assume 2025-03-26 (S). D M: header = `_meta` version else 400/-32020; unsupported → 400/-32022 with `data.supported[]`,`data.requested`; absent → 400/-32020 unless A is supported.',
  },
  {
    id: 10,
    text: '[D M] `Mcp-Method` on every request, `Mcp-Name` on tools/call, resources/read, prompts/get: missing, mismatched or invalid chars → 400/-32020; names case-insensitive, values case-sensitive; decode `=?base64?…?=` before comparing; validate `Mcp-Param-*` for x-mcp-header params.',
  },
  { id: 11, text: '[D M] unknown RPC method → HTTP 404 + -32601. A–C: -32601 (HTTP status unspecified; 200 usual).' },
  { id: 12, text: '[D S] `X-Accel-Buffering: no` on SSE; keep-alive comment lines (do in all).' },
  { id: 13, text: 'HTTP+SSE (2024-11-05) optional; if offered: GET → first event `endpoint`; deprecated in D.' },
  {
    id: 14,
    text: '[A–C M] initialize with a supported version → same version; with an unknown one → a version the server supports (latest, S).',
  },
  { id: 15, text: '[A–C S] nothing but ping/logging sent to client before `notifications/initialized`.' },
  {
    id: 16,
    text: '[A–C M] `ping` → `{}` promptly. [D] ping, initialize, logging/setLevel, resources/subscribe, roots list_changed removed (→ 404/-32601 when modern).',
  },
  {
    id: 17,
    text: '[D M] `server/discover` → supportedVersions, capabilities, ttlMs, cacheScope; S `_meta.io.modelcontextprotocol/serverInfo` on every result.',
  },
  {
    id: 18,
    text: '[D M] request without `_meta` protocolVersion or clientCapabilities → 400/-32602; without clientInfo → served.',
  },
  { id: 19, text: '[D M] every result has `resultType`.' },
  {
    id: 20,
    text: '[D M] `ttlMs`≥0 integer and `cacheScope` public|private on discover, tools/list, prompts/list, resources/list, resources/templates/list, resources/read; same scope on all pages; `private` whenever content depends on the token.',
  },
  {
    id: 21,
    text: "[D M] no dependence on earlier requests; lists don't vary per connection (may vary by token). State = explicit handle, authorised on each use.",
  },
  { id: 22, text: '[D S] modern-only server names its versions in the error to `initialize`.' },
  {
    id: 23,
    text: '[all M] only capabilities declared are used, by both sides; methods of undeclared capabilities → -32601.',
  },
  { id: 24, text: '[all M] id is string/integer, never null; reply carries same id; error code integer.' },
  {
    id: 25,
    text: 'malformed JSON → -32700; not JSON-RPC → -32600; unknown method → -32601; internal → -32603, no stack trace/SQL text.',
  },
  { id: 26, text: 'unknown tool → JSON-RPC error -32602 (tools.mdx#error-handling, all).' },
  { id: 27, text: 'invalid tool arguments: A,B → -32602; C,D → result with isError:true.' },
  { id: 28, text: 'SQL/API/business failure → isError:true, actionable text.' },
  { id: 29, text: 'resource not found: A–C -32002 (S); D -32602 (M), -32002 forbidden, never empty `contents`.' },
  { id: 30, text: 'unknown prompt/missing args, invalid cursor, invalid log level → -32602 (S).' },
  { id: 31, text: "[D M] don't invent codes in -32000…-32099; S NOT use -32000…-32019." },
  { id: 32, text: '[all M] declare tools/resources/prompts/logging/completions capability when used.' },
  {
    id: 33,
    text: 'tool `inputSchema` = JSON Schema object (M C,D), 2020-12 default (C,D); parameterless → `{"type":"object","additionalProperties":false}`; no network `$ref` (D M).',
  },
  { id: 34, text: 'tool name 1–128 of `[A-Za-z0-9_.-]`, unique (C,D S; client limit 64). D S: deterministic order.' },
  {
    id: 35,
    text: '[B–D M] outputSchema ⇒ structuredContent conforming; S same JSON as text. B,C object only; D any JSON. isError results: omit structuredContent.',
  },
  { id: 36, text: '[all M] tools: validate input, access control, rate limit, sanitise output.' },
  { id: 37, text: 'pagination: opaque cursor, follow nextCursor until absent; no dup/missing; bogus cursor → -32602.' },
  { id: 38, text: '[all M] progress only for tokens of an active request, strictly increasing, stops at completion.' },
  {
    id: 39,
    text: '[A–C S] notifications/cancelled: stop (cancel the SQL), free, no response; unknown/finished id ignored; race handled (M).',
  },
  {
    id: 40,
    text: 'logging: M no credentials, PII, internals. A–C level filter via logging/setLevel. D: only if `_meta…logLevel`, only on that stream.',
  },
  { id: 41, text: 'completion: ≤100 values; M validate, rate limit, no disclosure; ref/prompt & ref/resource.' },
  {
    id: 42,
    text: 'resources: M validate URI, no traversal, base64 blobs. Subscriptions A–C subscribe/updated; D `subscriptions/listen`: M ack first, subscriptionId on every message, only requested types; graceful result at close (S).',
  },
  {
    id: 43,
    text: 'elicitation: M only if (and in mode) client declared; M no secrets in form mode; bound to user, not session alone. D: MRTR only on tools/call, prompts/get, resources/read; unknown keys ignored, missing → ask again (S); requestState integrity-protected (M); client capability missing → 400/-32021 with data.requiredCapabilities.',
  },
  { id: 44, text: 'tasks: C `execution.taskSupport` experimental core; D extension. Optional.' },
  {
    id: 45,
    text: '[A–D M] no token → 401 on POST, GET, DELETE (and `/messages`); HEAD and OPTIONS are answered without one; [B M; C,D one of two] `WWW-Authenticate: Bearer resource_metadata="…"`; [C,D S] `scope="…"`.',
  },
  {
    id: 46,
    text: '[B–D M] PRM JSON at `/.well-known/oauth-protected-resource/<path>` (and root), `authorization_servers` ≥1; `resource` byte-identical to the URL (RFC 9728 §3.3); [D S NOT] offline_access in PRM/challenge.',
  },
  {
    id: 47,
    text: '[A–D M] expired, garbage, `alg:none`, unsigned, foreign key, wrong `iss`, wrong/missing `aud` → 401.',
  },
  {
    id: 48,
    text: '[A–D M] token in query string is not accepted; authorization on every request (session id alone → 401).',
  },
  {
    id: 49,
    text: '[C,D S] insufficient scope → 403 + `error="insufficient_scope", scope=<all needed>, resource_metadata`; D M honour scope hierarchies.',
  },
  { id: 50, text: '[A–D M] 400 for malformed authorization request.' },
  {
    id: 51,
    text: '[B–D M] never forward client token upstream (the SQL login is separate); tokens stored/logged securely.',
  },
  {
    id: 52,
    text: 'Metadata: A at host root; B RFC 8414 M; C,D RFC 8414 or OIDC (≥1, M). Issuer with path: serve `/.well-known/oauth-authorization-server/<p>`, `/.well-known/openid-configuration/<p>`, `/<p>/.well-known/openid-configuration`. `issuer` identical to the one used to build the URL (client M reject otherwise, D).',
  },
  {
    id: 53,
    text: '`code_challenge_methods_supported:["S256"]` present (M for OIDC; clients MUST refuse without it, C,D); PKCE enforced; `plain` refused.',
  },
  {
    id: 54,
    text: 'redirect URI exact match (loopback: port ignored, OAuth 2.1); https or localhost; bad redirect/client → error page, no redirect.',
  },
  { id: 55, text: 'HTTPS; short-lived access tokens (S); refresh rotation for public clients (M); reuse detected.' },
  { id: 56, text: '`resource` accepted at /authorize and /token → `aud`; unacceptable → `invalid_target` (RFC 8707).' },
  { id: 57, text: 'DCR: A,B S; C MAY; D deprecated MAY. `/register` JSON → 201.' },
  {
    id: 58,
    text: 'CIMD (C,D S): flag `client_id_metadata_document_supported`; fetched client_id equal (M), redirect_uris validated (M), JSON validated (M), SSRF-safe (S), HTTP caching (S), redirect hostname on consent (M), warning for localhost-only (S).',
  },
  {
    id: 59,
    text: '[D S] `iss` in success and error redirects, then `authorization_response_iss_parameter_supported:true` (M).',
  },
  {
    id: 60,
    text: 'per-client consent if proxying to a third-party IdP with a static client id; consent page CSRF/frame protected, `state` single use and set after consent (security_best_practices:160–272).',
  },
] as const satisfies readonly { readonly id: number; readonly text: string }[];
