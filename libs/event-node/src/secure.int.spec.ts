import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { AccessDeniedError, EventStoreDBClient } from '@eventstore/db-client';
import { CERTIFICATE, KEY } from './certificate.fixtures.js';
import { startEventNode } from './index.js';
import {
  collect,
  makeDir,
  numbered,
  numbersIn,
  rejection,
  removeDirs,
  startTestNode,
  type TestNode,
} from './test-node.fixtures.js';

const good = { username: 'admin', password: 'change:it' };
const bad = { username: 'admin', password: 'guess' };

let test: TestNode;
let caFile: string;
beforeAll(async () => {
  caFile = join(await makeDir(), 'ca.pem');
  await writeFile(caFile, CERTIFICATE);
  test = await startTestNode({
    tls: { key: KEY, cert: CERTIFICATE },
    users: { admin: 'change:it', other: 'x' },
  });
});
afterAll(() => test.remove());
afterAll(removeDirs);

async function as<T>(
  user: string,
  use: (client: EventStoreDBClient) => Promise<T>,
  scheme = 'esdb',
): Promise<T> {
  const host = `${user}127.0.0.1:${test.node().port}`;
  const client = EventStoreDBClient.connectionString(`${scheme}://${host}?tls=true&tlsCAFile=${caFile}`);
  try {
    return await use(client);
  } finally {
    await client.dispose();
  }
}

describe('a node with TLS and users', () => {
  it.each(['esdb', 'esdb+discover'])('serves who knows the password, by %s', async (scheme) => {
    const stream = `mine-${scheme}`;
    const found = await as(
      'admin:change%3Ait@',
      async (client) => {
        await client.appendToStream(stream, numbered(1));
        return numbersIn(client.readStream(stream));
      },
      scheme,
    );
    expect(found).toEqual([1]);
  });

  const calls: readonly (readonly [
    string,
    (client: EventStoreDBClient, credentials?: typeof bad) => Promise<unknown>,
  ])[] = [
    [
      'an append',
      (client, credentials) =>
        client.appendToStream('s', numbered(1), { ...(credentials && { credentials }) }),
    ],
    [
      'a read',
      (client, credentials) => collect(client.readAll({ maxCount: 1, ...(credentials && { credentials }) })),
    ],
    ['a delete', (client, credentials) => client.deleteStream('s', { ...(credentials && { credentials }) })],
    [
      'a tombstone',
      (client, credentials) => client.tombstoneStream('s', { ...(credentials && { credentials }) }),
    ],
    ['a subscription', (client) => collect(client.subscribeToStream('s'))],
  ];

  it.each(calls)('E7 denies %s without credentials', async (_, call) => {
    expect(await as('', (client) => rejection(call(client)))).toBeInstanceOf(AccessDeniedError);
  });

  it.each(calls.slice(0, 4))('E7 denies %s with a wrong password on the call', async (_, call) => {
    expect(await as('admin:change%3Ait@', (client) => rejection(call(client, bad)))).toBeInstanceOf(
      AccessDeniedError,
    );
  });

  it('takes right credentials on a call of a client that has wrong ones', async () => {
    const found = await as('admin:guess@', (client) =>
      collect(client.readAll({ maxCount: 1, credentials: good })),
    );
    expect(found).toHaveLength(1);
  });
});

it('users without TLS are refused at the start: the client would never send them', async () => {
  await expect(startEventNode({ dir: await makeDir(), users: { admin: 'x' } })).rejects.toThrow(
    /Users need TLS/,
  );
});
