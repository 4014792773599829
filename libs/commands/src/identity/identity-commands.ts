import {
  type ApiKeyEvent,
  changeRolesSchema,
  createPrincipalSchema,
  createTenantSchema,
  type PrincipalEvent,
  requestApiKeySchema,
  restorePrincipalSchema,
  restoreTenantSchema,
  revokeApiKeySchema,
  suspendPrincipalSchema,
  suspendTenantSchema,
  tenantReviewPolicySchema,
} from '@stemma/domain';
import {
  apiKeyCommand,
  type ApiKeyRequest,
  principalCommand,
  type PrincipalRequest,
  type Request,
  tenantCommand,
} from '../define-command.js';

const changed = (events: readonly unknown[]) => ({ changed: events.length > 0 });

/** Made anew for each request, and never stored: see `CreateApiKeyHandler`. */
export interface MintedKey {
  /** sha256, hex, of the secret (HAZARDS A8). */
  readonly secretHash: string;
}

/** Handled by hand (`create-api-key.handler.ts`): its person has to exist. The answer knows no secret. */
export const CreateApiKey = apiKeyCommand<
  typeof requestApiKeySchema,
  MintedKey & { readonly subject: string }
>({
  type: 'CreateApiKey',
  schema: requestApiKeySchema,
  answer: ({ keyId }, events) => {
    const created = events.find((event) => event.type === 'ApiKeyCreated');
    const { subject, label = null, scopes = null, expiresAt } = created?.data ?? {};
    return { keyId, person: subject, label, scopes, expiresAt };
  },
});

export const RevokeApiKey = apiKeyCommand({
  type: 'RevokeApiKey',
  schema: revokeApiKeySchema,
  answer: ({ keyId }: ApiKeyRequest<unknown>, events: readonly ApiKeyEvent[]) => ({
    keyId,
    ...changed(events),
  }),
});

const ofPrincipal = ({ subject }: PrincipalRequest<unknown>, events: readonly PrincipalEvent[]) => ({
  subject,
  ...changed(events),
});

export const CreatePrincipal = principalCommand({
  type: 'CreatePrincipal',
  schema: createPrincipalSchema,
  creates: true,
  answer: ofPrincipal,
});

export const ChangeRoles = principalCommand({
  type: 'ChangeRoles',
  schema: changeRolesSchema,
  answer: ofPrincipal,
});

export const SuspendPrincipal = principalCommand({
  type: 'SuspendPrincipal',
  schema: suspendPrincipalSchema,
  answer: ofPrincipal,
});

export const RestorePrincipal = principalCommand({
  type: 'RestorePrincipal',
  schema: restorePrincipalSchema,
  answer: ofPrincipal,
});

const ofTenant = ({ context }: Request<unknown>, events: readonly unknown[]) => ({
  tenantId: context.tenantId,
  ...changed(events),
});

/** Handled by hand (`create-tenant.handler.ts`): its first administrator is there before it is. */
export const CreateTenant = tenantCommand<typeof createTenantSchema, MintedKey>({
  type: 'CreateTenant',
  schema: createTenantSchema,
  answer: (request, events) => ({ ...ofTenant(request, events), name: request.body.name }),
});

export const SuspendTenant = tenantCommand({
  type: 'SuspendTenant',
  schema: suspendTenantSchema,
  answer: ofTenant,
});

export const RestoreTenant = tenantCommand({
  type: 'RestoreTenant',
  schema: restoreTenantSchema,
  answer: ofTenant,
});

export const SetTenantReviewPolicy = tenantCommand({
  type: 'SetTenantReviewPolicy',
  schema: tenantReviewPolicySchema,
  answer: (request, events) => ({ ...ofTenant(request, events), reviewPolicy: request.body }),
});

/** Those whose handler is made by `handlerOf`. */
export const plainIdentityCommands = [
  RevokeApiKey,
  CreatePrincipal,
  ChangeRoles,
  SuspendPrincipal,
  RestorePrincipal,
  SuspendTenant,
  RestoreTenant,
  SetTenantReviewPolicy,
];
