import type { INestApplication } from '@nestjs/common';
import { DocumentBuilder, type OpenAPIObject, SwaggerModule } from '@nestjs/swagger';
import { componentSchemas } from './schema-names.js';

/** The OpenAPI document, made from the declarations of the handlers and the schemas of contracts. */
export function openApiOf(app: INestApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Stemma')
    .setDescription(
      'Scripts as immutable versions, led from draft to active. Every error is a problem (RFC 9457).',
    )
    .setVersion('1')
    .addBearerAuth({ type: 'http', scheme: 'bearer', bearerFormat: 'stm_<keyId>_<secret>' }, 'key')
    .build();
  const document = SwaggerModule.createDocument(app, config);
  const schemas = componentSchemas() as NonNullable<OpenAPIObject['components']>['schemas'];
  const paths = Object.fromEntries(Object.entries(document.paths).sort(([a], [b]) => (a < b ? -1 : 1)));
  return { ...document, paths, components: { ...document.components, ...(schemas && { schemas }) } };
}

/** Where the documentation is; public. */
export const DOCS = '/docs';

/** Serves the document at /docs/openapi.json and a page to read it at /docs. */
export function serveDocs(app: INestApplication): void {
  SwaggerModule.setup('docs', app, () => openApiOf(app), {
    jsonDocumentUrl: 'docs/openapi.json',
    yamlDocumentUrl: 'docs/openapi.yaml',
    customSiteTitle: 'Stemma',
  });
}
