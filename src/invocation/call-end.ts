/** Tells the invoked code, and what it uses, that its call has ended. */
export class CallEnd {
  private listeners: (() => Promise<void>)[] = [];
  private over = false;

  /** Listeners must not reject. The listener runs at once if the call has ended. */
  on(listener: () => Promise<void>): void {
    if (this.over) void listener();
    else this.listeners.push(listener);
  }

  /** Undefined when nobody listens. */
  end(): Promise<unknown> | undefined {
    this.over = true;
    return this.listeners.length === 0 ? undefined : Promise.all(this.listeners.map(listener => listener()));
  }
}
