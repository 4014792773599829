import { parseArgs } from 'node:util';
import { endBySignal } from './at-the-end.js';
import { append } from './append.js';
import type { Bench, Report } from './bench.js';
import { fairness } from './fairness.js';
import { logBench } from './log/log.js';
import { memory } from './projections/memory.js';
import { project } from './projections/project.js';
import { rebuild } from './projections/rebuild.js';
import { rounded } from './quantile.js';
import { runBench } from './run.js';
import { scale } from './scale.js';
import { visible } from './visible.js';

const benches: Readonly<Record<string, Bench>> = {
  append,
  fairness,
  log: logBench,
  memory,
  project,
  rebuild,
  run: runBench,
  scale,
  visible,
};

/** Each of the 64 that write at once has a script of its own. */
const atLeast = 64;

const help = `npm run -s bench -- <name> [--json] [--seconds <n>] [--keys <n>] [--profile <directory>]

${Object.entries(benches)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join('\n')}

  --json       print the figures as one JSON object
  --seconds    how long a measured round lasts (default 4)
  --keys       how many scripts there are to change (default 1000, at least ${atLeast})
  --events     how many events the log has (default 200000)
  --million    log: memory of the node at a million events and 50 subscribers; memory: at a million events; minutes
  --profile    each process writes a CPU profile below this directory
`;

const duration = (ms: number): string => (ms < 0.1 ? `${rounded(ms * 1_000)} µs` : `${ms} ms`);

/** One line per figure, then how it was found, then who used the cores. */
function table({ figures, setting, cores }: Report): string {
  const rows = (entries: readonly (readonly [string, string | number])[]): string =>
    entries.map(([name, value]) => `  ${name.padEnd(32)} ${value}`).join('\n');
  const shares = Object.entries(cores).flatMap(([phase, processes]) =>
    Object.entries(processes).map(([name, { cores: busy, msPerCall }]) => {
      return [`${phase}, ${name}`, `${busy.toFixed(2)} cores, ${duration(msPerCall)} CPU per call`] as const;
    }),
  );
  return `${rows(Object.entries(figures))}\n\n${rows(Object.entries(setting))}\n\n${rows(shares)}\n`;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '4' },
      keys: { type: 'string', default: '1000' },
      events: { type: 'string', default: '200000' },
      million: { type: 'boolean', default: false },
      profile: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const bench = benches[positionals[0] ?? ''];
  const [seconds, keys, events] = [Number(values.seconds), Number(values.keys), Number(values.events)];
  if (values.help || bench === undefined || !(seconds > 0 && keys >= atLeast && events > 0)) {
    (values.help ? process.stdout : process.stderr).write(help);
    return values.help ? 0 : 2;
  }
  const report = await bench.run({
    seconds,
    keys,
    events,
    million: values.million,
    profileTo: values.profile,
  });
  const { figures, setting, cores } = report;
  process.stdout.write(values.json ? `${JSON.stringify({ ...figures, setting, cores })}\n` : table(report));
  return 0;
}

endBySignal();
try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
