import { describe, expect, it } from '@jest/globals';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { startGuarded } from './guard.js';
import { identifyProcess } from './process-identity.js';
import type { Program } from './program.js';
import { waitUntil } from './wait-until.js';

const shell = (script: string, extra: Partial<Program> = {}): Program => ({
  name: 'sample',
  file: '/bin/sh',
  args: ['-c', script],
  stopSignal: 'TERM',
  stopWithinSeconds: 1,
  ...extra,
});

const expectGone = (pid: number): Promise<void> =>
  waitUntil(`the end of process ${pid}`, () =>
    identifyProcess(pid) === undefined ? Promise.resolve() : Promise.reject(new Error('it lives')),
  );

describe('a guarded program', () => {
  it('tells its own process id, speaks, and ends with its own exit code', async () => {
    const running = await startGuarded(shell('echo $$; exit 7'));
    const said = String((await once(running.stdout, 'data'))[0]);
    expect(Number(said)).toBe(running.pid);
    expect(await running.exited).toEqual({ code: 7 });
  });

  it('is asked to stop by its signal', async () => {
    const running = await startGuarded(shell('trap "exit 5" TERM; echo set; while :; do sleep 0.05; done'));
    await once(running.stdout, 'data');
    expect(await running.stop()).toEqual({ code: 5 });
  });

  it('is killed when it will not stop, and so is what it started', async () => {
    const running = await startGuarded(shell('trap "" TERM; sleep 1000 & echo $!; wait; wait'));
    const child = Number(String((await once(running.stdout, 'data'))[0]));
    expect(await running.stop()).toEqual({ code: 137 });
    await expectGone(running.pid);
    await expectGone(child);
  });

  it('counts as killed when it was, and may be stopped when it is gone already', async () => {
    const running = await startGuarded(shell('exec sleep 1000'));
    process.kill(running.pid, 'SIGKILL');
    expect(await running.exited).toEqual({ code: 137 });
    expect(await running.stop()).toEqual({ code: 137 });
  });

  it('does not outlive us, not even when we are killed outright', async () => {
    const us = spawn(process.execPath, ['--input-type=module', '-e', supervisor], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const pid = Number(String((await once(us.stdout, 'data'))[0]));
    expect(identifyProcess(pid)).toBeDefined();
    us.kill('SIGKILL');
    await expectGone(pid);
  });

  it('says at once when there is no such program', async () => {
    const running = await startGuarded({ ...shell(''), file: '/nonexistent/program' });
    expect((await running.exited).code).toBe(127);
  });
});

/** A supervisor in a process of its own, from the build: it starts a program, says its pid and waits to be killed. */
const supervisor = `
  const { startGuarded } = await import(${JSON.stringify(new URL('../../dist/servers.js', import.meta.url).href)});
  const running = await startGuarded(${JSON.stringify(shell('exec sleep 1000'))});
  console.log(running.pid);
`;
