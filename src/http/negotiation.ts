export interface Accepted {
  readonly json: boolean;
  readonly stream: boolean;
}

const BOTH: Accepted = { json: true, stream: true };
const cache = new Map<string, Accepted>();
const CACHE_LIMIT = 100;

/** What a client takes as an answer (RFC 9110 §12.5.1). No header and `*\/*` mean both: some clients' probes send these. */
export function accepted(header: string | undefined): Accepted {
  if (header === undefined || header.trim() === '') return BOTH;
  const known = cache.get(header);
  if (known !== undefined) return known;
  const result = { json: accepts(header, 'application', 'json'), stream: accepts(header, 'text', 'event-stream') };
  if (cache.size < CACHE_LIMIT) cache.set(header, result);
  return result;
}

/** The most specific range that matches decides. */
function accepts(header: string, type: string, subtype: string): boolean {
  let best = 0;
  let quality = 0;
  for (const range of header.toLowerCase().split(',')) {
    const [media = '', ...parameters] = range.split(';').map(part => part.trim());
    const rank = media === `${type}/${subtype}` ? 3 : media === `${type}/*` ? 2 : media === '*/*' ? 1 : 0;
    if (rank <= best) continue;
    const q = parameters.find(parameter => parameter.startsWith('q='));
    best = rank;
    quality = q === undefined ? 1 : Number.parseFloat(q.slice(2)) || 0;
  }
  return quality > 0;
}
