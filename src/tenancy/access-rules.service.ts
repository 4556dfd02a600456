import { Inject, Injectable } from '@nestjs/common';
import type { ConfigType } from '@nestjs/config';
import { logger } from '../common/log.js';
import { ConfigError } from '../config/faults.js';
import { tenantsConfig } from '../config/namespaces/tenants.config.js';
import type { AccessRuleConfig, TenantConfig } from '../config/tenants/tenant.config.js';
import type { TenantsFile } from '../config/tenants/tenants-file.js';
import { applyRules, ignoredChanges, widenedTenants } from './access-rules-change.js';

export type AccessRules = readonly AccessRuleConfig[] | undefined;

/** Finds faults that need more than the file, such as the name of a tool that does not exist. */
export type AccessCheck = (tenant: Pick<TenantConfig, 'name' | 'tools' | 'access'>) => readonly string[];

/** What became of a changed TENANTS_FILE. */
export interface Reload {
  /** Full sentences; none when the rules were taken. */
  readonly faults: readonly string[];
}

const log = logger('tenants');

/**
 * The access rules that hold now. They are the only settings of TENANTS_FILE that change without a restart: a changed
 * file is read at the next request, checked as a whole, and its rules replace the earlier ones; when it has a fault, the
 * earlier rules stay.
 */
@Injectable()
export class AccessRulesService {
  private readonly file: TenantsFile | undefined;
  private readonly checks: AccessCheck[] = [];
  private readonly listeners: ((reload: Reload) => void)[] = [];
  private rules: ReadonlyMap<string, AccessRules>;
  private lastFaults: readonly string[] = [];

  constructor(@Inject(tenantsConfig.KEY) private readonly config: ConfigType<typeof tenantsConfig>) {
    this.file = config.tenantsFile;
    this.rules = new Map(config.tenants.map(({ name, access }) => [name, access]));
  }

  /** The same list as long as nothing changed: whoever caches a decision compares it. Undefined: there are no rules. */
  of(tenant: TenantConfig): AccessRules {
    this.refresh();
    // A lone tenant that took its proxy's path has no entry of its name, and no file.
    return this.rules.has(tenant.name) ? this.rules.get(tenant.name) : tenant.access;
  }

  /** The faults of the file's last version; none when its rules hold. */
  faults(): readonly string[] {
    this.refresh();
    return this.lastFaults;
  }

  addCheck(check: AccessCheck): void {
    this.checks.push(check);
  }

  onReload(listener: (reload: Reload) => void): void {
    this.listeners.push(listener);
  }

  private refresh(): void {
    if (this.file?.hasChanged() !== true) return;
    this.lastFaults = this.reload(this.file);
    for (const listener of this.listeners) listener({ faults: this.lastFaults });
  }

  private reload(file: TenantsFile): readonly string[] {
    try {
      const tenants = file.read();
      const faults = [
        ...tenants.flatMap(tenant => this.checks.flatMap(check => check(tenant))),
        ...widenedTenants(this.rules, tenants),
      ];
      if (faults.length > 0) throw new ConfigError(faults);
      this.rules = applyRules(this.rules, tenants);
      const ignored = ignoredChanges(this.config.tenants, tenants);
      log.info('TENANTS_FILE has changed; its access rules hold from now on');
      if (ignored.length > 0) log.warn({ ignored }, 'these changes of TENANTS_FILE have no effect until a restart');
      return [];
    } catch (error) {
      const faults = error instanceof ConfigError ? error.faults : ['TENANTS_FILE cannot be checked.'];
      log.error({ err: error, faults }, 'TENANTS_FILE has changed and has faults; the earlier access rules stay');
      return faults;
    }
  }
}
