import { registerAs } from '@nestjs/config';
import type { Environment } from '../environment.js';
import type { Faults } from '../faults.js';
import { readNamespace, readSettings } from '../read-settings.js';
import { IsOrigins } from '../validation/network.decorators.js';
import { IsWholeNumber } from '../validation/setting.decorators.js';
import { asList, asNumber, Variable } from '../variable.decorator.js';

/** The MCP endpoint. */
export class McpConfig {
  /** Exact origins. PUBLIC_URL and the loopback origins of any port are always allowed. */
  @Variable('ALLOWED_ORIGINS', asList)
  @IsOrigins()
  readonly allowedOrigins: readonly string[] = [
    'https://claude.ai',
    'https://claude.com',
    'https://chatgpt.com',
    'https://vscode.dev',
  ];
  /** Long-lived streams of the process. */
  @Variable('MAX_STREAMS', asNumber) @IsWholeNumber(1, 1_000_000) readonly maxStreams: number = 10_000;
  @Variable('MAX_STREAMS_PER_PRINCIPAL', asNumber)
  @IsWholeNumber(1, 100_000)
  readonly maxStreamsPerPrincipal: number = 32;
}

export function readMcpConfig(env: Environment, faults: Faults): McpConfig {
  return readSettings(McpConfig, env, faults);
}

export const mcpConfig = registerAs('mcp', () => readNamespace(readMcpConfig));
