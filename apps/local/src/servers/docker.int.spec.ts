import { describe, expect, it } from '@jest/globals';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findDockerHost, prepareDocker } from './docker.js';
import { findCommand, requireCommand } from './find-command.js';
import { startGuarded } from './guard.js';

const isRoot = process.getuid?.() === 0;

describe('the container engine', () => {
  it('is the one that the settings name', async () => {
    expect(await findDockerHost({ DOCKER_HOST: 'tcp://elsewhere:2375' })).toBe('tcp://elsewhere:2375');
  });

  it('is otherwise one of our own, beside any other, which ends with us; only root can have it', async () => {
    const dir = mkdtempSync(join(tmpdir(), 'stemma engine '));
    if (!isRoot) return expect(() => prepareDocker(dir)).toThrow(/only root can start one/);
    const server = prepareDocker(dir);
    const running = await startGuarded(server.program);
    running.unref();
    await server.ready();
    expect((await running.stop()).code).toBe(0);
    const runDir = dirname(server.url.replace('unix://', ''));
    return [dir, runDir].forEach((made) => rmSync(made, { recursive: true, force: true }));
  }, 60_000);

  it('is asked for in words that say what to do, when only root could start one', () => {
    expect(() => prepareDocker('/nonexistent', false)).toThrow(/only root[^]*set DOCKER_HOST/);
  });
});

describe('a command of the machine', () => {
  it('is found on the PATH and where servers lie, or missed with a remedy', () => {
    expect(findCommand('sh')).toMatch(/\/sh$/);
    expect(findCommand('sh', '/nonexistent')).toBeUndefined();
    expect(() => requireCommand('no-such-server', 'apt-get install it')).toThrow('apt-get install it');
  });
});
