import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { expect, it } from '@jest/globals';
import { connectDocker } from './connect-docker.js';

it('reaches an engine whose socket lies in a directory with a space in its name', async () => {
  const directory = await mkdtemp(path.join(tmpdir(), 'stemma engine 100%-'));
  const socket = path.join(directory, 'docker.sock');
  const server = createServer((_request, response) => response.end('OK')).listen(socket);
  try {
    await once(server, 'listening');
    expect(String(await connectDocker(`unix://${socket}`).ping())).toBe('OK');
  } finally {
    server.close();
    await rm(directory, { recursive: true, force: true });
  }
});
