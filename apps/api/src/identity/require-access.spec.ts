import { describe, expect, it } from '@jest/globals';
import { Controller, Get, Module } from '@nestjs/common';
import { DiscoveryModule, NestFactory } from '@nestjs/core';
import { Public, Requires } from './declare.js';
import { RequireAccess } from './require-access.js';

@Controller('good')
class GoodController {
  @Get()
  @Public('open')
  open() {
    return 'x';
  }

  @Get('closed')
  @Requires('script:read', 'closed')
  closed() {
    return this.helper();
  }

  helper() {
    return 'y';
  }
}

@Controller('bad')
class BadController {
  @Get()
  forgotten() {
    return 'x';
  }
}

@Module({ imports: [DiscoveryModule], controllers: [GoodController], providers: [RequireAccess] })
class GoodModule {}

@Module({
  imports: [DiscoveryModule],
  controllers: [GoodController, BadController],
  providers: [RequireAccess],
})
class BadModule {}

const start = async (module: object) =>
  NestFactory.createApplicationContext(module, { logger: false, abortOnError: false });

describe('A1 a process', () => {
  it('starts when every handler declares its access', async () => {
    const app = await start(GoodModule);
    await expect(app.close()).resolves.toBeUndefined();
  });

  it('does not start when one was forgotten, and says which', async () => {
    await expect(start(BadModule)).rejects.toThrow('BadController.forgotten');
  });
});
