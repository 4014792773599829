/** `npm run -s golden`: writes the golden files that are missing, and never changes one that is there. */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import prettier from 'prettier';
import { fileOf, folder, readGolden, readUnion } from './golden-events.mjs';

const { types, sampleOf } = readUnion();
const there = new Set(readGolden().map(({ file }) => file));
const missing = types.filter((type) => !there.has(fileOf(type)));
mkdirSync(folder, { recursive: true });
for (const type of missing) {
  const file = path.join(folder, fileOf(type));
  const options = (await prettier.resolveConfig(file)) ?? {};
  writeFileSync(file, await prettier.format(JSON.stringify(sampleOf(type)), { ...options, parser: 'json' }), {
    flag: 'wx',
  });
  process.stdout.write(`${path.relative(process.cwd(), file)}\n`);
}
process.stdout.write(
  `${missing.length} written, ${there.size} were there. Look at them, then commit them.\n`,
);
