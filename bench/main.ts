import { parseArgs } from 'node:util';
import { append } from './append.js';
import type { Bench, Report } from './bench.js';
import { visible } from './visible.js';

const benches: Readonly<Record<string, Bench>> = { append, visible };

const help = `npm run -s bench -- <name> [--json] [--seconds <n>] [--profile <directory>]

${Object.entries(benches)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join('\n')}

  --json       print the figures as one JSON object
  --seconds    how long a measured round lasts (default 4)
  --profile    each process writes a CPU profile below this directory
`;

/** One line per figure, then how it was found, then who used the cores. */
function table({ figures, setting, cores }: Report): string {
  const rows = (entries: readonly (readonly [string, string | number])[]): string =>
    entries.map(([name, value]) => `  ${name.padEnd(14)} ${value}`).join('\n');
  const shares = Object.entries(cores).map(([phase, busy]) => {
    const each = Object.entries(busy).map(([name, share]) => `${name} ${share.toFixed(2)}`);
    return [`cores, ${phase}`, each.join(' · ')] as const;
  });
  return `${rows(Object.entries(figures))}\n\n${rows([...Object.entries(setting), ...shares])}\n`;
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      json: { type: 'boolean', default: false },
      seconds: { type: 'string', default: '4' },
      profile: { type: 'string' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const bench = benches[positionals[0] ?? ''];
  if (values.help || bench === undefined || !(Number(values.seconds) > 0)) {
    (values.help ? process.stdout : process.stderr).write(help);
    return values.help ? 0 : 2;
  }
  const report = await bench.run({ seconds: Number(values.seconds), profileTo: values.profile });
  const { figures, setting, cores } = report;
  process.stdout.write(values.json ? `${JSON.stringify({ ...figures, setting, cores })}\n` : table(report));
  return 0;
}

try {
  process.exitCode = await main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
