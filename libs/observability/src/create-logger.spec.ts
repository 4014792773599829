import { describe, expect, it } from '@jest/globals';
import { createLogger, hideSecrets } from './index.js';
import type { Logger } from './index.js';

const logged = (work: (logger: Logger) => void): Record<string, unknown>[] => {
  const lines: string[] = [];
  work(createLogger({ name: 'api', level: 'info', to: { write: (line) => lines.push(line) } }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
};

describe('a log line', () => {
  it('is JSON that says when, who, how bad and what', () => {
    const [line] = logged((logger) => logger.warn({ attempt: 3 }, 'reconnected'));
    expect(line).toMatchObject({
      level: 'warn',
      name: 'api',
      pid: process.pid,
      attempt: 3,
      msg: 'reconnected',
    });
    expect(new Date(String(line?.['time'])).getTime()).not.toBeNaN();
  });

  it('is left out below the level', () => {
    expect(logged((logger) => logger.debug('request'))).toEqual([]);
  });

  it('A8 holds no secret, whether named as a field, nested, or written into a text', () => {
    const key = `stm_k1_${'hunter2'.repeat(5)}`;
    const lines = logged((logger) => {
      logger.info(
        { authorization: 'hunter2', req: { headers: { authorization: `Bearer ${key}` } } },
        'request',
      );
      logger.info(
        { err: new Error(`cannot reach postgres://stemma:hunter2@host/db?password=hunter2`) },
        `key ${key}`,
      );
      logger.info({ DATABASE_URL: 'hunter2', settings: { STEMMA_BOOTSTRAP_KEY: 'hunter2' } }, 'started');
    });
    expect(lines).toHaveLength(3);
    expect(JSON.stringify(lines)).not.toContain('hunter2');
    expect(lines[1]).toMatchObject({ msg: 'key stm_k1_[hidden]' });
  });

  it('keeps what only looks alike', () => {
    expect(hideSecrets('http://127.0.0.1:4280/v1 mail a@b stm_short')).toBe(
      'http://127.0.0.1:4280/v1 mail a@b stm_short',
    );
  });
});
