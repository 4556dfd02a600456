import { MethodNotAllowedException } from '@nestjs/common';
import type { Response } from 'express';

/** For an address that exists, though not for this method (RFC 9110 §15.5.6: `Allow` says which). */
export function refuseMethod(res: Response, allowed: string): never {
  res.setHeader('Allow', allowed);
  throw new MethodNotAllowedException(`This address takes ${allowed}.`);
}
