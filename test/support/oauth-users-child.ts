import { putUser } from '../../src/oauth/identity/users-file.js';

// A process that changes a users file: `oauth-users-child.ts <file> <prefix> <count>`. It waits for a line on standard
// input, so that several begin at once.
const [file = '', prefix = '', count = '0'] = process.argv.slice(2);
process.stdout.write('ready\n');
await new Promise(resolve => process.stdin.once('data', resolve));
for (let index = 0; index < Number(count); index++) await putUser(file, { name: `${prefix}${index}` });
process.exit(0);
