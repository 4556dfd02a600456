import { Injectable } from '@nestjs/common';
import type { RpcMethod } from '../protocol/rpc-method.js';

@Injectable()
export class PingMethod implements RpcMethod {
  readonly name = 'ping';

  handle(): object {
    return {};
  }
}
