import { Injectable } from '@nestjs/common';
import { AppError } from '../../common/app-error.js';
import type { Tenant } from '../../tenancy/tenant.js';
import { TenantsService } from '../../tenancy/tenants.service.js';
import { MachineClients } from '../identity/machine-clients.js';

const AUTHORIZATION_SERVER = 'oauth-authorization-server';
const OPENID_CONFIGURATION = 'openid-configuration';
const PROTECTED_RESOURCE = 'oauth-protected-resource';

/** The discovery documents. They are built from PUBLIC_URL and the tenant; nothing in them comes from a request. */
@Injectable()
export class WellKnownDocuments {
  constructor(
    private readonly tenants: TenantsService,
    private readonly machines: MachineClients,
  ) {}

  /**
   * The document at a path, in every form that clients probe: `/demo/.well-known/X`, `/.well-known/X/demo`,
   * `/.well-known/X/demo/sse`, `/demo/.well-known/X/sse`, `/demo/sse/.well-known/X`, and at the root those of the
   * default tenant. With several tenants there is one exception: `/.well-known/oauth-protected-resource`. Some clients
   * (Qwen, Gemini CLI 0.10) request it before they request the one of their own URL, so a document of the default tenant
   * would send the users of every other tenant to the wrong authorization server (docs/protocol.md, "Discovery").
   * `owner` is the tenant that the tenant middleware found. Throws NOT_FOUND.
   */
  documentAt(path: string, owner: Tenant | undefined): object {
    const document = this.find(path, owner);
    if (document === undefined) throw new AppError('NOT_FOUND', 'There is nothing at this path.');
    return document;
  }

  private find(path: string, owner: Tenant | undefined): object | undefined {
    // A client whose configured URL ends with a slash requests the document with a slash, too.
    const segments = path.replace(/\/$/, '').split('/').slice(1);
    const at = segments.indexOf('.well-known');
    const name = segments[at + 1];
    const rest = [...segments.slice(0, at), ...segments.slice(at + 2)];
    const tenant = owner ?? this.tenants.default;
    if (name === undefined || tenant === undefined) return undefined;
    if (rest[0] === tenant.name && (owner !== undefined || tenant.path === '')) rest.shift();
    const [endpoint, ...more] = rest;
    if (more.length > 0 || (endpoint !== undefined && endpoint !== 'sse' && endpoint !== 'mcp')) return undefined;
    const atRoot = owner === undefined && endpoint === undefined;
    if (atRoot && name === PROTECTED_RESOURCE && this.tenants.all().length > 1) return undefined;
    // A client whose URL has no prefix must find that URL in the document (RFC 9728 §3.3).
    const unprefixed = owner === undefined && endpoint !== undefined && tenant.alsoAtRoot;
    return this.document(name, tenant, `${unprefixed ? '' : tenant.path}/${endpoint ?? 'sse'}`);
  }

  private document(name: string, tenant: Tenant, endpoint: string): object | undefined {
    switch (name) {
      case AUTHORIZATION_SERVER:
        return this.authorizationServer(tenant);
      case OPENID_CONFIGURATION:
        return {
          ...this.authorizationServer(tenant),
          subject_types_supported: ['public'],
          id_token_signing_alg_values_supported: ['ES256'],
          claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'nonce', 'sid'],
        };
      case PROTECTED_RESOURCE:
        return protectedResource(tenant, endpoint);
      default:
        return undefined;
    }
  }

  private authorizationServer(tenant: Tenant): object {
    const hasMachines = this.machines.of(tenant).length > 0;
    return authorizationServer(tenant, hasMachines ? ['client_credentials'] : []);
  }
}

/** RFC 8414 §2. */
function authorizationServer(tenant: Tenant, moreGrants: readonly string[]): object {
  const { issuer } = tenant;
  const methods = ['none', 'client_secret_basic', 'client_secret_post', 'private_key_jwt'];
  const algorithms = ['ES256', 'RS256', 'PS256', 'EdDSA'];
  return {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    registration_endpoint: `${issuer}/register`,
    revocation_endpoint: `${issuer}/revoke`,
    introspection_endpoint: `${issuer}/introspect`,
    jwks_uri: `${issuer}/jwks`,
    scopes_supported: [...tenant.scopes, 'offline_access'],
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', ...moreGrants],
    code_challenge_methods_supported: ['S256'],
    token_endpoint_auth_methods_supported: methods,
    token_endpoint_auth_signing_alg_values_supported: algorithms,
    revocation_endpoint_auth_methods_supported: methods,
    revocation_endpoint_auth_signing_alg_values_supported: algorithms,
    // RFC 7662 §2.1: a public client can't introspect.
    introspection_endpoint_auth_methods_supported: methods.filter(method => method !== 'none'),
    introspection_endpoint_auth_signing_alg_values_supported: algorithms,
    authorization_response_iss_parameter_supported: true,
    client_id_metadata_document_supported: true,
    request_uri_parameter_supported: false,
    service_documentation: `${issuer}/docs`,
    ui_locales_supported: ['en', 'es'],
    protected_resources: tenant.resources,
  };
}

/**
 * RFC 9728 §2. `resource` is the URL that the client used, byte for byte. Clients ask for every scope listed here, so
 * offline_access isn't among them (MCP 2026-07-28, authorization).
 */
function protectedResource(tenant: Tenant, endpoint: string): object {
  return {
    resource: tenant.origin + endpoint,
    authorization_servers: [tenant.issuer],
    scopes_supported: tenant.scopes,
    bearer_methods_supported: ['header'],
    resource_name: `MSSQL MCP Server: ${tenant.config.database.database} (${tenant.name})`,
    resource_documentation: `${tenant.issuer}/docs`,
  };
}
