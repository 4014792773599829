/**
 * Setting up, as people see it: what is about to happen is said first, then that it is done and how long it took.
 * Everything here runs on the machine's own Node, which may be as old as 20.
 */
import { spawn } from 'node:child_process';

/** A failure that people can act on: its message says what to do, and no stack is shown. */
export class SetupError extends Error {
  name = 'SetupError';
}

const colourful = (stream) => Boolean(stream.isTTY) && !process.env.NO_COLOR;
const paint = (stream, code, text) => (colourful(stream) ? `\u001b[${code}m${text}\u001b[0m` : text);
const seconds = (since) => `${((performance.now() - since) / 1000).toFixed(1)} s`;

/** Says steps on `stream`. `quiet` leaves out those that had nothing to do. */
export function createSteps(stream, { quiet = false } = {}) {
  const say = (line) => stream.write(`${line}\n`);
  const rewrite = (line) => colourful(stream) && stream.write(`\r\u001b[K${line}`);
  return {
    say,
    /** Says `what` is missing and will be done, does it, says what is there now. `work` gets a way to show progress. */
    async doing(what, done, work) {
      const since = performance.now();
      if (colourful(stream)) rewrite(`  · ${what} …`);
      else say(`  · ${what} …`);
      const result = await work((detail) => rewrite(`  · ${what} … ${detail}`)).catch((error) => {
        rewrite('');
        say(`  ${paint(stream, 31, '✗')} ${what}`);
        throw error;
      });
      rewrite('');
      say(`  ${paint(stream, 32, '✓')} ${done}  ${paint(stream, 2, seconds(since))}`);
      return result;
    },
    /** Nothing was missing. */
    ready(what) {
      if (!quiet) say(`  ${paint(stream, 32, '✓')} ${what}`);
    },
  };
}

/**
 * Runs a command with its output kept back; `onLine` sees each line. Rejects with a SetupError that shows the end of
 * the output when the command fails.
 */
export function runQuietly(file, args, { cwd, env = process.env, onLine = () => {} }) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const take = (chunk) => {
      output += chunk;
      for (const line of String(chunk).split('\n')) if (line.trim()) onLine(line.trim());
    };
    child.stdout.on('data', take);
    child.stderr.on('data', take);
    child.on('error', (error) => reject(new SetupError(`${file} cannot be run: ${error.message}`)));
    child.on('close', (code) => {
      if (code === 0) return resolve(output);
      const end = output.trimEnd().split('\n').slice(-40).join('\n');
      reject(new SetupError(`\`${[file, ...args].join(' ')}\` failed (exit code ${code}):\n${end}`));
    });
  });
}
