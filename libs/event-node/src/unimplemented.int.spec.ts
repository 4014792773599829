import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Client, credentials, type ServiceDefinition, status } from '@grpc/grpc-js';
import { rejection, startTestNode, type TestNode } from './test-node.fixtures.js';

/** What is there; every other method that the client package has a stub for is refused. */
const SERVED = [
  /^\/event_store\.client\.streams\.Streams\/(Read|Append|BatchAppend|Delete|Tombstone)$/,
  /^\/event_store\.client\.server_features\.ServerFeatures\/GetSupportedMethods$/,
  /^\/event_store\.client\.gossip\.Gossip\/Read$/,
];

const GENERATED = path.dirname(
  fileURLToPath(import.meta.resolve('@eventstore/db-client/generated/streams_grpc_pb.js')),
);

/** The paths of all methods in all service definitions that come with the client. */
async function everyMethod(): Promise<string[]> {
  const found: string[] = [];
  for (const file of readdirSync(GENERATED).filter((name) => name.endsWith('_grpc_pb.js'))) {
    const module = (await import(path.join(GENERATED, file))) as { readonly default: object };
    const services = Object.entries(module.default).filter(([name]) => name.endsWith('Service'));
    for (const [, definition] of services)
      found.push(...Object.values(definition as ServiceDefinition).map((method) => method.path));
  }
  return found;
}

let test: TestNode;
let client: Client;
beforeAll(async () => {
  test = await startTestNode();
  client = new Client(`127.0.0.1:${test.node().port}`, credentials.createInsecure());
});
afterAll(async () => {
  client.close();
  await test.remove();
});

const asIs = (bytes: Buffer): Buffer => bytes;
const ask = (method: string): Promise<unknown> =>
  new Promise((resolve, reject) => {
    client.makeUnaryRequest(method, asIs, asIs, Buffer.alloc(0), (error, answer) => {
      if (error === null) resolve(answer);
      else reject(error);
    });
  });

describe('what is not there', () => {
  it('is every method of the client’s services that is not served, refused in words that say so', async () => {
    const missing = (await everyMethod()).filter((method) => !SERVED.some((served) => served.test(method)));
    expect(missing.length).toBeGreaterThan(30);
    for (const method of missing) {
      expect({ method, error: await rejection(ask(method)) }).toMatchObject({
        method,
        error: {
          code: status.UNIMPLEMENTED,
          details: expect.stringMatching(/^(The|This) (embedded )?event node has no .{10,}\.$/),
        },
      });
    }
  });

  it('leaves out nothing that is served: those methods answer', async () => {
    const served = (await everyMethod()).filter((method) => SERVED.some((each) => each.test(method)));
    expect(served).toHaveLength(7);
    for (const method of served) {
      const error: unknown = await ask(method).catch((reason: unknown) => reason);
      expect(error).not.toMatchObject({ code: status.UNIMPLEMENTED });
    }
  });
});
