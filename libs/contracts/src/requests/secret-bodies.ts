import { describeSecretSchema, secretName, setSecretSchema, text } from '@stemma/domain';
import { z } from 'zod';
import { limitParameter } from './parameters.js';

export const setSecretBody = setSecretSchema;
export const describeSecretBody = describeSecretSchema;

export const secretParameter = secretName.describe('The name of the secret, as scripts know it');

export const listSecretsQuery = z.strictObject({
  after: secretName.optional().describe('`next` of the page before'),
  limit: limitParameter,
});

export const removeSecretQuery = z.strictObject({
  reason: text(2_000).optional().describe('Why, for the history'),
});
