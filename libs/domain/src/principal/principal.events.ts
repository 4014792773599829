/** People and services of a tenant: stream `principal-<tenantId>.<id('principal', tenant, subject)>`. No names, no addresses. */
export type PrincipalEvent =
  PrincipalCreated | PrincipalRolesChanged | PrincipalSuspended | PrincipalRestored;

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

export interface PrincipalRolesChanged {
  readonly type: 'PrincipalRolesChanged';
  /** The roles from now on, whole. */
  readonly data: { readonly subject: string; readonly roles: readonly Role[] };
}

/** None of its credentials lets anybody in until it is restored; its history stays (R-A15). */
export interface PrincipalSuspended {
  readonly type: 'PrincipalSuspended';
  readonly data: { readonly subject: string; readonly reason: string | null };
}

export interface PrincipalRestored {
  readonly type: 'PrincipalRestored';
  readonly data: { readonly subject: string };
}
