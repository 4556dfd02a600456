import { writeReadme } from './readme.ts';

// node sandbox/test/readme/update.ts
writeReadme();
