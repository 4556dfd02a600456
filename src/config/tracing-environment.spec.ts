import { mkdtempSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { readTracing } from './tracing-environment.js';

const NO_FILE = '/nowhere/.env';
const OTEL_EXPORTER_OTLP_ENDPOINT = 'http://collector:4318';

describe('tracing', () => {
  it.each([
    [{}],
    [{ OTEL_SERVICE_NAME: 'a' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'true' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_TRACES_EXPORTER: 'none' }],
    [{ OTEL_TRACES_EXPORTER: 'console' }],
  ])('is off with %j', env => {
    expect(readTracing(env, NO_FILE)).toBeUndefined();
  });

  it.each([
    [{ OTEL_EXPORTER_OTLP_ENDPOINT }],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT, OTEL_SDK_DISABLED: 'false' }],
  ])('is on with %j', env => {
    expect(readTracing(env, NO_FILE)).toEqual({ serviceName: 'mssql-mcp-server' });
  });

  it('reads OTEL_… from .env as well; the variables of the process win', () => {
    const file = path.join(mkdtempSync(path.join(os.tmpdir(), 'mcp-env-')), '.env');
    writeFileSync(
      file,
      `OTEL_EXPORTER_OTLP_ENDPOINT=${OTEL_EXPORTER_OTLP_ENDPOINT}\nOTEL_SERVICE_NAME=file\nOTHER=1\n`,
    );
    const env = { OTEL_SERVICE_NAME: 'real' };
    expect(readTracing(env, file)).toEqual({ serviceName: 'real' });
    expect(env).toEqual({ OTEL_SERVICE_NAME: 'real', OTEL_EXPORTER_OTLP_ENDPOINT });
  });
});
