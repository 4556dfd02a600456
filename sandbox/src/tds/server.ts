import { createServer, type AddressInfo, type Server } from 'node:net';
import { Connection, type ConnectionOptions } from './connection.ts';

export interface TdsServerOptions extends ConnectionOptions {
  readonly host: string;
  readonly port: number;
  /** Further clients are disconnected. */
  readonly maxConnections: number;
}

/** Listens for clients. */
export class TdsServer {
  private readonly options: TdsServerOptions;
  private readonly connections = new Set<Connection>();
  private server: Server | undefined;
  private address: AddressInfo | undefined;
  private reopening: NodeJS.Timeout | undefined;

  constructor(options: TdsServerOptions) {
    this.options = options;
  }

  get port(): number {
    return this.address?.port ?? this.options.port;
  }

  async listen(): Promise<void> {
    const server = createServer(socket => {
      const connection = new Connection(socket, this.options);
      this.connections.add(connection);
      socket.once('close', () => this.connections.delete(connection));
    });
    server.maxConnections = this.options.maxConnections;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen({ host: this.options.host, port: this.port }, () => {
        server.off('error', reject);
        resolve();
      });
    });
    this.server = server;
    this.address = server.address() as AddressInfo;
  }

  /** Closes all connections and refuses new ones for `milliseconds`, as a restarting server does. */
  async restart(milliseconds: number): Promise<void> {
    await this.stopListening();
    this.reopening = setTimeout(() => {
      this.listen().catch((error: Error) => this.options.log(`the server cannot listen again: ${error.message}`));
    }, milliseconds);
  }

  async close(): Promise<void> {
    clearTimeout(this.reopening);
    await this.stopListening();
  }

  private async stopListening(): Promise<void> {
    const server = this.server;
    this.server = undefined;
    const closed = server ? new Promise<void>(resolve => server.close(() => resolve())) : undefined;
    for (const connection of this.connections) connection.destroy();
    this.connections.clear();
    await closed;
  }
}
