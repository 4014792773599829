import { z } from 'zod';
import type { RunLimits } from '../run-limits.js';
import { Breach } from './breach.js';
import { parsePayload } from './parse-payload.js';
import { MASK, type Mask } from '../secrets/mask.js';
import { isSafeArtifactName } from './safe-name.js';
import { visibleText } from './visible-text.js';

export type ArtifactReport =
  | { readonly kind: 'artifact-open'; readonly id: number; readonly name: string }
  | { readonly kind: 'artifact-bytes'; readonly id: number; readonly bytes: Buffer }
  | { readonly kind: 'artifact-end'; readonly id: number }
  | { readonly kind: 'artifact-drop'; readonly id: number };

export interface ArtifactReader {
  open(payload: Buffer): ArtifactReport;
  bytes(payload: Buffer): ArtifactReport;
  end(payload: Buffer): ArtifactReport;
  drop(payload: Buffer): ArtifactReport;
}

const openForm = z.tuple([z.int().min(0).max(0xffff_ffff), z.string()]);
const idBytes = 4;
const maxOpen = 16;
const SAFE =
  'is not a safe relative name: at most eight names with / between, each of letters, digits, spaces and ._()+=@,- (NFC, a letter, digit or _ first)';

/** Follows artifacts by their ids: names safe and used once, bytes only while open, counts and sizes under their caps. */
export function createArtifactReader(
  limits: Pick<RunLimits, 'artifactBytes' | 'artifactCount'>,
  mask: Pick<Mask, 'text'>,
): ArtifactReader {
  const names = new Set<string>();
  const seen = new Set<number>();
  const open = new Set<number>();
  let bytesLeft = limits.artifactBytes;

  /** A name has to stay one that a file may have. */
  const masked = (name: string): string => mask.text(name).replaceAll(MASK, '___');

  function openOne(payload: Buffer): ArtifactReport {
    const [id, said] = parsePayload(openForm, 'artifact', payload);
    const name = masked(said);
    if (seen.has(id)) throw violation(`opened artifact ${id} twice`);
    if (!isSafeArtifactName(name)) throw refused(name, SAFE);
    if (names.has(name)) throw refused(name, 'is taken by an earlier artifact of this run');
    if (seen.size === limits.artifactCount) throw tooMuch(`${limits.artifactCount} artifacts`);
    if (open.size === maxOpen) throw tooMuch(`${maxOpen} artifacts at the same time`);
    names.add(name);
    seen.add(id);
    open.add(id);
    return { kind: 'artifact-open', id, name };
  }

  function idOf(payload: Buffer): number {
    const id = payload.length < idBytes ? -1 : payload.readUInt32BE(0);
    if (!open.has(id)) throw violation(`wrote to artifact ${id}, which is not open`);
    return id;
  }

  function close(kind: 'artifact-end' | 'artifact-drop', payload: Buffer): ArtifactReport {
    const id = idOf(payload);
    open.delete(id);
    return { kind, id };
  }

  return {
    open: openOne,
    bytes: (payload) => {
      const id = idOf(payload);
      const bytes = payload.subarray(idBytes);
      bytesLeft -= bytes.length;
      if (bytesLeft < 0) throw tooMuch(`${limits.artifactBytes} bytes of artifacts`);
      return { kind: 'artifact-bytes', id, bytes };
    },
    end: (payload) => close('artifact-end', payload),
    drop: (payload) => close('artifact-drop', payload),
  };
}

const violation = (what: string): Breach => new Breach('protocol-violation', `The container ${what}.`);
const tooMuch = (what: string): Breach => new Breach('artifact-limit', `The run wrote more than ${what}.`);
const refused = (name: string, why: string): Breach =>
  new Breach('artifact-refused', `The artifact "${visibleText(name.slice(0, 200))}" ${why}.`);
