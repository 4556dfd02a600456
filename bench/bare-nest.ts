import 'reflect-metadata';
import { Body, Controller, HttpCode, Module, Post } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';

// The reference for tools-list.ts: a plain Nest route over Express that returns the same JSON as tools/list.
const ANSWER = JSON.parse(process.env.BENCH_ANSWER ?? '{}') as object;

@Controller()
class BareController {
  @Post('demo/sse')
  @HttpCode(200)
  answer(@Body() _body: object): object {
    return ANSWER;
  }
}

@Module({ controllers: [BareController] })
class BareModule {}

const app = await NestFactory.create(BareModule, { logger: false });
await app.listen(Number(process.env.SERVER_PORT), '127.0.0.1');
