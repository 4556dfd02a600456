import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
// The draft of the compose specification.
import { Ajv2020 } from 'ajv/dist/2020.js';
import { parse } from 'yaml';
import { baseManifests, faultsOf, type Manifest } from '../support/kubernetes.js';

// test/schemas/README.md names the sources of the schemas.
const SCHEMAS = path.resolve('test', 'schemas');
const DOCKER = path.resolve('docker');

const yaml = <T>(...file: string[]) => parse(readFileSync(path.join(...file), 'utf8'), { merge: true }) as T;
const manifests = baseManifests();
/** Replaces the Ingress: docker/kubernetes/components/gateway. */
const route = yaml<Manifest>(DOCKER, 'kubernetes', 'components', 'gateway', 'route.yaml');
const manifest = (kind: string) => manifests.find(found => found.kind === kind) as Manifest;

describe('docker/compose.yaml', () => {
  interface Compose {
    readonly services: Record<
      string,
      {
        image?: string;
        environment?: Record<string, string | null>;
        secrets?: string[];
        volumes?: string[];
        read_only?: boolean;
        cap_drop?: string[];
        command?: string[];
        logging?: { options: Record<string, string> };
        mem_limit?: string;
        healthcheck?: object;
        ports?: string[];
        security_opt?: string[];
      }
    >;
    readonly secrets: Record<string, unknown>;
    readonly volumes: Record<string, unknown>;
  }
  const compose = yaml<Compose>(DOCKER, 'compose.yaml');

  it('follows the compose specification', () => {
    const schema = JSON.parse(readFileSync(path.join(SCHEMAS, 'compose-spec.json'), 'utf8')) as object;
    const validate = new Ajv2020({ strict: false, logger: false, validateFormats: false }).compile(schema);
    const { name } = compose as Compose & { readonly name: string };
    expect(name).toMatch(/^[a-z0-9][a-z0-9_-]*$/);
    validate(compose);
    expect(validate.errors ?? []).toEqual([]);
  });

  it('refers only to secrets and volumes that it defines, and to files that exist', () => {
    for (const [name, service] of Object.entries(compose.services)) {
      for (const secret of service.secrets ?? [])
        expect([name, Object.keys(compose.secrets)]).toEqual([name, expect.arrayContaining([secret])]);
      for (const volume of service.volumes ?? []) {
        const [source = ''] = volume.split(':');
        if (source === './config' || source.startsWith('./secrets/')) continue; // the administrator creates them
        if (source.startsWith('.')) expect([source, existsSync(path.join(DOCKER, source))]).toEqual([source, true]);
        else expect(Object.keys(compose.volumes)).toContain(source);
      }
    }
  });

  it('runs the server without privileges that it does not need, and passes secrets as files', () => {
    for (const name of ['server-a', 'server-b']) {
      const service = compose.services[name];
      expect(service).toMatchObject({ read_only: true, cap_drop: ['ALL'], environment: { NODE_ENV: 'production' } });
      const secrets = Object.entries(service?.environment ?? {}).filter(([name]) => /PASSWORD|KEY|SECRET/.test(name));
      expect(secrets).not.toEqual([]);
      for (const secret of secrets) {
        const [variable, value] = secret;
        expect(variable).toMatch(/_FILE$/);
        if (value !== null) expect(value).toMatch(/^(?:\$\{\w+-)?\/run\/secrets\/\w+\}?$/);
      }
    }
  });

  it('passes on every setting of .env.example, secrets as files', () => {
    const example = readFileSync('.env.example', 'utf8');
    const documented = new Set([...example.matchAll(/^#?([A-Za-z]\w+)=/gm)].map(([, name = '']) => name));
    // nginx, the health check and Prometheus reach the server at these.
    for (const fixed of ['SERVER_HOST', 'SERVER_PORT', 'METRICS_PORT']) documented.delete(fixed);
    // Only stdio reads it.
    documented.delete('EXPORT_DIRECTORY');
    const passed = Object.keys(compose.services['server-a']?.environment ?? {});
    expect(documented.size).toBeGreaterThan(50);
    expect([...documented].filter(name => !passed.includes(name) && !passed.includes(`${name}_FILE`))).toEqual([]);
  });

  it('lets nginx’s image render the template, although the command also starts a loop', () => {
    // The image's entrypoint renders templates only for a command whose first word is nginx.
    const command = compose.services['nginx']?.command ?? [];
    expect([command[0], command.at(-1)]).toEqual([
      '/bin/sh',
      expect.stringContaining('exec /docker-entrypoint.sh nginx '),
    ]);
  });

  it('runs scripts that the image has, in the containers that use it', () => {
    const dockerfile = readFileSync(path.join(DOCKER, 'Dockerfile'), 'utf8');
    const scripts = Object.values(compose.services).flatMap(({ command = [] }) =>
      [...command.join(' ').matchAll(/node (scripts\/[\w-]+\.mjs)/g)].map(([, script = '']) => script),
    );
    expect(scripts).toHaveLength(3);
    for (const script of scripts) expect(dockerfile).toContain(script);
  });

  it('limits every container’s log', () => {
    for (const [name, { logging }] of Object.entries(compose.services))
      expect([name, logging?.options['max-size'], logging?.options['max-file']]).toEqual([name, '20m', '5']);
  });

  it('limits every container’s memory, and gives each long-running one a health check', () => {
    // Two containers end by themselves, four sleep between their tasks, and the server's image has its own check.
    const sleeping = ['certbot', 'health-monitor', 'database-backup', 'backup-copy'];
    const unwatched = ['certificate-placeholder', 'sqlserver-sample', ...sleeping, 'server-a', 'server-b'];
    for (const [name, { mem_limit, healthcheck }] of Object.entries(compose.services)) {
      expect([name, mem_limit]).toEqual([name, expect.stringMatching(/^\d+[mg]$/)]);
      expect([name, healthcheck !== undefined && !('disable' in healthcheck)]).toEqual([
        name,
        !unwatched.includes(name),
      ]);
    }
  });

  it('publishes only the ports of nginx to the network', () => {
    for (const [name, { ports = [] }] of Object.entries(compose.services)) {
      const open = ports.filter(port => !port.startsWith('127.0.0.1:'));
      expect([name, open]).toEqual([name, name === 'nginx' ? ['80:8080', '443:8443'] : []]);
    }
  });

  it('gives the servers fixed addresses in the range of the network and of TRUSTED_PROXIES', () => {
    const addresses = ['server-a', 'server-b'].map(name => {
      const { networks } = compose.services[name] as { networks: { internal: { ipv4_address: string } } };
      return networks.internal.ipv4_address;
    });
    expect(new Set(addresses).size).toBe(2);
    for (const address of addresses) expect(address).toMatch(/^172\.30\.8\.(?:[1-9]|1\d)$/);
    expect(compose.services['server-a']?.environment?.['TRUSTED_PROXIES']).toBe('172.30.8.0/24');
  });

  it('sets every variable that nginx’s template uses', () => {
    const template = readFileSync('nginx/templates/default.conf.template', 'utf8');
    const asked = new Set([...template.matchAll(/\$\{([A-Z_]+)\}/g)].map(match => match[1]));
    expect(Object.keys(compose.services['nginx']?.environment ?? {})).toEqual(expect.arrayContaining([...asked]));
  });
});

describe('docker/Dockerfile', () => {
  const dockerfile = readFileSync(path.join(DOCKER, 'Dockerfile'), 'utf8');

  it('copies files that exist and that .dockerignore includes', () => {
    const allowed = readFileSync('.dockerignore', 'utf8')
      .split('\n')
      .filter(line => line.startsWith('!'))
      .map(line => line.slice(1));
    const copied = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(match =>
      (match[1] ?? '').split(' '),
    );
    expect(copied.length).toBeGreaterThan(3);
    for (const source of copied) {
      expect([source, existsSync(source)]).toEqual([source, true]);
      expect([source, allowed.some(rule => source === rule || source.startsWith(`${rule}/`))]).toEqual([source, true]);
    }
  });

  it('runs as an unprivileged user, in production, with a health check', () => {
    expect(dockerfile).toMatch(/^USER node$/m);
    expect(dockerfile).toMatch(/^ENV NODE_ENV=production$/m);
    expect(dockerfile).toMatch(/^HEALTHCHECK .*scripts\/healthcheck\.mjs/m);
  });
});

describe('docker/kubernetes', () => {
  it.each([...manifests, route].map(found => [`${found.kind} ${found.metadata.name}`, found] as const))(
    '%s follows the schema of its kind',
    (_name, found) => {
      expect(faultsOf(found)).toEqual([]);
    },
  );

  it('finds the faults of a manifest that breaks the schema', () => {
    const broken = (change: (deployment: Manifest) => void) => {
      const deployment = structuredClone(manifest('Deployment'));
      change(deployment);
      return faultsOf(deployment).join();
    };
    expect(broken(({ spec }) => (spec.replicas = 'two'))).toMatch(/\/replicas must be integer/);
    expect(broken(({ spec }) => (spec.template.spec.containers[0].readOnly = true))).toMatch(/additional properties/);
    expect(broken(({ spec }) => delete spec.selector)).toMatch(/must have required property 'selector'/);
    expect(broken(({ spec }) => (spec.strategy.type = 'Rolling'))).toMatch(/\/strategy\/type must be equal/);
  });

  it('lets a pod drain within its grace period', () => {
    const { spec } = manifest('Deployment').spec.template;
    const preStop = spec.containers[0].lifecycle.preStop.sleep.seconds as number;
    // serve.ts waits 1 s for the announcement and 25 s for calls in flight.
    expect(spec.terminationGracePeriodSeconds).toBeGreaterThan(preStop + 1 + 25);
  });

  it('probes the process, and never the database for liveness', () => {
    const [container] = manifest('Deployment').spec.template.spec.containers;
    expect(container.livenessProbe.httpGet.path).toBe('/health/live');
    expect(container.readinessProbe.httpGet.path).toBe('/health/ready');
    expect(container.startupProbe.httpGet.path).toBe('/health/live');
  });

  it('runs without root and with a read-only file system, and refers to its secrets', () => {
    const { spec } = manifest('Deployment').spec.template;
    expect(spec.securityContext.runAsNonRoot).toBe(true);
    expect(spec.containers[0].securityContext).toMatchObject({
      readOnlyRootFilesystem: true,
      allowPrivilegeEscalation: false,
    });
    // The autoscaler decides; each apply would reset a number here.
    expect(manifest('Deployment').spec.replicas).toBeUndefined();
    const variables = spec.containers[0].env as { name: string; value?: string }[];
    const secrets = variables.filter(({ name }) => /PASSWORD|KEY/.test(name));
    expect(secrets).not.toEqual([]);
    for (const secret of secrets) {
      expect(secret).toMatchObject({ valueFrom: { secretKeyRef: { name: 'mssql-mcp' } } });
    }
  });

  it('selects the same pods in every manifest', () => {
    const { app } = manifest('Deployment').spec.template.metadata.labels;
    for (const kind of ['Service', 'PodDisruptionBudget', 'ServiceMonitor', 'NetworkPolicy']) {
      const { selector, podSelector } = manifest(kind).spec;
      expect([kind, (selector ?? podSelector).app ?? (selector ?? podSelector).matchLabels.app]).toEqual([kind, app]);
    }
  });

  it('routes a Gateway like the Ingress, without a limit on the duration of streams', () => {
    const [rule] = route.spec.rules;
    const { host, http } = manifest('Ingress').spec.rules[0];
    expect(route.spec.hostnames).toEqual([host]);
    expect(rule.backendRefs[0].name).toBe(http.paths[0].backend.service.name);
    expect(rule.backendRefs[0].port).toBe(
      manifest('Service').spec.ports.find((port: { name: string }) => port.name === 'http').port,
    );
    expect(rule.timeouts).toEqual({ request: '0s', backendRequest: '0s' });
  });

  it('patches only fields that exist', () => {
    const overlay = yaml<{ patches: { target: { kind: string; name: string }; patch: string }[] }>(
      DOCKER,
      'kubernetes',
      'overlays',
      'production',
      'kustomization.yaml',
    );
    expect(overlay.patches).not.toEqual([]);
    for (const { target, patch } of overlay.patches) {
      const found = manifests.find(({ kind, metadata }) => kind === target.kind && metadata.name === target.name);
      for (const { path: pointer } of parse(patch) as { path: string }[]) {
        const value = pointer
          .split('/')
          .slice(1)
          .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], found);
        expect([pointer, value]).toEqual([pointer, expect.anything()]);
      }
    }
  });
});
