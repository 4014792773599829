import { type ScriptEvent, scriptIdOf, versionIdOf, type VersionState } from '@stemma/domain';
import type { ScriptRequest } from './define-command.js';

export type Events = readonly ScriptEvent[];

/** `changed: false` says that it was already so: nothing was stored. */
export const ofScript = ({ slug, context }: ScriptRequest<unknown>, events: Events) => ({
  scriptId: scriptIdOf(context.tenantId, slug),
  slug,
  changed: events.length > 0,
});

export const ofVersion =
  (state: VersionState) => (request: ScriptRequest<{ number: number }>, events: Events) => {
    const script = ofScript(request, events);
    const { number } = request.body;
    return { ...script, number, versionId: versionIdOf(script.scriptId, number), state };
  };

export const ofNewVersion = (state: VersionState) => (request: ScriptRequest<unknown>, events: Events) => {
  const draft = events.find((event) => event.type === 'DraftCreated');
  if (!draft) return ofScript(request, events);
  const { number, versionId, contentHash, derivedFromVersionId, sameContentAs } = draft.data;
  return {
    ...ofScript(request, events),
    number,
    versionId,
    state,
    contentHash,
    derivedFromVersionId,
    sameContentAs,
  };
};
