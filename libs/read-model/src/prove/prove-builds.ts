import { inTransaction, type Sql, withClient } from '../database/connect.js';
import { type Checkpoint, holdCheckpoint, readCheckpoint } from '../database/checkpoint.js';
import type { BuildRef } from '../database/names.js';
import { readParkedStreams } from '../database/parked.js';
import type { RowDifference } from '../log/ops-events.js';
import { fillBuilds, type Filling, type FillOptions } from '../rebuild/fill-builds.js';
import { eager } from '../rebuild/politeness.js';
import { allOf } from '../waiting/all-of.js';
import { beginSnapshot, type BuildDigest, differing, digestBuild, digestIn } from './digest.js';
import { firstDifferences } from './differences.js';

/** A build that is claimed to be right, and an empty or unfinished one that shows whether it is. */
export interface Claim {
  readonly reference: BuildRef;
  readonly candidate: Omit<Filling, 'stopAt'>;
}

/** What came of a claim. */
export interface Proof {
  readonly claim: Claim;
  readonly equal: boolean;
  readonly position: bigint | null;
  readonly reference: BuildDigest;
  readonly candidate: BuildDigest;
  /** Streams that are parked on one side or both, and therefore left out. */
  readonly parked: readonly string[];
  /** The first rows that differ: `is` in the reference, `shouldBe` in the candidate. */
  readonly differences: readonly RowDifference[];
}

export interface ProveOptions extends FillOptions {
  readonly databaseUrl: string;
  /** What is to be done to each candidate when it is filled, while it is compared: it must leave its rows as they are. */
  readonly onFilled?: (candidate: Claim['candidate']) => Promise<void>;
}

/**
 * Digests each reference where it stands now, fills all candidates to just there, in one pass over the log, and compares.
 * The references go on meanwhile; one that does not agree is held for a moment, to compare row by row at one position.
 */
export async function proveBuilds(
  claims: readonly Claim[],
  options: ProveOptions,
): Promise<readonly Proof[]> {
  const { onFilled = () => Promise.resolve() } = options;
  return withClient(options.databaseUrl, 'stemma-projector digest', async (sql) => {
    await beginSnapshot(sql);
    const stops: bigint[] = [];
    for (const { reference } of claims) stops.push(positionOf(await readCheckpoint(sql, reference)));
    // The snapshot stands still while the candidates are filled to just there.
    const [references] = await Promise.all([
      digestReferences(sql, claims),
      fillBuilds(
        claims.map(({ candidate }, index) => ({ ...candidate, stopAt: stops[index] ?? -1n })),
        options,
      ),
    ]);
    const [proofs] = await allOf([
      Promise.all(claims.map((claim, index) => compare(claim, references[index] as BuildDigest))),
      allOf(claims.map(({ candidate }) => onFilled(candidate))),
    ]);
    for (const [index, claim] of claims.entries()) {
      if (proofs[index]?.equal === false) proofs[index] = await compareHeld(sql, claim, options);
    }
    return proofs;
  });
}

const positionOf = ({ considered }: Checkpoint): bigint => considered?.position ?? -1n;

/** In the snapshot that was begun, and ends it. */
async function digestReferences(sql: Sql, claims: readonly Claim[]): Promise<readonly BuildDigest[]> {
  const digests: BuildDigest[] = [];
  for (const { reference, candidate } of claims) {
    digests.push(await digestIn(sql, reference, candidate.projection, []));
  }
  await sql.query('ROLLBACK');
  return digests;
}

/** Not equal either when streams are parked on one side only, until both are compared without them. */
async function compare(claim: Claim, reference: BuildDigest): Promise<Proof> {
  const { build, projection, client } = claim.candidate;
  const candidate = await digestBuild(client, build, projection, reference.parked);
  const moreParked = candidate.parked.some((stream) => !reference.parked.includes(stream));
  const found = proof(claim, reference, candidate, []);
  return { ...found, equal: found.equal && !moreParked };
}

const proof = (
  claim: Claim,
  reference: BuildDigest,
  candidate: BuildDigest,
  differences: readonly RowDifference[],
): Proof => ({
  claim,
  equal: differing(reference, candidate).length === 0,
  position: reference.checkpoint.considered?.position ?? null,
  reference,
  candidate,
  parked: [...new Set([...reference.parked, ...candidate.parked])],
  differences,
});

/** Holds the reference until the candidate stands where it does, and compares in a snapshot of that moment. */
async function compareHeld(sql: Sql, claim: Claim, options: ProveOptions): Promise<Proof> {
  const { reference, candidate } = claim;
  return withClient(options.databaseUrl, 'stemma-projector compare', async (snapshot) => {
    await beginSnapshot(snapshot);
    await inTransaction(sql, 'stemma_writer', async () => {
      await holdCheckpoint(sql, reference);
      const stopAt = positionOf(await readCheckpoint(sql, reference));
      await fillBuilds([{ ...candidate, stopAt }], { ...options, politeness: eager });
      // The first query takes the snapshot: both are at the same position now.
      await snapshot.query('SELECT 1');
    });
    return compareIn(snapshot, claim);
  });
}

async function compareIn(snapshot: Sql, claim: Claim): Promise<Proof> {
  const { reference: is, candidate } = claim;
  const { build: shouldBe, projection } = candidate;
  const leftOut = [
    ...(await readParkedStreams(snapshot, is)),
    ...(await readParkedStreams(snapshot, shouldBe)),
  ];
  const reference = await digestIn(snapshot, is, projection, leftOut);
  const rebuilt = await digestIn(snapshot, shouldBe, projection, leftOut);
  const places = differing(reference, rebuilt);
  const differences = await firstDifferences(snapshot, projection, { is, shouldBe }, places, leftOut);
  return proof(claim, reference, rebuilt, differences);
}
