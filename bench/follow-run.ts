import { get, type IncomingMessage } from 'node:http';

/** When the first line of a run's log arrives, by `performance.now()`. Rejects when the run ends without one. */
export const firstLine = (url: string, key: string, runId: string): Promise<number> =>
  follow(url, key, runId, (text) => text.includes(LINE));

/** When a run that says something has ended, by `performance.now()`. */
export const lastLine = (url: string, key: string, runId: string): Promise<number> =>
  follow(url, key, runId, (text) => text.includes(END));

const LINE = 'data: {"at"';
const END = 'event: end';

/** With the cheapest client there is, for it is not the thing measured. */
async function follow(
  url: string,
  key: string,
  runId: string,
  isEnough: (text: string) => boolean,
): Promise<number> {
  const log = await openLog(`${url}/v1/runs/${runId}/logs`, key);
  let text = '';
  try {
    for await (const chunk of log.setEncoding('utf8')) {
      text += chunk;
      if (text.includes(END) && !text.includes(LINE))
        throw new Error(`run ${runId} ended without a line: ${text}`);
      if (isEnough(text)) return performance.now();
    }
  } finally {
    log.destroy();
  }
  throw new Error(`the log of ${runId} broke off`);
}

const openLog = (url: string, key: string): Promise<IncomingMessage> =>
  new Promise((resolve, reject) => {
    const headers = { Authorization: `Bearer ${key}`, Accept: 'text/event-stream' };
    const asked = get(url, { headers }, (log) => {
      if (log.statusCode === 200) return resolve(log);
      log.destroy();
      reject(new Error(`no log: ${log.statusCode}`));
    });
    asked.on('error', reject);
  });
