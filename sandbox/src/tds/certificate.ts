import { createSecureContext, type SecureContext } from 'node:tls';
import { generate } from 'selfsigned';

export interface CertificatePair {
  /** PEM texts. */
  readonly key: string;
  readonly cert: string;
}

/** Makes a certificate for localhost that is used until the process ends. */
export async function makeCertificate(): Promise<CertificatePair> {
  const made = await generate([{ name: 'commonName', value: 'localhost' }], {
    keyType: 'ec',
    algorithm: 'sha256',
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: 2, value: 'localhost' },
          { type: 7, ip: '127.0.0.1' },
          { type: 7, ip: '::1' },
        ],
      },
    ],
  });
  return { key: made.private, cert: made.cert };
}

export function secureContextOf({ key, cert }: CertificatePair): SecureContext {
  // TLS 1.3 sends session tickets after the handshake, outside of the TDS packets around it: MS-TDS uses 1.2.
  return createSecureContext({ key, cert, maxVersion: 'TLSv1.2' });
}
