import { Module } from '@nestjs/common';
import { DatabaseModule } from '../database/database.module.js';
import { ExportModule } from '../export/export.module.js';
import { KnowledgeModule } from '../knowledge/knowledge.module.js';
import { AuthorizationServerModule } from '../oauth/authorization-server/authorization-server.module.js';
import { IdentityModule } from '../oauth/identity/identity.module.js';
import { TokensModule } from '../oauth/tokens/tokens.module.js';
import { ToolsModule } from '../tools/tools.module.js';
import { BrowserEdge } from './browser-edge.js';
import { DownloadCheck } from './download-check.js';
import { DownloadController } from './download.controller.js';
import { DownloadPages } from './download-pages.js';
import { FileSender } from './file-sender.js';

/** The pages on which people fetch the files that applications made links to. */
@Module({
  imports: [
    AuthorizationServerModule,
    DatabaseModule,
    ExportModule,
    IdentityModule,
    KnowledgeModule,
    TokensModule,
    ToolsModule,
  ],
  controllers: [DownloadController],
  providers: [BrowserEdge, DownloadCheck, DownloadPages, FileSender],
})
export class DownloadsModule {}
