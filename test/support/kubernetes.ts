import { readFileSync } from 'node:fs';
import path from 'node:path';
import { Ajv2019 } from 'ajv/dist/2019.js';
import { parse, parseAllDocuments } from 'yaml';

const BASE = path.resolve('docker', 'kubernetes', 'base');

export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly data?: Readonly<Record<string, string>>;
  // There are manifests of many kinds; each test reads the fields of its kind.
  // eslint-disable-next-line @typescript-eslint/no-explicit-any
  readonly spec: any;
}

/** test/schemas/README.md names the source. */
const schemas = JSON.parse(readFileSync(path.resolve('test', 'schemas', 'kubernetes.json'), 'utf8')) as {
  readonly kinds: Record<string, object>;
  readonly $defs: object;
};

/** The faults of a manifest according to the schema of its kind. */
export function faultsOf(found: Manifest): readonly string[] {
  const kind = schemas.kinds[`${found.apiVersion}/${found.kind}`];
  if (kind === undefined) return [`test/schemas/kubernetes.json has no ${found.apiVersion}/${found.kind}`];
  const ajv = new Ajv2019({ strict: false, logger: false, validateFormats: false });
  const validate = ajv.compile({ ...kind, $defs: schemas.$defs });
  validate(found);
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
}

export function manifestsOf(yaml: string): readonly Manifest[] {
  return parseAllDocuments(yaml)
    .map(document => document.toJS() as Manifest | null)
    .filter(found => found !== null);
}

/** The manifests of docker/kubernetes/base. */
export function baseManifests(): readonly Manifest[] {
  const { resources } = parse(readFileSync(path.join(BASE, 'kustomization.yaml'), 'utf8')) as { resources: string[] };
  return resources.flatMap(file => manifestsOf(readFileSync(path.join(BASE, file), 'utf8')));
}
