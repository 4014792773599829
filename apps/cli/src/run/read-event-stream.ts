/** One server-sent event (WHATWG HTML, 9.2). */
export interface ServerEvent {
  readonly event: string;
  readonly data: string;
  /** Of this event or the last one before that had one. */
  readonly id: string | undefined;
}

/** Whole lines of chunks of text, whichever of CR, LF and CRLF ends them; an unfinished last line is dropped. */
async function* linesOf(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of chunks) {
    rest += chunk;
    // A CR at the end may be half of a CRLF: it waits for what follows.
    const lines = rest.split(/\r\n|\n|\r(?!$)/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

function fieldOf(line: string): readonly [name: string, value: string] {
  const colon = line.indexOf(':');
  if (colon === -1) return [line, ''];
  return [line.slice(0, colon), line.slice(colon + 1).replace(/^ /, '')];
}

/** The events of a stream. One that is cut off in the middle is dropped, as the standard has it. */
export async function* readEventStream(chunks: AsyncIterable<string>): AsyncGenerator<ServerEvent> {
  let id: string | undefined;
  let event = '';
  let data: string[] = [];
  for await (const line of linesOf(chunks)) {
    if (line === '') {
      if (data.length > 0) yield { event: event || 'message', data: data.join('\n'), id };
      [event, data] = ['', []];
      continue;
    }
    const [name, value] = fieldOf(line);
    if (name === 'data') data.push(value);
    if (name === 'event') event = value;
    if (name === 'id' && !value.includes('\0')) id = value;
  }
}
