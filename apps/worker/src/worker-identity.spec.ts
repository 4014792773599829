import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from '@jest/globals';
import { identifyWorker } from './worker-identity.js';

describe('who a worker is', () => {
  it('is the same for one process, which is not gone', () => {
    const me = identifyWorker();
    expect(identifyWorker().id).toBe(me.id);
    expect(me.isCertainlyGone(me.id)).toBe(false);
  });

  it('a process of this place that ended is certainly gone; one of another place is not for us to say', async () => {
    const me = identifyWorker();
    const [place = ''] = me.id.split('-');
    const child = spawn(process.execPath, ['-e', '']);
    const { pid } = child;
    await once(child, 'exit');
    expect(me.isCertainlyGone(`${place}-${pid}-12345`)).toBe(true);
    expect(me.isCertainlyGone(`elsewhere-${pid}-12345`)).toBe(false);
  });

  it('a number that the kernel gave to another process is gone too', () => {
    const me = identifyWorker();
    const [place = '', pid = ''] = me.id.split('-');
    expect(me.isCertainlyGone(`${place}-${pid}-1`)).toBe(true);
  });
});
