import { hashJson, id, scriptIdOf } from '@stemma/domain';
import {
  type CommandContext,
  type ContentName,
  CreateScript,
  PruneVersions,
  RequestRun,
  runIdOf,
  SaveDraft,
} from './index.js';

export const contentOf = (text: string) => ({ runtime: 'node' as const, entrypoint: 'run', source: text });

/** The commands of one who writes scripts of a tenant, each with an id of its own. */
export function authorIn(tenantId: string) {
  let commands = 0;
  let scripts = 0;
  const context = (): CommandContext => ({
    tenantId,
    actor: { kind: 'user', id: 'ann', via: null },
    commandId: id('command', tenantId, (commands += 1)),
    bodyHash: 'b',
    correlationId: 'c',
    causationId: 'c',
    ifMatch: null,
  });
  const save = (slug: string, baseNumber: number, text: string) =>
    new SaveDraft({
      slug,
      body: { baseNumber, content: contentOf(text), changeSummary: null },
      context: context(),
    });

  return {
    context,
    save,
    nameOf: (slug: string, text: string): ContentName => ({
      tenantId,
      scriptId: scriptIdOf(tenantId, slug),
      contentHash: hashJson(contentOf(text)),
    }),
    /** Gives up all but the newest. */
    prune: (slug: string, maxVersions = 1) => {
      const body = { maxVersions, retentionDays: null, dryRun: false };
      return new PruneVersions({ slug, body, context: context() });
    },
    runOf: (slug: string, version: number) => {
      const asked = context();
      const none = { files: [], subject: null, connector: null, timeoutMs: null };
      const body = { context: 'sandbox' as const, version, input: {}, ...none };
      return new RequestRun({ runId: runIdOf(asked.commandId), slug, body, context: asked });
    },
    /**
     * A script and its drafts, one by one, as `send` carries them out. Its slug begins with `name` and is nobody else's: a
     * spec that is tried once more begins anew.
     */
    drafts: async (
      send: (command: object) => Promise<unknown>,
      name: string,
      texts: readonly string[],
    ): Promise<string> => {
      const slug = `${name}-${(scripts += 1)}`;
      const none = { description: '', labels: [], intents: [], languageCodes: [], embeddingKey: null };
      const body = {
        slug,
        kind: 'code' as const,
        type: 'one_off' as const,
        details: { name: slug, ...none },
      };
      await send(new CreateScript({ slug, body, context: context() }));
      for (const [base, text] of texts.entries()) await send(save(slug, base, text));
      return slug;
    },
  };
}

/** `text 1`, `text 2` … */
export const texts = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, index) => `text ${index + 1}`);

/** A clock that stands still until it is moved on. */
export function stoppedClock(start: number) {
  let minutes = 0;
  return {
    now: () => new Date(start + minutes * 60_000),
    pass: (more: number): void => void (minutes += more),
  };
}
