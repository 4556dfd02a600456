/** Makes names unique. A column without a name gets its position: `column_1`. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const taken = new Set(names);
  const used = new Set<string>();
  return names.map((given, i) => {
    const name = given === '' ? `column_${i + 1}` : given;
    let candidate = name;
    for (let n = 2; used.has(candidate) || (candidate !== given && taken.has(candidate)); n++)
      candidate = `${name}_${n}`;
    used.add(candidate);
    return candidate;
  });
}
