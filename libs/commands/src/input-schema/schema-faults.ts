/** Where something is wrong, as a JSON pointer, and what. */
export interface InputFault {
  readonly path: string;
  readonly message: string;
}

/** Bounds within which checking an input costs time in proportion to it. */
const MOST = Object.freeze({ characters: 64 * 1024, depth: 24, parts: 2_000, work: 20_000 });

/** Names that would lead out of the schema, or that make it mean another one by the place it is read from. */
const foreign = new Set([
  '$id',
  '$anchor',
  '$dynamicRef',
  '$dynamicAnchor',
  '$recursiveRef',
  '$recursiveAnchor',
]);

/** Keywords whose value is data, not a schema. */
const data = new Set(['const', 'enum', 'default', 'examples']);

/**
 * What a schema must not have, because it could cost more than it is worth: too large, too deep, references that lead out
 * of it or in a circle, or that multiply (ten definitions that name each other twice are a thousand).
 */
export function boundFaults(schema: object): readonly InputFault[] {
  const text = JSON.stringify(schema);
  if (text.length > MOST.characters)
    return [{ path: '', message: `must be at most ${MOST.characters} characters as JSON` }];
  try {
    const walked = walk(schema);
    const work = workOf(schema, schema, [], new Map());
    if (work > MOST.work) return [{ path: '', message: 'its references multiply: write it without them' }];
    return walked;
  } catch (error) {
    if (error instanceof Unbounded) return [{ path: error.path, message: error.message }];
    throw error;
  }
}

class Unbounded extends Error {
  constructor(
    readonly path: string,
    message: string,
  ) {
    super(message);
  }
}

const childrenOf = (node: object): [string, object][] =>
  Object.entries(node).filter(
    (entry): entry is [string, object] =>
      typeof entry[1] === 'object' && entry[1] !== null && !data.has(entry[0]),
  );

const stepOf = (key: string): string => `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;

function walk(schema: object): InputFault[] {
  const faults: InputFault[] = [];
  let parts = 0;
  const visit = (node: object, path: string, depth: number): void => {
    parts += 1;
    if (parts > MOST.parts) throw new Unbounded('', `has more than ${MOST.parts} parts`);
    if (depth > MOST.depth) throw new Unbounded(path, `is nested deeper than ${MOST.depth} levels`);
    for (const key of Object.keys(node)) {
      if (foreign.has(key)) faults.push({ path: path + stepOf(key), message: 'is not taken here' });
    }
    for (const [key, child] of childrenOf(node)) visit(child, path + stepOf(key), depth + 1);
  };
  visit(schema, '', 0);
  return faults;
}

/** How many parts there are when each reference is replaced by what it names. */
function workOf(root: object, node: object, trail: readonly object[], known: Map<object, number>): number {
  const before = known.get(node);
  if (before !== undefined) return before;
  if (trail.includes(node)) throw new Unbounded('', 'refers to itself: recursive schemas are not taken');
  const here = [...trail, node];
  const target = '$ref' in node ? targetOf(root, node.$ref) : undefined;
  const parts = [...childrenOf(node).map(([, child]) => child), ...(target ? [target] : [])];
  const work = parts.reduce((sum, part) => sum + workOf(root, part, here, known), 1);
  known.set(node, work);
  return work;
}

function targetOf(root: object, reference: unknown): object {
  if (typeof reference !== 'string' || !/^#(\/|$)/.test(reference))
    throw new Unbounded('', 'refers to another document: only references like #/$defs/name are taken');
  let found: unknown = root;
  for (const step of reference.split('/').slice(1)) {
    const key = decoded(step).replaceAll('~1', '/').replaceAll('~0', '~');
    found =
      typeof found === 'object' && found !== null && Object.hasOwn(found, key)
        ? (found as Readonly<Record<string, unknown>>)[key]
        : undefined;
  }
  if (typeof found === 'object' && found !== null) return found;
  throw new Unbounded('', `refers to ${reference.slice(0, 100)}, which is not there`);
}

function decoded(step: string): string {
  try {
    return decodeURIComponent(step);
  } catch {
    return step;
  }
}
