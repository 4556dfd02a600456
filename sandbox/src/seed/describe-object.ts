/** The statement that describes an object, as `MS_Description`: a level is a type and a name, from the outside in. */
export function describeObject(text: string, ...levels: readonly [type: string, name: string][]): string {
  const parts = levels.map(([type, name], i) => `@level${i}type = N'${type}', @level${i}name = N'${name}'`);
  return `EXEC sys.sp_addextendedproperty @name = N'MS_Description', @value = N'${text.replaceAll("'", "''")}', ${parts.join(', ')}`;
}
