import { Injectable } from '@nestjs/common';
import { ClientsService } from '../clients.service.js';
import type { Exchange } from '../exchange.js';
import { invalidParams } from '../json-rpc/rpc.error.js';
import { isLogLevel } from '../log-levels.js';
import type { RpcMethod } from '../rpc-method.js';

@Injectable()
export class SetLogLevelMethod implements RpcMethod {
  readonly name = 'logging/setLevel';

  constructor(private readonly clients: ClientsService) {}

  async handle({ params, caller }: Exchange): Promise<object> {
    const { level } = params;
    if (!isLogLevel(level)) throw invalidParams('level must be one of the eight levels of RFC 5424.');
    await this.clients.remember(caller.clientKey, () => ({ logLevel: level }));
    return {};
  }
}
