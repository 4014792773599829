/** The beginning of a text, which says how much of it is left out; a text of at most so many UTF-16 units stays as it is. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  // Half a character is no text that Postgres takes.
  const beginning = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
  return `${beginning}… (and ${text.length - beginning.length} more characters)`;
}

/** The most that are named. */
const NAMED = 10;

/** For people: the first few, and how many more there are. */
export function named(names: readonly string[]): string {
  const more = names.length > NAMED ? ` and ${names.length - NAMED} more` : '';
  return `${names.slice(0, NAMED).join(', ')}${more}`;
}
