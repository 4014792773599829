import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { readEventStream, type ServerEvent } from './read-event-stream.js';

async function* inPieces(text: string, cuts: readonly number[]): AsyncGenerator<string> {
  const ends = [...new Set(cuts.map((cut) => cut % (text.length + 1)))].sort((a, b) => a - b);
  let from = 0;
  for (const end of [...ends, text.length]) {
    yield await Promise.resolve(text.slice(from, end));
    from = end;
  }
}

async function read(text: string, cuts: readonly number[] = []): Promise<ServerEvent[]> {
  const events: ServerEvent[] = [];
  for await (const event of readEventStream(inPieces(text, cuts))) events.push(event);
  return events;
}

const line = fc.string({ unit: 'grapheme' }).filter((text) => !/[\r\n\0]/.test(text));
const sent = fc.record({
  id: line,
  event: line.filter((name) => name !== ''),
  data: fc.array(line, { minLength: 1 }),
});
const lineEnd = fc.constantFrom('\n', '\r\n', '\r');

describe('an event stream', () => {
  it('gives each event as it was sent, however it is cut into pieces and whatever ends its lines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(sent), lineEnd, fc.array(fc.nat()), async (events, end, cuts) => {
        const text = events
          .map(({ id, event, data }) =>
            [`id: ${id}`, `event: ${event}`, ...data.map((one) => `data: ${one}`), '', ''].join(end),
          )
          .join('');
        // The last CR may be half of a line end until something follows.
        const seen = await read(`${text}: warm\n`, cuts);
        expect(seen).toEqual(events.map(({ id, event, data }) => ({ id, event, data: data.join('\n') })));
      }),
    );
  });

  it('keeps the last id, has a default name, and passes over comments and what it does not know', async () => {
    expect(await read('id: 1-0\ndata:a\n\n: waiting\n\nretry: 5\ndata: b\n\n')).toEqual([
      { id: '1-0', event: 'message', data: 'a' },
      { id: '1-0', event: 'message', data: 'b' },
    ]);
  });

  it('drops an event that was cut off', async () => {
    expect(await read('data: whole\n\ndata: half')).toHaveLength(1);
    expect(await read('data: whole\n\ndata: half\n')).toHaveLength(1);
  });
});
