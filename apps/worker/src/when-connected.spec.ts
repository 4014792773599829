import { afterEach, beforeEach, describe, expect, it, jest } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { whenConnected } from './when-connected.js';

class Connection extends EventEmitter {
  status = 'connecting';
}

beforeEach(() => void jest.useFakeTimers());
afterEach(() => void jest.useRealTimers());

function watch(connection: Connection): () => boolean {
  let over = false;
  void whenConnected(connection, 3_000).then(() => (over = true));
  return () => over;
}

describe('the wait for a connection', () => {
  it('is none when it is there already', async () => {
    const connection = new Connection();
    connection.status = 'ready';
    await whenConnected(connection, 3_000);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends when it comes, past the faults of the tries before', async () => {
    const connection = new Connection().on('error', () => undefined);
    const over = watch(connection);
    connection.emit('error', new Error('refused'));
    await jest.advanceTimersByTimeAsync(2_000);
    expect(over()).toBe(false);
    connection.emit('ready');
    await jest.advanceTimersByTimeAsync(0);
    expect(over()).toBe(true);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends after its time when it never comes, and leaves nothing behind', async () => {
    const connection = new Connection();
    const over = watch(connection);
    await jest.advanceTimersByTimeAsync(3_000);
    expect(over()).toBe(true);
    expect(connection.listenerCount('ready')).toBe(0);
  });
});
