import { spawn } from 'node:child_process';

/**
 * Runs programs side by side, a line for each when it ends, and at the end the whole output of each that failed.
 *
 * @param {readonly { name: string, command: readonly string[] }[]} steps started in this order
 * @param {{ atOnce: number, cwd?: string, write: (text: string) => void }} options
 * @returns {Promise<boolean>} whether all of them ended with 0
 */
export async function runSteps(steps, { atOnce, cwd, write }) {
  const waiting = [...steps];
  const failed = [];
  const lane = async () => {
    for (let step = waiting.shift(); step; step = waiting.shift()) {
      const outcome = await run(step, cwd);
      write(lineOf(outcome));
      if (outcome.code !== 0) failed.push(outcome);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  for (const { name, output } of failed) write(`\n── ${name} failed:\n\n${output.trimEnd()}\n`);
  return failed.length === 0;
}

const lineOf = ({ name, code, seconds, output }) =>
  `${code === 0 ? '✓' : '✗'} ${name.padEnd(8)} ${seconds.toFixed(1).padStart(6)} s${noteOf(output)}\n`;

/** A step that could not look says so; silence would pass for a good answer. */
const noteOf = (output) => (output.startsWith('skipped: ') ? `  ${output.split('\n', 1)[0]}` : '');

function run({ name, command }, cwd) {
  const started = performance.now();
  const [program, ...args] = command;
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
    const keep = (chunk) => (output += chunk);
    const end = (code) => resolve({ name, code, output, seconds: (performance.now() - started) / 1000 });
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    child.on('error', (error) => {
      keep(`${program} could not be started: ${error.message}\n`);
      end(1);
    });
    child.on('close', end);
  });
}
