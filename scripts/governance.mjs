/** Writes docs/governance.md from the decisions themselves, by the spec that checks it. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const jest = fileURLToPath(new URL('../node_modules/jest/bin/jest.js', import.meta.url));
const args = ['--experimental-vm-modules', jest, '--selectProjects', 'pure', '--testPathPatterns'];
const { status } = spawnSync(process.execPath, [...args, 'scripts/governance.spec'], {
  env: { ...process.env, WRITE_PAGES: 'yes' },
  stdio: 'inherit',
});
process.exitCode = status ?? 1;
