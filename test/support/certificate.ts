import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import path from 'node:path';
import tls from 'node:tls';
import { promisify } from 'node:util';

/** Makes a self-signed certificate for `name` in `directory`, in nginx's format. This process trusts it from now on. */
export async function trustedCertificate(directory: string, name: string): Promise<void> {
  const kind = isIP(name) === 0 ? 'DNS' : 'IP';
  const certificate = path.join(directory, 'fullchain.pem');
  await promisify(execFile)('openssl', [
    ...`req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=${name} -addext subjectAltName=${kind}:${name}`.split(
      ' ',
    ),
    ...['-keyout', path.join(directory, 'privkey.pem'), '-out', certificate],
  ]);
  tls.setDefaultCACertificates([...tls.getCACertificates('default'), readFileSync(certificate, 'utf8')]);
}
