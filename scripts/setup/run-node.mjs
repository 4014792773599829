import { spawn } from 'node:child_process';

/**
 * Runs Node with our terminal and resolves to its exit code. Signals reach it: Ctrl-C by the terminal, the others by
 * us. It has a channel to us, whose end tells it that we are gone (kill -9).
 */
export function runNode(node, args, { cwd, env }) {
  return new Promise((resolve, reject) => {
    const child = spawn(node, args, { cwd, env, stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
    const pass = (signal) => child.kill(signal);
    // Ctrl-C in a terminal has already reached the child; a second one from us would count as "at once".
    process.on('SIGINT', () => process.stdin.isTTY || pass('SIGINT'));
    process.on('SIGTERM', pass);
    process.on('SIGHUP', pass);
    child.on('error', reject);
    child.on('exit', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
