/**
 * Text that others wrote can carry escape sequences that move the cursor, and marks that turn the order of what a
 * reader sees. On a terminal, both are shown instead of obeyed.
 */
const OBEYED_BY_TERMINALS = /[\p{Cc}\p{Bidi_Control}]/gu;

const codeOf = (character: string, digits: number): string =>
  (character.codePointAt(0) ?? 0).toString(16).padStart(digits, '0');

/** Harmless on a terminal: control and direction characters but tab and line feed become `\u{…}`. */
export function plain(text: string): string {
  return text.replace(OBEYED_BY_TERMINALS, (character) =>
    character === '\n' || character === '\t' ? character : `\\u{${codeOf(character, 2)}}`,
  );
}

/** `plain`, on one line, and no longer than `max` characters. */
export function onOneLine(text: string, max = 60): string {
  const line = plain(text).replaceAll(/\s+/g, ' ').trim();
  const characters = [...line];
  return characters.length <= max ? line : `${characters.slice(0, max - 1).join('')}…`;
}

/** One JSON document that is as harmless on a terminal as it is exact for a machine. */
export function toJson(value: unknown): string {
  const json = JSON.stringify(value, null, 2) ?? 'null';
  return json.replace(OBEYED_BY_TERMINALS, (character) =>
    character === '\n' ? character : `\\u${codeOf(character, 4)}`,
  );
}
