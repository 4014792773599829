/** A named value that scripts are given: stream `secret-<tenantId>.<secretId>`. No event holds it but sealed. */
export type SecretEvent = SecretSet | SecretDescribed | SecretRemoved;

/** The data key of a secret, in a stream beside it (`secret-<tenantId>.<secretId>.<life>`) that is deleted with it. */
export type SecretKeyEvent = SecretKeyWrapped;

/** AES-256-GCM: `bytes` is base64 of the nonce (12 bytes), the ciphertext and the tag (16 bytes). */
export interface Sealed {
  readonly algorithm: 'A256GCM';
  readonly bytes: string;
}

interface OfSecret {
  readonly secretId: string;
  readonly name: string;
}

export interface SecretSet {
  readonly type: 'SecretSet';
  readonly data: OfSecret & {
    /** From 1, never given out again, not even after a removal. */
    readonly version: number;
    /** From 1; each removal ends one. Names the stream of the data key. */
    readonly life: number;
    readonly sealed: Sealed;
    readonly description: string | null;
    /** Whether runs in the sandbox, of versions that nobody has reviewed, are given it too. */
    readonly sandbox: boolean;
  };
}

export interface SecretDescribed {
  readonly type: 'SecretDescribed';
  readonly data: OfSecret & { readonly description: string | null; readonly sandbox: boolean };
}

/** Nobody is given it any more; its data key is gone, so that no version of it can be opened. */
export interface SecretRemoved {
  readonly type: 'SecretRemoved';
  readonly data: OfSecret & { readonly life: number; readonly reason: string | null };
}

/** The last one of its stream counts: a new master key wraps the same data key again. */
export interface SecretKeyWrapped {
  readonly type: 'SecretKeyWrapped';
  readonly data: {
    readonly secretId: string;
    readonly life: number;
    /** The id of the master key, by which it is found among those that are configured. */
    readonly masterKeyId: string;
    readonly wrapped: Sealed;
  };
}
