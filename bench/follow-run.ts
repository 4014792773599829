/** When the first line of a run's log arrives, by `performance.now()`. Rejects when the run ends without one. */
export async function firstLine(url: string, key: string, runId: string): Promise<number> {
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
      if (text.includes('data: {"at"')) return performance.now();
      if (text.includes('event: end')) throw new Error(`run ${runId} ended without a line: ${text}`);
    }
  } finally {
    gone.abort();
  }
  throw new Error(`the log of ${runId} broke off`);
}
