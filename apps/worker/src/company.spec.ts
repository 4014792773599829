import { describe, expect, it } from '@jest/globals';
import { openCompany } from './company.js';

const me = { id: 'me', isCertainlyGone: (workerId: string) => workerId === 'killed' };
const silence = { isSilent: (workerId: string) => workerId === 'silent' };
const beats = (...workers: readonly string[]) => new Map(workers.map((workerId) => [workerId, 1]));

describe('a worker', () => {
  it('is alone when all others are certainly gone or silent, and not before it has looked', () => {
    const company = openCompany(me, silence);
    expect(company.isAlone()).toBe(false);
    company.look(beats('me', 'killed', 'silent'));
    expect(company.isAlone()).toBe(true);
    company.look(beats('me', 'killed', 'other'));
    expect(company.isAlone()).toBe(false);
    company.look(beats('me'));
    expect(company.isAlone()).toBe(true);
  });
});
