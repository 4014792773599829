/** One step of `npm run check`: known faults of what production installs; says so when no registry answers. */
import { spawnSync } from 'node:child_process';
import { allowed, judgeAudit } from './audit-policy.mjs';

const WITHIN_MS = 60_000;

function ask() {
  const args = ['audit', '--omit=dev', '--json'];
  const { stdout, error } = spawnSync('npm', args, { encoding: 'utf8', timeout: WITHIN_MS });
  if (error) return {};
  try {
    return JSON.parse(stdout);
  } catch {
    return {};
  }
}

const judged = judgeAudit(ask(), allowed, new Date().toISOString().slice(0, 10));
if ('skipped' in judged) process.stdout.write(`skipped: ${judged.skipped}\n`);
else {
  for (const line of [...judged.failing, ...judged.shown]) process.stdout.write(`${line}\n`);
  if (judged.failing.length > 0) {
    process.stdout.write(
      'Update the packages, or allow the advisory in scripts/audit-policy.mjs, with a reason and a day.\n',
    );
    process.exitCode = 1;
  }
}
