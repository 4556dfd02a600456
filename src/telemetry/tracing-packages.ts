import { TRACING_PACKAGES } from '../common/version.js';

/**
 * What to install when packages for tracing are missing; undefined when all of them are there. They are optional, because
 * they would be a fifth of the installed size (docs/command.md).
 */
export function missingPackages(packages: Readonly<Record<string, string>> = TRACING_PACKAGES): string | undefined {
  const missing = Object.entries(packages).filter(([name]) => !isInstalled(name));
  if (missing.length === 0) return undefined;
  const names = missing.map(([name, version]) => `${name}@${version}`).join(' ');
  return `The OTEL_… variables ask for traces, and the packages for tracing are not installed. Install them beside this package, or set OTEL_SDK_DISABLED=true: npm install ${names}`;
}

function isInstalled(name: string): boolean {
  try {
    import.meta.resolve(name);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return false;
    throw error;
  }
}
