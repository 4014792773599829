import { visibleText } from './visible-text.js';

/** Longer lines are cut into several. */
export const maxLineCharacters = 8_192;

export interface LineSplitter {
  /** The lines that are complete with these bytes. */
  push(bytes: Uint8Array): readonly string[];
  /** What is left without a line end. */
  end(): readonly string[];
}

/**
 * Bytes to lines of harmless text. Invalid UTF-8 becomes the replacement character; of text overwritten by carriage
 * returns (progress bars) every state is a line.
 */
export function createLineSplitter(): LineSplitter {
  const decoder = new TextDecoder('utf-8');
  let rest = '';

  function split(text: string): readonly string[] {
    const parts = (rest + text).split(/\r\n|\n|\r(?!$)/);
    rest = parts.pop() ?? '';
    const lines = parts.flatMap((part) => cut(part));
    while (rest.length > maxLineCharacters) {
      const [head, ...tail] = cut(rest);
      lines.push(head ?? '');
      rest = tail.join('');
    }
    return lines.map((line) => visibleText(line));
  }

  return {
    push: (bytes) => split(decoder.decode(bytes, { stream: true })),
    end: () => {
      const lines = split(decoder.decode());
      const last = rest.replace(/\r$/, '');
      rest = '';
      return last === '' ? lines : [...lines, ...cut(last).map((line) => visibleText(line))];
    },
  };
}

/** Never between the halves of a surrogate pair. */
function cut(line: string): string[] {
  const pieces: string[] = [];
  let from = 0;
  while (line.length - from > maxLineCharacters) {
    const to = from + maxLineCharacters;
    const end = isHighSurrogate(line.charCodeAt(to - 1)) ? to - 1 : to;
    pieces.push(line.slice(from, end));
    from = end;
  }
  pieces.push(line.slice(from));
  return pieces;
}

const isHighSurrogate = (code: number): boolean => code >= 0xd800 && code <= 0xdbff;
