import { addressOf } from './client-address.js';
import { certificateOf } from './client-certificate.js';

/** Where a request came from, in the words of the audit trail. */
export interface CallerFacts {
  readonly remote_address: string;
  readonly client_certificate?: string;
}

export function callerFacts(req: object): CallerFacts {
  const certificate = certificateOf(req);
  return {
    remote_address: addressOf(req),
    ...(certificate === undefined ? {} : { client_certificate: certificate }),
  };
}
