/** A media type without its parameters, in lower case (RFC 9110 §8.3.1); undefined for a header that has none. */
function mediaTypeOf(header: string | undefined): string | undefined {
  const type = (header?.split(';', 1)[0] ?? '').trim().toLowerCase();
  return /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+$/.test(type) ? type : undefined;
}

/**
 * Whether Content-Type is this media type, with any parameters. `application/jsonx` is not JSON. `suffix` also allows the
 * types that are written in its syntax (`+json`, RFC 6839 §3.1).
 */
export function isMediaType(header: string | undefined, type: string, suffix?: string): boolean {
  const actual = mediaTypeOf(header);
  if (actual === undefined) return false;
  if (actual === type) return true;
  const family = `${type.split('/', 1)[0]}/`;
  return (
    suffix !== undefined &&
    actual.startsWith(family) &&
    actual.endsWith(suffix) &&
    actual.length > family.length + suffix.length
  );
}
