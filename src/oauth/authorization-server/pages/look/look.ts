import { createHash } from 'node:crypto';
import { SERVER_NAME } from '../../../../common/version.js';
import type { Brand } from '../../../../tenancy/brand.js';
import type { Tenant } from '../../../../tenancy/tenant.js';
import { FAVICON } from './favicon.js';
import { Markup } from '../html.js';
import { SCRIPT } from './script.js';
import { styleOf } from './style.js';

/** How the pages of one tenant look: whose they are, and where their files are. */
export interface Look {
  /** The organisation, or this server. */
  readonly name: string;
  readonly logo: string | undefined;
  readonly icon: string;
  readonly script: string;
  readonly style: Markup;
  /** For the policy, which allows the only stylesheet by its hash. */
  readonly styleHash: string;
}

const NO_BRAND: Brand = { name: undefined, color: undefined, logo: undefined };
const [FAVICON_VERSION, SCRIPT_VERSION] = [FAVICON, SCRIPT].map(text => sha256(text, 'hex').slice(0, 12));
const looks = new WeakMap<Brand, Look>();

/** `path` is the tenant's: `/demo`, or '' at the root. */
export function lookOf(brand: Brand = NO_BRAND, path = ''): Look {
  let look = looks.get(brand);
  if (look === undefined) looks.set(brand, (look = make(brand, path)));
  return look;
}

export function lookOfTenant(tenant: Tenant | undefined): Look {
  return tenant === undefined ? lookOf() : lookOf(tenant.brand, tenant.path);
}

function make({ name, color, logo }: Brand, path: string): Look {
  const style = styleOf({ color });
  const logoUrl = logo && `${path}/${logo.file}?v=${logo.version}`;
  return {
    name: name ?? SERVER_NAME,
    logo: logoUrl,
    icon: logoUrl ?? `${path}/favicon.svg?v=${FAVICON_VERSION}`,
    script: `${path}/pages.js?v=${SCRIPT_VERSION}`,
    // The element is one piece: white space that a formatter adds would change the hash.
    style: new Markup(`<style>${style}</style>`),
    styleHash: `'sha256-${sha256(style, 'base64')}'`,
  };
}

function sha256(text: string, encoding: 'base64' | 'hex'): string {
  return createHash('sha256').update(text).digest(encoding);
}
