import { refuse } from '../shared/rejections.js';
import type { ScriptEvent, VersionPublished } from './script.events.js';
import type { Script, Version } from './script.state.js';
import { versionAt } from './version-line.js';

interface Successor {
  readonly versionId: string;
  readonly number: number;
  readonly contentHash: string;
}

type Terms = Pick<VersionPublished['data'], 'policy' | 'breakGlass'>;

/** One append, so that "at most one active" holds at every prefix of the stream (R-A4, HAZARDS T6). */
export function replaceActive(script: Script, successor: Successor, terms: Terms): ScriptEvent[] {
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
  return [...archived, { type: 'VersionPublished', data: { scriptId, ...successor, ...terms } }];
}

export function requireNewerThanActive({ active }: Script, { number }: Version): void {
  if (active === null || number > active) return;
  refuse(
    'use-rollback',
    `Version ${number} is older than the active ${active}. Roll back to it if it was once active; else save its content as a new draft.`,
    { active },
  );
}

/** What is published runs: a script of a schedule or a path first says which (R-C3). */
export function requireItsTrigger({ slug, type, triggers }: Script): void {
  if ((type !== 'cron' && type !== 'http') || triggers.length > 0) return;
  refuse(
    'trigger-required',
    `${slug} is of type ${type} and has no trigger: nothing would ever run it. Set one first.`,
    { type },
  );
}
