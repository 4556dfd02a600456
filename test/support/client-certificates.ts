import { execFile } from 'node:child_process';
import { X509Certificate } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import path from 'node:path';
import { Readable } from 'node:stream';
import { promisify } from 'node:util';

const run = promisify(execFile);
const EC = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];

export interface ClientCertificate {
  /** The certificate and what leads from it to the authority. */
  readonly cert: string;
  readonly key: string;
  /** SHA-1 in lower-case hex, as nginx writes it. */
  readonly fingerprint: string;
}

/** A certificate authority with one intermediate, made by openssl in `directory`. */
export class ClientAuthority {
  private constructor(
    private readonly directory: string,
    private readonly name: string,
  ) {}

  /** The file with the authority's own certificate. */
  get caFile(): string {
    return this.file('root.pem');
  }

  static async create(directory: string, name: string): Promise<ClientAuthority> {
    const authority = new ClientAuthority(directory, name);
    await run('openssl', [
      ...['req', '-x509', ...EC, '-days', '2', '-subj', `/CN=${name} root`],
      ...['-keyout', authority.file('root.key'), '-out', authority.caFile],
    ]);
    await authority.sign('intermediate', 'root', 'basicConstraints=critical,CA:TRUE');
    return authority;
  }

  /** A certificate of a client, signed by the intermediate. */
  async issue(client: string, validity: 'valid' | 'expired' = 'valid'): Promise<ClientCertificate> {
    await this.sign(client, 'intermediate', 'extendedKeyUsage=clientAuth', validity === 'valid' ? 2 : 0);
    const leaf = this.read(`${client}.pem`);
    return {
      cert: leaf + this.read('intermediate.pem'),
      key: this.read(`${client}.key`),
      fingerprint: new X509Certificate(leaf).fingerprint.replaceAll(':', '').toLowerCase(),
    };
  }

  private async sign(subject: string, issuer: string, extension: string, days = 2): Promise<void> {
    const request = this.file(`${subject}.csr`);
    await run('openssl', [
      ...['req', '-new', ...EC, '-subj', `/CN=${this.name} ${subject}`],
      ...['-keyout', this.file(`${subject}.key`), '-out', request],
    ]);
    writeFileSync(this.file(`${subject}.ext`), extension);
    await run('openssl', [
      ...['x509', '-req', '-in', request, '-days', String(days), '-extfile', this.file(`${subject}.ext`)],
      ...['-CA', this.file(`${issuer}.pem`), '-CAkey', this.file(`${issuer}.key`), '-CAcreateserial'],
      ...['-out', this.file(`${subject}.pem`)],
    ]);
  }

  private file(name: string): string {
    return path.join(this.directory, `${this.name}-${name}`);
  }

  private read(name: string): string {
    return readFileSync(this.file(name), 'utf8');
  }
}

/** `fetch` by a program that presents a certificate; Node's own can't without another package. */
export function certifiedFetch({ cert, key }: ClientCertificate): typeof fetch {
  return async (input, init) => {
    const request = new Request(input, init);
    const body = Buffer.from(await request.arrayBuffer());
    const headers = Object.fromEntries(request.headers);
    return new Promise((resolve, reject) => {
      const sent = https.request(
        request.url,
        { method: request.method, headers, cert, key, agent: false, signal: request.signal },
        reply => {
          const status = reply.statusCode ?? 0;
          const content = [204, 304].includes(status) ? null : (Readable.toWeb(reply) as ReadableStream);
          resolve(new Response(content, { status, headers: reply.headers as Record<string, string> }));
        },
      );
      sent.on('error', reject).end(body);
    });
  };
}
