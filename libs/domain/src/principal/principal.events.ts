/** People and services of a tenant: stream `principal-<tenantId>.<id('principal', tenant, subject)>`. No names, no addresses. */
export type PrincipalEvent = PrincipalCreated;

/** What a principal may do, per tenant. What each role allows is the edge's table of permissions; names are storage format. */
export type Role =
  'viewer' | 'author' | 'reviewer' | 'publisher' | 'runner' | 'auditor' | 'operator' | 'admin';

export interface PrincipalCreated {
  readonly type: 'PrincipalCreated';
  readonly data: {
    /** The one id of the person or service in events, whichever credential is used: a handle or a token's `sub`. */
    readonly subject: string;
    readonly kind: 'user' | 'service';
    readonly roles: readonly Role[];
  };
}
