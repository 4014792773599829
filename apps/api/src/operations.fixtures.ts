import { describeApi } from './describe-api.js';

/** An operation as the OpenAPI document declares it. */
export interface DeclaredOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  /** The permission, or `public`. */
  readonly access: string;
  readonly needsBody: boolean;
  /** What a body is sent as; absent when there is none. */
  readonly mediaType: string | undefined;
}

interface Declared {
  readonly operationId: string;
  readonly 'x-access': string;
  readonly requestBody?: { readonly required?: boolean; readonly content: Readonly<Record<string, unknown>> };
}

/** Every operation there is: what is generated from this list includes those that are added later. */
export async function declaredOperations(): Promise<readonly DeclaredOperation[]> {
  const { paths } = await describeApi();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods as Readonly<Record<string, Declared>>).map(([method, declared]) => ({
      id: declared.operationId,
      method: method.toUpperCase(),
      path,
      access: declared['x-access'],
      needsBody: declared.requestBody?.required ?? false,
      mediaType: Object.keys(declared.requestBody?.content ?? {})[0],
    })),
  );
}
