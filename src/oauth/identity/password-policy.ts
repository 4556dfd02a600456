const MIN_LENGTH = 8;
const MAX_BYTES = 1_024;

/** The most frequent passwords of the lists that attackers try first. */
const COMMON = new Set(
  `123456 1234567 12345678 123456789 1234567890 00000000 11111111 87654321 password password1 password12 password123 passw0rd
  p@ssw0rd p@ssword qwertyui qwerty123 qwertyuiop 1q2w3e4r 1qaz2wsx zaq12wsx asdfghjkl iloveyou princess sunshine football
  baseball superman batman123 trustno1 welcome1 welcome123 letmein1 letmein123 admin123 administrator changeme changeme1
  dragon123 monkey123 abc12345 abcd1234 aaaaaaaa michelle jennifer computer internet starwars whatever master123 secret123
  sqlserver mssql123 contraseña contrasena`.split(/\s+/),
);

/** Returns the fault of a new password (ASVS 5.0 §6.2: length and known lists, no rules of composition). */
export function passwordFault(password: string, name: string): string | undefined {
  if ([...password].length < MIN_LENGTH)
    return `The password must have at least ${MIN_LENGTH} characters; 15 are better.`;
  if (Buffer.byteLength(password) > MAX_BYTES) return `The password must not be longer than ${MAX_BYTES} bytes.`;
  const plain = password.toLowerCase();
  if (COMMON.has(plain)) return 'This password is on the lists that attackers try first.';
  if (plain === name.toLowerCase()) return 'The password must not be the name.';
  return undefined;
}
