import { parseArgs } from 'node:util';
import { endBySignal } from './at-the-end.js';
import { fuzz } from './soak/fuzz.js';
import { governance } from './soak/governance.js';
import { logKill } from './soak/log-kill.js';
import { projectionFaults } from './soak/projections.js';
import { runs } from './soak/runs.js';
import type { Soak } from './soak/soak.js';

const soaks: Readonly<Record<string, Soak>> = {
  fuzz,
  governance,
  'log-kill': logKill,
  projections: projectionFaults,
  runs,
};

const help = `npm run -s soak -- <name> [--rounds <n>] [--json]

${Object.entries(soaks)
  .map(([name, { about, rounds }]) => `  ${name.padEnd(12)} ${about} (${rounds} rounds)`)
  .join('\n')}

  --rounds     how much of it
  --json       print one object at the end

Exit code: 0 when nothing was found, 1 when something was, 2 for a wrong call.
`;

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      rounds: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const soak = soaks[positionals[0] ?? ''];
  const rounds = Number(values.rounds ?? soak?.rounds);
  if (values.help || soak === undefined || !(Number.isInteger(rounds) && rounds > 0)) {
    (values.help ? process.stdout : process.stderr).write(help);
    return values.help ? 0 : 2;
  }
  const found = await soak.run({ rounds, say: (line) => void process.stderr.write(`${line}\n`) });
  const { faults, ...counts } = found;
  process.stdout.write(values.json ? `${JSON.stringify(found)}\n` : `${textOf(counts, faults)}\n`);
  return faults.length === 0 ? 0 : 1;
}

function textOf(counts: Readonly<Record<string, unknown>>, faults: readonly string[]): string {
  const lines = Object.entries(counts).map(([name, value]) => `  ${name.padEnd(16)} ${String(value)}`);
  return [
    ...lines,
    ...(faults.length === 0 ? ['  nothing found'] : faults.map((fault) => `  FAULT ${fault}`)),
  ].join('\n');
}

endBySignal();
try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
