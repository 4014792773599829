import type { NestFastifyApplication } from '@nestjs/platform-fastify';

/** Listens on the port, or on any free one when somebody else has it. Gives the URL. */
export async function listenOn(app: NestFastifyApplication, host: string, port: number): Promise<string> {
  try {
    await app.listen(port, host);
  } catch (error) {
    if (port === 0 || !isTaken(error)) throw error;
    await app.listen(0, host);
  }
  const address = app.getHttpServer().address();
  if (address === null || typeof address === 'string') throw new Error(`${host} gave no port`);
  const name = address.family === 'IPv6' ? `[${address.address}]` : address.address;
  return `http://${name}:${address.port}`;
}

const isTaken = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
