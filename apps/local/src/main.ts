import { ConfigError, readConfig } from '@stemma/config';
import { runMainJob, showNext } from './main-job/run-main-job.js';
import type { Summary } from './main-job/run-main-job.js';
import { readOptions, usage } from './options.js';
import type { Options } from './options.js';
import { createScreen } from './screen.js';
import type { Screen } from './screen.js';
import { startLocal } from './start-local.js';
import { stopSignals, whenAborted } from './stop-signals.js';

async function stayUp(screen: Screen, signal: AbortSignal): Promise<void> {
  screen.say(`\n  ${screen.paint.dim('Ctrl-C stops everything; all state is kept.')}`);
  await whenAborted(signal);
}

/** Starts, does the main job, stays up as long as asked, stops. */
async function run({ once }: Options, screen: Screen, signal: AbortSignal): Promise<Summary> {
  const config = readConfig();
  screen.heading('Starting');
  const local = await startLocal(config, screen, signal);
  try {
    const summary = await runMainJob(local, screen, signal);
    if (!signal.aborted) showNext(screen, local, summary);
    if (!once && !signal.aborted) await stayUp(screen, signal);
    return summary;
  } finally {
    screen.heading('Stopping');
    await local.stop();
    screen.done('stopped');
  }
}

function explain(error: unknown): string {
  if (error instanceof ConfigError) return error.message;
  if (error instanceof TypeError && 'code' in error) return `${error.message}\n\n${usage}`;
  return error instanceof Error ? error.message : String(error);
}

async function main(): Promise<number> {
  const options = readOptions(process.argv.slice(2));
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const screen = createScreen(options.json ? process.stderr : process.stdout);
  const signal = stopSignals(() => process.exit(130));
  const tell = (summary: object): void => {
    if (options.json) process.stdout.write(`${JSON.stringify(summary)}\n`);
  };
  try {
    const summary = await run(options, screen, signal);
    tell(summary);
    return options.once && !summary.ok ? 1 : 0;
  } catch (error) {
    tell({ ok: false, error: explain(error) });
    throw error;
  }
}

main().then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`\n${explain(error)}\n`);
    process.exit(1);
  },
);
