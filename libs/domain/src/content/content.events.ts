/**
 * The bytes of versions, once per script under their hash: stream `content-<tenantId>.<scriptId>.<sha256>`.
 * Deleting the stream is pruning; the history that names the hash stays.
 */
export type ContentEvent = ContentStored | ContentReferenced;

export interface ContentStored {
  readonly type: 'ContentStored';
  readonly data: {
    readonly scriptId: string;
    readonly contentHash: string;
    readonly content: Readonly<Record<string, unknown>>;
  };
}

/** Another version is about to name this content: a sweeper that looked before sees the revision move. */
export interface ContentReferenced {
  readonly type: 'ContentReferenced';
  readonly data: { readonly scriptId: string; readonly contentHash: string };
}
