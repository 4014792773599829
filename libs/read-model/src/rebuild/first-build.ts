import { type Build, createBuild, dropBuild, finishBuild, makeLive } from '../database/builds.js';
import { inTransaction } from '../database/connect.js';
import { holdDdlLock } from '../database/migrate.js';
import { asWriter, type WriterSession } from '../live/writer-session.js';
import type { LogStore } from '../log/ensure-log.js';
import type { Projection } from '../projection/projection.js';
import { Refusal } from '../projection/refusals.js';
import { certify } from '../prove/certificates.js';
import { describeDifferences } from '../prove/differences.js';
import { type Proof, proveBuilds, type ProveOptions } from '../prove/prove-builds.js';
import { allOf } from '../waiting/all-of.js';
import { fillBuilds } from './fill-builds.js';
import { indexing } from './indexing.js';

export interface FirstBuildOptions extends Omit<ProveOptions, 'signal'> {
  readonly projection: Projection;
  readonly build: Build;
  readonly release: string;
  readonly source: ProveOptions['source'] & LogStore;
}

/** The same events made other rows the second time. */
class NotRepeatable extends Refusal {
  override readonly name = 'NotRepeatable';
}

/**
 * Makes the first build of a version: fills it, has an independent second one agree, and opens it to readers. Until then
 * readers of this version wait.
 *
 * @throws NotRepeatable when the fold does not make the same rows of the same events
 */
export async function makeFirstBuild(session: WriterSession, options: FirstBuildOptions): Promise<void> {
  const { projection, build } = options;
  const { client, signal } = session;
  const fill = () => fillBuilds([{ projection, build, client, stopAt: null }], { ...options, signal });
  const [writer] = await fill();
  // Nothing but the log's own first event: there is nothing that could come out differently.
  if (writer && writer.checkpoint.events > 1n) {
    await prove(session, options);
    await fill();
  }
  await inTransaction(client, 'stemma_owner', async () => {
    await holdDdlLock(client);
    await finishBuild(client, build, projection);
    await makeLive(client, build, projection);
  });
}

async function prove({ client, signal }: WriterSession, options: FirstBuildOptions): Promise<void> {
  const { projection, build, databaseUrl, logId } = options;
  const startedAt = new Date();
  const trial = await inTransaction(client, 'stemma_owner', async () => {
    await holdDdlLock(client);
    return createBuild(client, projection, logId, { state: 'trial', job: null });
  });
  try {
    const [[proof]] = await allOf([
      asWriter(databaseUrl, trial, signal, (session) => {
        const candidate = { projection, build: trial, client: session.client };
        return proveBuilds([{ reference: build, candidate }], { ...options, signal: session.signal });
      }),
      indexing(databaseUrl, signal)({ projection, build }),
    ]);
    if (proof) await judge(client, proof, options, startedAt);
  } finally {
    await dropBuild(client, trial);
  }
}

async function judge(
  sql: WriterSession['client'],
  proof: Proof,
  options: FirstBuildOptions,
  startedAt: Date,
): Promise<void> {
  const by = `projector ${options.release}`;
  await certify({ ...options, sql }, { kind: 'first-build', by, startedAt }, proof);
  if (proof.equal) return;
  const { name } = proof.claim.candidate.projection;
  throw new NotRepeatable(
    `${name} makes different rows of the same events, so it is not opened to readers: look for chance, clocks or order in ` +
      `its fold. ${describeDifferences(proof.differences)}`,
  );
}
