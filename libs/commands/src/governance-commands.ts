import {
  archiveVersionSchema,
  breakGlassSchema,
  listScriptSchema,
  pruneVersionsSchema,
  removeTriggerSchema,
  retireScriptSchema,
  setPrunePolicySchema,
  setReviewPolicySchema,
  setTriggerSchema,
  triggerIdOf,
  unlistScriptSchema,
} from '@stemma/domain';
import { scriptCommand, type ScriptRequest } from './define-command.js';
import { type Events, ofScript, ofVersion } from './script-answers.js';

const ofTrigger = (request: ScriptRequest<{ name: string }>, events: Events) => {
  const script = ofScript(request, events);
  const { name } = request.body;
  return { ...script, name, triggerId: triggerIdOf(script.scriptId, name) };
};

export const ListScript = scriptCommand({ type: 'ListScript', schema: listScriptSchema, answer: ofScript });

export const UnlistScript = scriptCommand({
  type: 'UnlistScript',
  schema: unlistScriptSchema,
  answer: ofScript,
});

export const ArchiveVersion = scriptCommand({
  type: 'ArchiveVersion',
  schema: archiveVersionSchema,
  answer: ofVersion('archived'),
});

export const BreakGlass = scriptCommand({
  type: 'BreakGlass',
  schema: breakGlassSchema,
  answer: ofVersion('active'),
});

export const SetReviewPolicy = scriptCommand({
  type: 'SetReviewPolicy',
  schema: setReviewPolicySchema,
  needsBase: true,
  answer: ofScript,
});

export const SetPrunePolicy = scriptCommand({
  type: 'SetPrunePolicy',
  schema: setPrunePolicySchema,
  needsBase: true,
  answer: ofScript,
});

/** Handled by hand (`prune-versions.handler.ts`): a dry run looks and stores nothing. */
export const PruneVersions = scriptCommand({
  type: 'PruneVersions',
  schema: pruneVersionsSchema,
  answer: (request, events) => {
    const pruned = events.find((event) => event.type === 'VersionsPruned');
    return { ...ofScript(request, events), dryRun: false, versions: pruned?.data.versions ?? [] };
  },
});

/** Handled by hand (`trigger.handlers.ts`), as the next two: a path is claimed before and released after. */
export const SetTrigger = scriptCommand({ type: 'SetTrigger', schema: setTriggerSchema, answer: ofTrigger });

export const RemoveTrigger = scriptCommand({
  type: 'RemoveTrigger',
  schema: removeTriggerSchema,
  answer: ofTrigger,
});

export const RetireScript = scriptCommand({
  type: 'RetireScript',
  schema: retireScriptSchema,
  answer: ofScript,
});

/** Those whose handler is made by `handlerOf`. */
export const plainGovernanceCommands = [
  ListScript,
  UnlistScript,
  ArchiveVersion,
  BreakGlass,
  SetReviewPolicy,
  SetPrunePolicy,
];
