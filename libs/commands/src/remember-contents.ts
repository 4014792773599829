import { type Content, type ScriptState, versionAt } from '@stemma/domain';
import { type EventStore, weightedCache } from '@stemma/event-store';
import { type ContentName, readContent } from './read-content.js';

/**
 * The content of version `number` of a script that is being loaded, or null when it was pruned. While the script names the
 * version unpruned nobody deletes its content, and its name is its hash: what was read once is read never again.
 */
export type ContentsOf = (
  name: ContentName,
  number: number,
  script: Promise<{ readonly state: ScriptState }>,
) => Promise<Content | null>;

const KEPT_CONTENTS = 1_000;
const KEPT_BYTES = 32 * 1024 * 1024;
/** Of what is kept beside the source. */
const SOME_BYTES = 1_024;

export function rememberContents(store: EventStore): ContentsOf {
  const kept = weightedCache<Content>({ entries: KEPT_CONTENTS, weight: KEPT_BYTES });

  async function read(name: ContentName): Promise<Content | null> {
    const content = await readContent(store, name);
    if (content !== null) kept.set(keyOf(name), content, SOME_BYTES + 2 * content.source.length);
    return content;
  }

  return async (name, number, script) => {
    const known = kept.get(keyOf(name));
    if (known === undefined) return read(name);
    return isNamed((await script).state, number) ? known : readContent(store, name);
  };
}

const keyOf = ({ tenantId, scriptId, contentHash }: ContentName): string =>
  `${tenantId} ${scriptId} ${contentHash}`;

const isNamed = (state: ScriptState, number: number): boolean =>
  state.exists && versionAt(state.versions, number)?.pruned === false;
