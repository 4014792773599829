import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';

export interface TestS3 {
  /** The place of a bucket; `blobs` is there. */
  readonly url: (bucket: string) => string;
  readonly stop: () => Promise<void>;
}

/** s3rver in a process of its own, so that what it holds in memory is not counted as ours. It ends with its input. */
const program = `
  const S3rver = require(process.argv[1]);
  const options = { address: '127.0.0.1', port: 0, silent: true, configureBuckets: [{ name: 'blobs' }] };
  new S3rver({ ...options, directory: process.argv[2] }).run().then(({ port }) => console.log(port));
  process.stdin.resume().on('end', () => process.exit());`;

/** A real S3-compatible server that keeps its objects in `directory` and checks signatures. */
export async function startS3(directory: string): Promise<TestS3> {
  await mkdir(directory, { recursive: true });
  const s3rver = createRequire(import.meta.url).resolve('s3rver');
  const server = spawn(process.execPath, ['-e', program, s3rver, directory], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(server, 'exit');
  const [port] = (await Promise.race([
    once(createInterface({ input: server.stdout }), 'line'),
    ended.then(() => Promise.reject(new Error('s3rver ended before it listened'))),
  ])) as [string];
  // The credentials that this server knows.
  process.env['AWS_ACCESS_KEY_ID'] = 'S3RVER';
  process.env['AWS_SECRET_ACCESS_KEY'] = 'S3RVER';
  return {
    url: (bucket) => `s3://${bucket}/a/prefix?region=eu-central-1&endpoint=http://127.0.0.1:${port}`,
    stop: async () => {
      server.stdin.end();
      await ended;
    },
  };
}
