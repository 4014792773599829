import { createServer } from 'node:net';

function tryPort(port: number, host: string): Promise<number | undefined> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(undefined));
    probe.listen({ port, host, exclusive: true }, () => {
      const address = probe.address();
      const got = address !== null && typeof address === 'object' ? address.port : undefined;
      probe.close(() => resolve(got));
    });
  });
}

/** `preferred` when it is free on `host`, else a free one. Ports in `taken` are passed over. */
export async function choosePort(
  preferred: number,
  host = '127.0.0.1',
  taken: ReadonlySet<number> = new Set(),
): Promise<number> {
  for (const candidate of [preferred, 0, 0, 0, 0]) {
    if (taken.has(candidate)) continue;
    const port = await tryPort(candidate, host);
    if (port !== undefined && !taken.has(port)) return port;
  }
  throw new Error(`No port can be opened on ${host}: is that an address of this machine?`);
}
