import { settingsPage } from '@stemma/config';
import { writeFileSync } from 'node:fs';

writeFileSync('docs/configuration.md', settingsPage());
console.log('docs/configuration.md is written.');
