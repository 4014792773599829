import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect } from 'node:net';
import { startRedis } from './index.js';

const ask = async (url: string, ...commands: string[]): Promise<string> => {
  const { port, password } = new URL(url);
  const socket = connect(Number(port), '127.0.0.1');
  await once(socket, 'connect');
  socket.end([`AUTH ${password}`, ...commands, 'QUIT', ''].join('\r\n'));
  let answer = '';
  for await (const chunk of socket) answer += String(chunk);
  return answer;
};

describe('Redis for a spec', () => {
  it('Q6 loses no job for want of memory, and lets nobody in without the password', async () => {
    const redis = await startRedis();
    expect(await ask(redis.url, 'CONFIG GET maxmemory-policy')).toContain('noeviction');
    expect(await ask(redis.url.replace(/:[^:@]+@/, ':wrong@'), 'PING')).not.toContain('PONG');
    await redis.stop();
    await expect(ask(redis.url, 'PING')).rejects.toThrow();
  });

  it('crashes and comes back at the same place', async () => {
    const redis = await startRedis({ durable: true });
    await ask(redis.url, 'CONFIG SET appendfsync always', 'SET k kept');
    await redis.crash();
    await expect(ask(redis.url, 'PING')).rejects.toThrow();
    await redis.restart();
    expect(await ask(redis.url, 'GET k')).toContain('kept');
    await redis.stop();
  });
});
