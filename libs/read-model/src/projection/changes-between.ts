import { isDeepStrictEqual } from 'node:util';

/** A value of JSON. */
export type Json =
  string | number | boolean | null | readonly Json[] | { readonly [name: string]: Json | undefined };

/** One difference of two values. `path` is a JSON Pointer (RFC 6901); an absent side did not have the place. */
export interface Change {
  readonly path: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly from?: Json;
  readonly to?: Json;
}

/**
 * What turns `before` into `after`. Objects are looked into by name, lists by place: what they begin and end with alike is
 * passed over, what is left is compared place by place, and a surplus was added (places of `after`) or removed (places of
 * `before`). Made one after the other, removals from the last place back, the changes make `after` of `before`.
 */
export function changesBetween(before: Json | undefined, after: Json | undefined, path = ''): Change[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (isList(before) && isList(after)) return changesOfLists(before, after, path);
  if (isObject(before) && isObject(after)) return changesOfObjects(before, after, path);
  if (before === undefined) return [{ path, change: 'added', to: after as Json }];
  if (after === undefined) return [{ path, change: 'removed', from: before }];
  return [{ path, change: 'changed', from: before, to: after }];
}

type JsonObject = Readonly<Record<string, Json | undefined>>;

const isList = (value: Json | undefined): value is readonly Json[] => Array.isArray(value);

const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function changesOfObjects(before: JsonObject, after: JsonObject, path: string): Change[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) =>
    changesBetween(own(before, name), own(after, name), `${path}/${escaped(name)}`),
  );
}

const own = (object: JsonObject, name: string): Json | undefined =>
  Object.hasOwn(object, name) ? object[name] : undefined;

const escaped = (name: string): string => name.replaceAll('~', '~0').replaceAll('/', '~1');

function changesOfLists(before: readonly Json[], after: readonly Json[], path: string): Change[] {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && isDeepStrictEqual(before[head], after[head])) head += 1;
  let tail = 0;
  while (tail < shorter - head && isDeepStrictEqual(before.at(-1 - tail), after.at(-1 - tail))) tail += 1;
  const places = Math.max(before.length, after.length) - tail;
  return Array.from({ length: places - head }, (_, at) => head + at).flatMap((at) =>
    changesBetween(
      at < before.length - tail ? before[at] : undefined,
      at < after.length - tail ? after[at] : undefined,
      `${path}/${at}`,
    ),
  );
}
