import { createHash } from 'node:crypto';
import type { BrandConfig } from '../config/tenants/brand.config.js';
import { type Logo, readLogo } from '../config/logo-file.js';

/** A logo as it is served: `file` is its name below the tenant, `version` changes with its content. */
export interface ServedLogo extends Logo {
  readonly file: string;
  readonly version: string;
}

/** The name, logo and colour of the organisation. The logo is read once; a changed file needs a restart. */
export class Brand {
  readonly name: string | undefined;
  /** `#rrggbb`. */
  readonly color: string | undefined;
  readonly logo: ServedLogo | undefined;

  constructor({ name, color, logoFile }: BrandConfig) {
    this.name = name;
    this.color = color?.toLowerCase();
    const logo = logoFile === undefined ? undefined : readLogo(logoFile);
    // The configuration was checked a moment ago: a file that has gone since then costs the logo, not the start.
    this.logo = logo === undefined || typeof logo === 'string' ? undefined : served(logo);
  }
}

function served(logo: Logo): ServedLogo {
  const version = createHash('sha256').update(logo.bytes).digest('hex').slice(0, 12);
  return { ...logo, file: `logo.${logo.extension}`, version };
}
