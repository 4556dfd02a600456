/** The result of a check. `todo` is the remedy. */
export interface Finding {
  readonly subject: string;
  readonly level: 'ok' | 'warning' | 'fault';
  readonly text: string;
  readonly todo?: string;
}

export const ok = (subject: string, text: string): Finding => ({ subject, level: 'ok', text });
export const warning = (subject: string, text: string, todo: string): Finding => ({
  subject,
  level: 'warning',
  text,
  todo,
});
export const fault = (subject: string, text: string, todo: string): Finding => ({
  subject,
  level: 'fault',
  text,
  todo,
});
