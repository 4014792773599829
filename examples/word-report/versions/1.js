/** Counts the words of a text. First try. */
import { readFileSync } from 'node:fs';

export function run(input, context) {
  const text = readFileSync(context.files[input.file], 'utf8');
  const words = text.split(' ');
  context.log.info(`${words.length} words`);
  return { words: words.length };
}
