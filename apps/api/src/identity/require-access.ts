import { Injectable, type OnModuleInit } from '@nestjs/common';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { ACCESS } from './declare.js';

/** Where Nest keeps the path of a handler: a method that has one serves requests. */
const PATH = 'path';

/** Lets no process start in which a handler says neither what it asks of its caller nor that it is public (HAZARDS A1). */
@Injectable()
export class RequireAccess implements OnModuleInit {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  onModuleInit(): void {
    const silent = this.discovery.getControllers().flatMap(({ metatype }) => this.silentHandlers(metatype));
    if (silent.length === 0) return;
    throw new Error(`${silent.join(', ')}: declare the access with @Operation({ access: … }) or @Public(…)`);
  }

  private silentHandlers(
    controller: { readonly name: string; readonly prototype?: object } | null | undefined,
  ) {
    const prototype = controller?.prototype as Readonly<Record<string, object>> | undefined;
    if (!controller || !prototype) return [];
    return this.scanner
      .getAllMethodNames(prototype)
      .filter((name) => {
        const method = prototype[name];
        return method && Reflect.hasMetadata(PATH, method) && !Reflect.hasMetadata(ACCESS, method);
      })
      .map((name) => `${controller.name}.${name}`);
  }
}
