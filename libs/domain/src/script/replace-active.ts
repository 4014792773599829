import type { ReviewPolicy, ScriptEvent } from './script.events.js';
import type { Script } from './script.state.js';
import { versionAt } from './version-line.js';

interface Successor {
  readonly versionId: string;
  readonly number: number;
  readonly contentHash: string;
}

/** One append, so that "at most one active" holds at every prefix of the stream (R-A4, HAZARDS T6). */
export function replaceActive(script: Script, successor: Successor, policy: ReviewPolicy): ScriptEvent[] {
  const { scriptId } = script;
  const { versionId, number } = successor;
  const old = script.active === null ? undefined : versionAt(script.versions, script.active);
  const archived: ScriptEvent[] = old
    ? [
        {
          type: 'VersionArchived',
          data: {
            scriptId,
            versionId: old.versionId,
            number: old.number,
            supersededBy: { versionId, number },
          },
        },
      ]
    : [];
  return [...archived, { type: 'VersionPublished', data: { scriptId, ...successor, policy } }];
}
