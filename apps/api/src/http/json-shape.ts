/** How deep and how wide a document may be: enough for any script, too little to hurt (HAZARDS A3). */
export interface JsonLimits {
  readonly depth: number;
  /** Members and elements of all objects and arrays together. */
  readonly parts: number;
}

/** Why a document is not taken although `JSON.parse` might; `message` is for people. */
export class UnusableJson extends Error {
  override readonly name = 'UnusableJson';
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN_BRACE = 0x7b;
const CLOSE_BRACE = 0x7d;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const MINUS = 0x2d;
const NINE = 0x39;
const ZERO = 0x30;

const numberAt = /-?\d[\d.eE+-]*/y;
const colonAt = /[ \t\n\r]*:/y;

/**
 * Refuses what `JSON.parse` lets pass or silently changes: too deep, too many names, a name twice in one object,
 * `__proto__`, numbers that a double cannot hold exactly as whole numbers, lone surrogates (HAZARDS A3, A6).
 * Looks at the tokens alone; whether they make a document is for `JSON.parse` to say afterwards.
 */
export function checkJsonShape(text: string, limits: JsonLimits): void {
  const walk: Walk = { limits, open: [], parts: 0 };
  let at = 0;
  while (at < text.length) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) at = passString(walk, text, at);
    else if (code === MINUS || (code >= ZERO && code <= NINE)) at = endOfNumber(text, at);
    else {
      passSign(walk, code);
      at += 1;
    }
  }
}

/** `open` holds, for each level, the names seen in it; null until there is one. */
interface Walk {
  readonly limits: JsonLimits;
  readonly open: (Set<string> | null)[];
  parts: number;
}

function passSign(walk: Walk, code: number): void {
  const { open, limits } = walk;
  if (code === OPEN_BRACE || code === OPEN_BRACKET) {
    if (open.length >= limits.depth) throw new UnusableJson(`is more than ${limits.depth} levels deep`);
    open.push(null);
  } else if (code === CLOSE_BRACE || code === CLOSE_BRACKET) {
    open.pop();
  } else if (code === COMMA) {
    walk.parts += 1;
    if (walk.parts > limits.parts)
      throw new UnusableJson(`has more than ${limits.parts} members and elements`);
  }
}

function passString({ open }: Walk, text: string, start: number): number {
  const end = endOfString(text, start);
  const value = readString(text.slice(start, end));
  if (isName(text, end)) addName(open, value);
  return end;
}

/** The index after the closing quote; the end of the text when there is none. */
function endOfString(text: string, start: number): number {
  let quote = text.indexOf('"', start + 1);
  while (quote !== -1 && isEscaped(text, quote)) quote = text.indexOf('"', quote + 1);
  return quote === -1 ? text.length : quote + 1;
}

function isEscaped(text: string, quote: number): boolean {
  let first = quote;
  while (text.charCodeAt(first - 1) === BACKSLASH) first -= 1;
  return (quote - first) % 2 === 1;
}

function readString(token: string): string {
  if (!token.includes('\\')) return token.slice(1, -1);
  let value: string;
  try {
    value = JSON.parse(token) as string;
  } catch {
    throw new UnusableJson('has a string with an escape that JSON does not know, or without an end');
  }
  if (!value.isWellFormed()) throw new UnusableJson('has a lone surrogate, which no Unicode text holds');
  return value;
}

function isName(text: string, end: number): boolean {
  colonAt.lastIndex = end;
  return text.charCodeAt(end) === COLON || colonAt.test(text);
}

function addName(open: (Set<string> | null)[], name: string): void {
  if (name === '__proto__') throw new UnusableJson('has the name __proto__, which is never taken');
  const level = open.length - 1;
  if (level < 0) return;
  const names = (open[level] ??= new Set());
  if (names.has(name)) {
    throw new UnusableJson(`has the name ${JSON.stringify(name.slice(0, 60))} twice in one object`);
  }
  names.add(name);
}

function endOfNumber(text: string, start: number): number {
  numberAt.lastIndex = start;
  const token = numberAt.exec(text)?.[0];
  if (token === undefined) return start + 1;
  if (Math.abs(Number(token)) > Number.MAX_SAFE_INTEGER) {
    throw new UnusableJson(`has the number ${token.slice(0, 30)}, beyond 2^53 − 1: send it as a string`);
  }
  return start + token.length;
}
