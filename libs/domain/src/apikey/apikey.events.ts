/** Keys that name a principal: stream `apikey-<tenantId>.<keyId>`. The secret is shown once; only its hash is stored. */
export type ApiKeyEvent = ApiKeyCreated | ApiKeyRevoked;

export interface ApiKeyCreated {
  readonly type: 'ApiKeyCreated';
  readonly data: {
    readonly keyId: string;
    readonly subject: string;
    /** sha256, hex, of the secret: 256 random bits need no slow hash. */
    readonly secretHash: string;
    /** ISO 8601 instant, or null for a key without end. */
    readonly expiresAt: string | null;
    /** The permissions it is narrowed to; `null`, or absent in events of the first release: all that its person may do. */
    readonly scopes?: readonly string[] | null;
    /** What its owner calls it. Absent in events of the first release. */
    readonly label?: string | null;
  };
}

export interface ApiKeyRevoked {
  readonly type: 'ApiKeyRevoked';
  readonly data: { readonly keyId: string; readonly reason: string | null };
}
