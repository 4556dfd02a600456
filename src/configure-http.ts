import type { Server } from 'node:http';
import type { Express, RequestHandler } from 'express';
import type { NestExpressApplication } from '@nestjs/platform-express';
import { AppErrorFilter } from './http/app-error.filter.js';
import { addressList } from './http/address-list.js';
import { trustProxy } from './http/client-address.js';
import { clientCertificate } from './http/client-certificate.js';
import { requestLog } from './http/request-log.js';
import { type HttpConfig, httpConfig } from './config/namespaces/http.config.js';
import { type LogConfig, logConfig } from './config/namespaces/log.config.js';
import { MetricsService } from './metrics/metrics.service.js';
import { requestDurations } from './metrics/request-durations.js';
import { oauthHandler } from './oauth/authorization-server/provider/oauth.http.js';
import { hostMiddleware } from './http/host.middleware.js';
import { certificateMiddleware } from './tenancy/certificate.middleware.js';
import { tenantMiddleware } from './tenancy/tenant.middleware.js';
import { TenantsService } from './tenancy/tenants.service.js';

/** Longer than a proxy keeps an idle connection (nginx: 60 s), so that the proxy closes it first and no request meets a closed socket. */
const KEEP_ALIVE_MS = 75_000;
const HEADERS_TIMEOUT_MS = 30_000;
/** For a request with its body; responses and streams are not limited by it. */
const REQUEST_TIMEOUT_MS = 60_000;

/** Installs everything in front of Nest's routes, in order. `serve.ts` and every end-to-end test call it. */
export function configureHttp(app: NestExpressApplication): void {
  const http = app.get<HttpConfig>(httpConfig.KEY);
  const { logLevel } = app.get<LogConfig>(logConfig.KEY);
  // /DEMO is not /demo, and /demo/SSE is not /demo/sse: guards and middleware compare paths exactly.
  // Nest's adapter makes the router before anybody can set "case sensitive routing", and express reads it only then.
  const { router } = app.getHttpAdapter().getInstance() as Express;
  (router as { caseSensitive?: boolean }).caseSensitive = true;
  app.set('query parser', 'simple');
  app.disable('x-powered-by');
  app.set('trust proxy', trustProxy(addressList(http.trustedProxies)));
  if (logLevel === 'debug' || logLevel === 'trace') app.use(requestLog);
  app.use(clientCertificate(http.trustedProxies));
  app.use(tenantMiddleware(app.get(TenantsService), http.trustedProxies));
  app.use(requestDurations(app.get(MetricsService)));
  app.use(hostMiddleware(http.publicUrl));
  app.use(responseHeaders(app.getHttpServer()));
  app.use(certificateMiddleware);
  app.use(oauthHandler(app));
  app.useGlobalFilters(new AppErrorFilter());
  const server = app.getHttpServer();
  server.keepAliveTimeout = KEEP_ALIVE_MS;
  server.headersTimeout = HEADERS_TIMEOUT_MS;
  server.requestTimeout = REQUEST_TIMEOUT_MS;
}

function responseHeaders(server: Server): RequestHandler {
  return (_req, res, next) => {
    res.setHeader('X-Content-Type-Options', 'nosniff');
    res.setHeader('Referrer-Policy', 'no-referrer');
    // The port is closed (serve.ts, "drain"): a proxy that kept this connection for its next request would lose it.
    if (!server.listening) res.setHeader('Connection', 'close');
    next();
  };
}
