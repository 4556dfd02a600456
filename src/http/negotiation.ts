import Negotiator from 'negotiator';

export interface Accepted {
  readonly json: boolean;
  readonly stream: boolean;
}

const JSON_TYPE = 'application/json';
const STREAM_TYPE = 'text/event-stream';
const BOTH: Accepted = { json: true, stream: true };
/** Parameters that are no weight: `application/json;charset=utf-8` means JSON, though RFC 9110 would let it match nothing. */
const OTHER_PARAMETERS = /;(?!\s*q\s*=)(?:"[^"]*"|[^;,"])*/gi;

// A client sends the same header with every request; without the cache each costs some microseconds of the hot path.
const cache = new Map<string, Accepted>();
const CACHE_LIMIT = 100;
/** Characters of Accept-Language that are read. Browsers send fewer than 100. */
const LANGUAGES_LIMIT = 500;

/** What a client accepts as an answer (RFC 9110 §12.5.1). No header and `*\/*` mean both: some clients' probes send these. */
export function accepted(header: string | undefined): Accepted {
  if (header === undefined || header.trim() === '') return BOTH;
  const known = cache.get(header);
  if (known !== undefined) return known;
  const accept = header.replace(OTHER_PARAMETERS, '');
  const types = new Negotiator({ headers: { accept } }).mediaTypes([JSON_TYPE, STREAM_TYPE]);
  const result = { json: types.includes(JSON_TYPE), stream: types.includes(STREAM_TYPE) };
  if (cache.size < CACHE_LIMIT) cache.set(header, result);
  return result;
}

/** The languages that a client wants, best first, in lower case and without their regions (RFC 9110 §12.5.4). */
export function languagesOf(header: string | undefined): readonly string[] {
  const tags = new Negotiator({ headers: { 'accept-language': (header ?? '').slice(0, LANGUAGES_LIMIT) } }).languages();
  return tags.map(tag => tag.toLowerCase().split('-', 1)[0] ?? '');
}
