import { describe, expect, it } from '@jest/globals';
import { judgeEngine } from './check-engine.js';
import type { EngineFacts } from './check-engine.js';

const fit: EngineFacts = {
  ...{
    OSType: 'linux',
    ServerVersion: '20.10.24',
    InitBinary: 'docker-init',
    SecurityOptions: ['name=seccomp,profile=default'],
  },
  ...{
    MemoryLimit: true,
    SwapLimit: true,
    PidsLimit: true,
    CpuCfsQuota: true,
    Runtimes: { runc: {}, runsc: {} },
  },
};

describe('an engine', () => {
  it('that has everything is fit', () => {
    expect(judgeEngine(fit, 'runsc')).toEqual({ version: '20.10.24', faults: [], warnings: [] });
  });

  it.each([
    [{ OSType: 'windows' }, 'Linux'],
    [{ SecurityOptions: [] }, 'seccomp'],
    [{ SecurityOptions: null }, 'seccomp'],
    [{ MemoryLimit: false }, 'memory'],
    [{ PidsLimit: false }, 'processes'],
    [{ InitBinary: '' }, 'init'],
    [{ Runtimes: { runc: {} } }, 'runsc'],
  ] as const)('is refused with %j, and told what it lacks', (lack, word) => {
    expect(judgeEngine({ ...fit, ...lack }, 'runsc').faults).toEqual([expect.stringContaining(word)]);
  });

  it.each([
    [{ SwapLimit: false }, 'swap'],
    [{ CpuCfsQuota: false }, 'processor'],
  ] as const)('is warned of with %j', (lack, word) => {
    expect(judgeEngine({ ...fit, ...lack }, undefined)).toMatchObject({
      faults: [],
      warnings: [expect.stringContaining(word)],
    });
  });

  it('that tells nothing lacks everything', () => {
    expect(judgeEngine({}, undefined).faults).toHaveLength(5);
  });
});
