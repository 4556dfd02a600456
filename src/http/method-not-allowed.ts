import { MethodNotAllowedException } from '@nestjs/common';
import type { Response } from 'express';

/** The path is there, and `Allow` says for what (RFC 9110 §15.5.6). For a controller's last route, `@All`. */
export function methodNotAllowed(res: Response, allow: string, message = `Only ${allow} can be used here.`): never {
  res.setHeader('Allow', allow);
  throw new MethodNotAllowedException(message);
}
