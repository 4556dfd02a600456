/** Returns at most `limit` of the names that are similar to the wanted one, the most similar first. */
export function nearestNames(wanted: string, names: readonly string[], limit = 5): readonly string[] {
  const target = wanted.toLowerCase();
  return names
    .map(name => ({ name, distance: distanceTo(target, name.toLowerCase()) }))
    .filter(({ distance }) => distance <= Math.max(2, Math.floor(target.length * 0.4)))
    .sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1))
    .slice(0, limit)
    .map(({ name }) => name);
}

/** Levenshtein distance; a name that contains the other counts as near. */
function distanceTo(target: string, name: string): number {
  const bare = name.includes('.') && !target.includes('.') ? name.slice(name.indexOf('.') + 1) : name;
  if (target.length >= 3 && (bare.includes(target) || (bare.length >= 3 && target.includes(bare)))) return 1;
  if (Math.abs(bare.length - target.length) > 12 || target.length > 128) return Infinity;
  let row = Array.from({ length: bare.length + 1 }, (_, i) => i);
  for (let i = 1; i <= target.length; i++) {
    const next = [i];
    for (let j = 1; j <= bare.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (target[i - 1] === bare[j - 1] ? 0 : 1);
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[bare.length] ?? Infinity;
}

/** `Did you mean "read_only"?`, when one of the names looks like the wanted one. */
export function suggestion(wanted: string, names: readonly string[]): string | undefined {
  const [nearest] = nearestNames(wanted.slice(0, 100), names, 1);
  return nearest === undefined ? undefined : `Did you mean "${nearest}"?`;
}
