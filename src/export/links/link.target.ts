import { Injectable } from '@nestjs/common';
import type { CallContext } from '../../database/call-context.js';
import type { ExportOrder } from '../export-order.js';
import type { ExportTarget, LinkDelivery } from '../export-target.js';
import { ExportLinks } from './export-links.js';

/** Answers with a link, and runs nothing: the statement runs when its person fetches the file. */
@Injectable()
export class LinkTarget implements ExportTarget {
  constructor(private readonly links: ExportLinks) {}

  async deliver(order: ExportOrder, call: CallContext): Promise<LinkDelivery> {
    const { id, fileName, format, expiresAt } = await this.links.make(order, call);
    return {
      url: `${call.tenant.issuer}/downloads/${id}`,
      file_name: fileName,
      format,
      expires_at: new Date(expiresAt).toISOString(),
    };
  }
}
