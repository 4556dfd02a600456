/** Everything that keeps the server from starting, listed at once. The faults are full sentences that quote no secret. */
export class StartupError extends Error {
  constructor(readonly faults: readonly string[]) {
    super(`The server cannot start:\n${faults.map(fault => `  - ${fault}`).join('\n')}`);
    this.name = 'StartupError';
  }
}
