import { type Acknowledged, judgeScriptHistory, type StoredScriptEvent } from '@stemma/domain';

/** One answer that somebody got. A repeated `key` is one command. */
export interface Told {
  readonly key: string;
  readonly status: number;
  /** It says that it changed something. */
  readonly changed: boolean;
  /** Its ETag; null without one. */
  readonly revision: bigint | null;
}

/**
 * What is wrong with the history of one script and with what its callers were told, in words: nothing, when every change
 * that was told is stored once, each key has one outcome, and nobody met a fault of the server.
 */
export function judgeRound(history: readonly StoredScriptEvent[], told: readonly Told[]): readonly string[] {
  const failed = told.filter(({ status }) => status >= 500);
  const changes = told.filter(({ changed }) => changed);
  const acknowledged = changes.flatMap(({ key, revision }): Acknowledged[] =>
    revision === null ? [] : [{ key, revision }],
  );
  return [
    ...failed.map(({ key, status }) => `${key} was answered with ${status}`),
    ...changes.filter(({ revision }) => revision === null).map(({ key }) => `${key} was told no revision`),
    ...contradictions(acknowledged),
    ...judgeScriptHistory(history, acknowledged).map(({ fault, at }) => `${fault} at revision ${at}`),
  ];
}

function contradictions(acknowledged: readonly Acknowledged[]): readonly string[] {
  const revisions = Map.groupBy(acknowledged, ({ key }) => key);
  return [...revisions].flatMap(([key, answers]) => {
    const told = [...new Set(answers.map(({ revision }) => revision))];
    return told.length > 1 ? [`${key} was told ${told.length} revisions: ${told.join(', ')}`] : [];
  });
}
