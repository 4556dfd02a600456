// Makes kubernetes.json, in an empty directory with the packages that README.md names:
//   node make-kubernetes.mjs node_modules > kubernetes.json
// Their interfaces are generated from Kubernetes' OpenAPI document and from CRDs; this turns
// those of our kinds, and what they refer to, back into JSON Schema, without the descriptions.
import path from 'node:path';
import ts from 'typescript';

const modules = path.resolve(process.argv[2]);
const KINDS = {
  'v1/Service': 'kubernetes-models/v1/Service',
  'apps/v1/Deployment': 'kubernetes-models/apps/v1/Deployment',
  'apps/v1/StatefulSet': 'kubernetes-models/apps/v1/StatefulSet',
  'autoscaling/v2/HorizontalPodAutoscaler': 'kubernetes-models/autoscaling/v2/HorizontalPodAutoscaler',
  'networking.k8s.io/v1/Ingress': 'kubernetes-models/networking.k8s.io/v1/Ingress',
  'networking.k8s.io/v1/NetworkPolicy': 'kubernetes-models/networking.k8s.io/v1/NetworkPolicy',
  'policy/v1/PodDisruptionBudget': 'kubernetes-models/policy/v1/PodDisruptionBudget',
  'gateway.networking.k8s.io/v1/HTTPRoute': '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1/HTTPRoute',
  'monitoring.coreos.com/v1/ServiceMonitor':
    '@kubernetes-models/prometheus-operator/monitoring.coreos.com/v1/ServiceMonitor',
};

const files = Object.values(KINDS).map(file => path.join(modules, `${file}.d.ts`));
const program = ts.createProgram(files, {
  module: ts.ModuleKind.NodeNext,
  moduleResolution: ts.ModuleResolutionKind.NodeNext,
  strict: true,
});
const checker = program.getTypeChecker();
const $defs = {};

function schemaOf(type) {
  if (type.flags & ts.TypeFlags.Any || type.flags & ts.TypeFlags.Unknown) return {};
  if (type.isStringLiteral()) return { const: type.value };
  if (type.isUnion()) return unionOf(type.types.filter(part => !(part.flags & ts.TypeFlags.Undefined)));
  if (type.flags & ts.TypeFlags.StringLike) return { type: 'string' };
  // None of these kinds has a fraction; OpenAPI's int32 and int64 became `number`.
  if (type.flags & ts.TypeFlags.NumberLike) return { type: 'integer' };
  if (type.flags & ts.TypeFlags.BooleanLike) return { type: 'boolean' };
  if (type.flags & ts.TypeFlags.Null) return { type: 'null' };
  if (checker.isArrayType(type)) return { type: 'array', items: schemaOf(checker.getTypeArguments(type)[0]) };
  const name = type.aliasSymbol?.name ?? type.symbol?.name ?? '__type';
  if (name === '__type') return objectOf(type);
  // Interfaces of one name stand in several API groups: the file tells them apart.
  const [declaration] = type.symbol.declarations;
  const where = path.relative(modules, declaration.getSourceFile().fileName).replace(/\.d\.ts$/, '');
  if (!(where in $defs)) {
    $defs[where] = {};
    $defs[where] = objectOf(type);
  }
  return { $ref: `#/$defs/${where.replaceAll('~', '~0').replaceAll('/', '~1')}` };
}

function unionOf(parts) {
  if (parts.length === 1) return schemaOf(parts[0]);
  if (parts.every(part => part.isStringLiteral())) return { enum: parts.map(part => part.value).sort() };
  if (parts.every(part => part.flags & ts.TypeFlags.BooleanLike)) return { type: 'boolean' };
  return { anyOf: parts.map(schemaOf) };
}

function objectOf(type) {
  const index = type.getStringIndexType();
  const properties = {};
  const required = [];
  for (const property of type.getProperties().toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    properties[property.name] = schemaOf(checker.getTypeOfSymbol(property));
    if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name);
  }
  return {
    type: 'object',
    ...(Object.keys(properties).length === 0 ? {} : { properties }),
    ...(required.length === 0 ? {} : { required }),
    additionalProperties: index === undefined ? Object.keys(properties).length === 0 : schemaOf(index),
  };
}

const kinds = {};
for (const [kind, file] of Object.entries(KINDS)) {
  const source = program.getSourceFile(path.join(modules, `${file}.d.ts`));
  const found = checker
    .getExportsOfModule(checker.getSymbolAtLocation(source))
    .find(symbol => symbol.name === `I${path.basename(kind)}`);
  kinds[kind] = schemaOf(checker.getDeclaredTypeOfSymbol(found));
}
const sorted = Object.fromEntries(Object.entries($defs).sort(([a], [b]) => (a < b ? -1 : 1)));
process.stdout.write(`${JSON.stringify({ kinds, $defs: sorted }, null, 2)}\n`);
