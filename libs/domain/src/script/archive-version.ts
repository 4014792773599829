import { z } from 'zod';
import type { Command } from '../shared/command.js';
import { refuse } from '../shared/rejections.js';
import { versionNumber } from '../shared/schemas.js';
import { requireScript, requireVersion } from './require-script.js';
import type { ScriptEvent } from './script.events.js';
import type { Script, ScriptState, Version } from './script.state.js';
import { unlisting } from './unlist-script.js';

export const archiveVersionSchema = z.strictObject({ number: versionNumber });

export type ArchiveVersion = Command<'ArchiveVersion', z.output<typeof archiveVersionSchema>>;

/** Takes the active version out of service without another one: zero active on purpose, never by accident (R-A4). */
export function archiveVersion(state: ScriptState, { data }: ArchiveVersion): ScriptEvent[] {
  const script = requireScript(state);
  const version = requireVersion(script, data.number);
  if (version.state === 'archived') return [];
  if (version.state !== 'active') {
    refuse(
      'version-not-active',
      `Version ${version.number} is ${version.state}. Only the active version is taken out of service.`,
      { state: version.state, active: script.active },
    );
  }
  return archiving(script, version);
}

/** What its users see can be run (R-A13), so that a listed script goes with its active version. */
export const archiving = (script: Script, { versionId, number }: Version): ScriptEvent[] => [
  { type: 'VersionArchived', data: { scriptId: script.scriptId, versionId, number, supersededBy: null } },
  ...unlisting(script),
];
