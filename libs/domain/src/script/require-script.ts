import { refuse } from '../shared/rejections.js';
import type { Script, ScriptState, Version } from './script.state.js';
import { newestVersion, versionAt } from './version-line.js';

/** The script, or the refusal of a command to one that was never created. */
export function requireScript(state: ScriptState): Script {
  if (!state.exists)
    return refuse('script-not-found', 'There is no such script. Create it first: POST /v1/scripts.');
  return state.retired ? refuseRetired(state) : state;
}

/** Retiring is terminal, and a slug is never given out again (DESIGN §3). */
export function refuseRetired({ slug, scriptId }: Script): never {
  return refuse(
    'slug-retired',
    `${slug} was retired. Its history stays; create a script with another slug.`,
    {
      scriptId,
    },
  );
}

export function requireVersion(script: Script, number: number): Version {
  return (
    versionAt(script.versions, number) ??
    refuse(
      'version-not-found',
      `Version ${number} does not exist. The newest is ${script.versions.length}.`,
      {
        newestNumber: script.versions.length,
      },
    )
  );
}

/**
 * What the author saw when he began must still be the newest version; nobody's work is overwritten unseen (HAZARDS T5).
 * `null`: the caller proved its base by `If-Match` instead.
 */
export function requireBase(script: Script, baseNumber: number | null): void {
  const head = newestVersion(script.versions);
  if (baseNumber === null || baseNumber === (head?.number ?? 0)) return;
  refuse(
    'stale-base',
    `The newest version is ${head?.number ?? 0}, not ${baseNumber}. Look at it, then send its number as baseNumber.`,
    {
      baseNumber,
      head: head ? { number: head.number, versionId: head.versionId, state: head.state } : null,
    },
  );
}
