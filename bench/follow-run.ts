/** When the first line of a run's log arrives, by `performance.now()`. Rejects when the run ends without one. */
export const firstLine = (url: string, key: string, runId: string): Promise<number> =>
  follow(url, key, runId, (text) => text.includes(LINE));

/** When a run that says something has ended, by `performance.now()`. */
export const lastLine = (url: string, key: string, runId: string): Promise<number> =>
  follow(url, key, runId, (text) => text.includes(END));

const LINE = 'data: {"at"';
const END = 'event: end';

async function follow(
  url: string,
  key: string,
  runId: string,
  isEnough: (text: string) => boolean,
): Promise<number> {
  const gone = new AbortController();
  const response = await fetch(`${url}/v1/runs/${runId}/logs`, {
    headers: { Authorization: `Bearer ${key}`, Accept: 'text/event-stream' },
    signal: gone.signal,
  });
  if (response.status !== 200 || response.body === null) throw new Error(`no log: ${response.status}`);
  let text = '';
  try {
    for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
      text += chunk;
      if (text.includes(END) && !text.includes(LINE))
        throw new Error(`run ${runId} ended without a line: ${text}`);
      if (isEnough(text)) return performance.now();
    }
  } finally {
    gone.abort();
  }
  throw new Error(`the log of ${runId} broke off`);
}
