import { afterAll, describe, expect, it } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { takeLock } from './lock-file.js';
import { identifyProcess } from './process-identity.js';

const dir = mkdtempSync(join(tmpdir(), 'stemma lock '));
afterAll(() => rmSync(dir, { recursive: true }));

describe('a lock', () => {
  it('is held until it is released, and says by whom', () => {
    const file = join(dir, 'held');
    const first = takeLock(file);
    expect(takeLock(file)).toEqual({ heldBy: process.pid });
    if ('release' in first) first.release();
    expect(existsSync(file)).toBe(false);
    expect(takeLock(file)).toHaveProperty('release');
  });

  it('of a process that is gone does not count', () => {
    const file = join(dir, 'stale');
    const { pid } = spawnSync('true');
    writeFileSync(file, JSON.stringify({ pid, startedAt: '1' }));
    expect(takeLock(file)).toHaveProperty('release');
  });

  it('of a process whose number somebody else has now does not count', () => {
    const file = join(dir, 'reused');
    writeFileSync(file, JSON.stringify({ pid: process.pid, startedAt: 'another time' }));
    expect(takeLock(file)).toHaveProperty('release');
    expect(takeLock(file)).toEqual({ heldBy: process.pid });
  });

  it('that was cut off while it was written does not count', () => {
    const file = join(dir, 'cut');
    writeFileSync(file, '');
    expect(takeLock(file)).toHaveProperty('release');
  });

  it('leaves no other file behind', () => {
    expect(readdirSync(dir).sort()).toEqual(['cut', 'held', 'reused', 'stale']);
  });

  it('knows a process by its start, and nobody by a number that is free', () => {
    expect(identifyProcess(process.pid)?.startedAt).toMatch(/./);
    expect(identifyProcess(2 ** 22 + 1)).toBeUndefined();
  });
});
