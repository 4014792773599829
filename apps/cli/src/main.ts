import { runCli } from './run-cli.js';

const gaveUp = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => gaveUp.abort());
// Whoever reads our output may have read enough (`| head`).
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 70));

/** npm runs a script where its package lies; the person stands where npm was called. */
const standing = process.env['npm_lifecycle_event'] === 'stemma' ? process.env['INIT_CWD'] : undefined;

process.exitCode = await runCli(process.argv.slice(2), {
  env: process.env,
  cwd: standing ?? process.cwd(),
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  now: () => new Date(),
  signal: gaveUp.signal,
});
