import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Inject, Injectable, type OnApplicationBootstrap, type OnApplicationShutdown } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { logger } from '../common/log.js';
import { metricsConfig } from '../config/namespaces/metrics.config.js';
import { MetricsService } from './metrics.service.js';

const log = logger('metrics');

/** Serves `GET /metrics` on a separate port, which a proxy does not publish. */
@Injectable()
export class MetricsServer implements OnApplicationBootstrap, OnApplicationShutdown {
  private server: Server | undefined;

  constructor(
    @Inject(metricsConfig.KEY) private readonly config: ConfigType<typeof metricsConfig>,
    private readonly metrics: MetricsService,
  ) {}

  /** The port that the server listens on; undefined if it could not be used. */
  get port(): number | undefined {
    return (this.server?.address() as AddressInfo | null | undefined)?.port;
  }

  /** If the port can't be used, the application starts without metrics. */
  async onApplicationBootstrap(): Promise<void> {
    const server = createServer((req, res) => void this.handle(req, res));
    server.requestTimeout = 10_000;
    await new Promise<void>(resolve => {
      server.once('error', error => {
        log.error(
          { err: error, port: this.config.metricsPort },
          'there are no metrics, because their port cannot be used',
        );
        resolve();
      });
      server.listen(this.config.metricsPort, this.config.metricsHost, () => {
        this.server = server;
        resolve();
      });
    });
  }

  async onApplicationShutdown(): Promise<void> {
    const { server } = this;
    if (server === undefined) return;
    server.closeAllConnections();
    await new Promise(resolve => server.close(resolve));
  }

  private async handle(req: IncomingMessage, res: ServerResponse): Promise<void> {
    if (req.url?.split('?')[0] !== '/metrics' || (req.method !== 'GET' && req.method !== 'HEAD')) {
      res.writeHead(404, { 'content-type': 'application/json' }).end('{"error":"NOT_FOUND"}');
      return;
    }
    try {
      const { contentType, body } = await this.metrics.render();
      res.writeHead(200, { 'content-type': contentType }).end(req.method === 'HEAD' ? undefined : body);
    } catch (error) {
      log.error({ err: error }, 'the metrics could not be rendered');
      res.writeHead(500).end();
    }
  }
}
