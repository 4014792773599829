import { parseArgs } from 'node:util';
import type { NodeLog } from './node-options.js';
import { startEventNode } from './start-event-node.js';

const write = (level: string, fields: object, message: string): void => {
  process.stdout.write(
    `${JSON.stringify({ level, time: new Date().toISOString(), name: 'event-node', ...fields, msg: message })}\n`,
  );
};

const log: NodeLog = {
  info: (fields, message) => write('info', fields, message),
  warn: (fields, message) => write('warn', fields, message),
  error: (fields, message) => write('error', fields, message),
};

const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    port: { type: 'string', default: '0' },
    host: { type: 'string', default: '127.0.0.1' },
    'admin-port': { type: 'string' },
  },
});

async function main(): Promise<void> {
  if (values.dir === undefined) throw new Error('Tell the directory of the log: --dir <path>');
  const adminPort = values['admin-port'];
  const node = await startEventNode({
    dir: values.dir,
    host: values.host,
    port: Number(values.port),
    log,
    ...(adminPort !== undefined && { adminPort: Number(adminPort) }),
  });
  const stop = (signal: string): void => {
    log.info({ signal }, 'stopping');
    node.stop().then(() => process.exit(0), fail);
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
  const { url, port, adminPort: admin } = node;
  log.info(
    { url, port, ...(admin !== undefined && { adminPort: admin }), dir: values.dir, pid: process.pid },
    'ready',
  );
}

function fail(error: unknown): void {
  log.error({ error: error instanceof Error ? error.message : String(error) }, 'the event node cannot run');
  process.exit(1);
}

main().catch(fail);
