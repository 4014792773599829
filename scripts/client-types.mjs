import openapiTS, { astToString } from 'openapi-typescript';

/**
 * The types of the HTTP client, from the OpenAPI document.
 *
 * @param {string} document JSON
 * @returns {Promise<string>} a TypeScript module
 */
export async function clientTypes(document) {
  const options = { alphabetize: true, defaultNonNullable: false, immutable: true };
  const nodes = await openapiTS(document, options);
  return `/** Made from docs/openapi.json by \`npm run -s openapi\`; do not edit it by hand. */\n${astToString(nodes)}`;
}

/**
 * Where each operation of the HTTP client lies, by its id.
 *
 * @param {string} document JSON
 * @returns {string} a TypeScript module
 */
export function clientRoutes(document) {
  const routes = Object.entries(JSON.parse(document).paths)
    .flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, operation]) => routeOf(path, method, operation)),
    )
    .sort(({ id: a }, { id: b }) => (a < b ? -1 : 1));
  const lines = routes.map(({ id, ...route }) => `  ${id}: ${JSON.stringify(route)},`);
  return [
    '/** Made from docs/openapi.json by `npm run -s openapi`; do not edit it by hand. */',
    'export const routes = {',
    ...lines,
    '} as const;',
    '',
  ].join('\n');
}

function routeOf(path, method, { operationId: id, parameters = [] }) {
  const takes = (header) => parameters.some(({ in: where, name }) => where === 'header' && name === header);
  return {
    id,
    method: method.toUpperCase(),
    path,
    command: takes('Idempotency-Key'),
    waits: takes('Stemma-Min-Position'),
  };
}
