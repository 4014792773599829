import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { choosePort } from './choose-port.js';

describe('choosing a port', () => {
  it('takes the preferred one when it is free', async () => {
    const free = await choosePort(0);
    expect(await choosePort(free)).toBe(free);
  });

  it('takes another one when it is taken, by a program or by ourselves for something else', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    expect(await choosePort(port)).not.toBe(port);
    server.close();
    await once(server, 'close');
    expect(await choosePort(port, '127.0.0.1', new Set([port]))).not.toBe(port);
  });

  it('says what is wrong with an address that is not this machine’s', async () => {
    await expect(choosePort(0, '192.0.2.1')).rejects.toThrow(
      /192\.0\.2\.1: is that an address of this machine/,
    );
  });
});
