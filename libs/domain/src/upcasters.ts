/** Data of an event in one version of its schema, made into what the next version has. Pure; what it makes is not stored. */
export interface DomainUpcaster {
  readonly from: { readonly type: string; readonly version: number };
  readonly to: { readonly type: string; readonly version: number };
  readonly upcast: (data: object) => object;
}

/**
 * From the events of old releases to those of this one, wherever they are read. None so far: fields were only added as
 * optional. `schema` in the metadata is the version, 1 when absent.
 */
export const upcasters: readonly DomainUpcaster[] = [];
