import { MethodNotAllowedException } from '@nestjs/common';
import type { Response } from 'express';

/** Answers 405 and names the allowed methods (RFC 9110 §15.5.6). A controller calls it from its last route, `@All`. */
export function methodNotAllowed(res: Response, allow: string, message = `Only ${allow} can be used here.`): never {
  res.setHeader('Allow', allow);
  throw new MethodNotAllowedException(message);
}
