import { createHash } from 'node:crypto';
import { isObject } from '../../common/is-object.js';
import { incrementAll } from '../../state/keyed-names.js';
import type { StateCipher } from '../../state/state-cipher.js';
import type { StateStore } from '../../state/state-store.js';
import { QuestionPending } from '../../tools/tool.js';
import { readAnswer } from './client-answer.js';
import type { ClientMethod } from './client-capabilities.js';
import type { RequestContext } from '../protocol/request-context.js';
import { invalidParams } from '../protocol/rpc.error.js';
import { REQUEST_STATE_LIMIT_MS } from '../protocol/limits.js';

const PURPOSE = 'mcp request-state';

interface State {
  readonly tenant: string;
  readonly subject: string;
  readonly client: string;
  /** The hash of method, name and arguments. */
  readonly request: string;
  readonly expires: number;
  /** The hash of each question, by its key. */
  readonly asked: Readonly<Record<string, string>>;
  /** The answers from earlier attempts, by key. */
  readonly answers: Readonly<Record<string, unknown>>;
}

/**
 * Questions in 2026-07-28 (basic/patterns/mrtr): a call that needs an answer ends, and the client repeats it with the
 * answer and the sealed `requestState`. The state binds the answer to the person, the tenant, the request and the exact
 * question. A person's answer is valid for one run of the call.
 */
export class MultiRoundTrip {
  private readonly pending = new Map<string, { method: ClientMethod; params: object }>();
  private consumed: Promise<void> | undefined;

  private constructor(
    private readonly context: RequestContext,
    private readonly cipher: StateCipher,
    private readonly store: StateStore,
    private readonly state: State | undefined,
    private readonly responses: Readonly<Record<string, unknown>>,
  ) {}

  /** Throws RpcError -32602 if the state was not made by this server, is for another request, or has expired. */
  static open(context: RequestContext, cipher: StateCipher, store: StateStore): MultiRoundTrip {
    const { requestState, inputResponses = {} } = context.params;
    if (!isObject(inputResponses)) throw invalidParams('inputResponses must be an object.');
    if (requestState === undefined) return new MultiRoundTrip(context, cipher, store, undefined, inputResponses);
    const state =
      typeof requestState === 'string' ? (cipher.open(PURPOSE, requestState) as State | undefined) : undefined;
    if (state === undefined || !isFor(state, context)) {
      throw invalidParams('requestState is not valid for this request.');
    }
    if (state.expires < Date.now()) throw invalidParams('requestState has expired; send the request again without it.');
    return new MultiRoundTrip(context, cipher, store, state, inputResponses);
  }

  /**
   * Returns the answer to a question. Throws QuestionPending if there is none yet. With `bound`, only an answer to
   * exactly this question is accepted, only with the state that asked it, and only once.
   */
  async answerTo(key: string, method: ClientMethod, params: object, bound: boolean): Promise<unknown> {
    const asked = this.state?.asked[key];
    const fits = asked === undefined ? !bound : asked === hash([method, params]);
    if (fits) {
      const raw = Object.hasOwn(this.responses, key) ? this.responses[key] : this.state?.answers[key];
      const answer = readAnswer(method, params, raw);
      if (answer !== undefined) {
        if (bound) await this.consume();
        return answer;
      }
    }
    this.pending.set(key, { method, params });
    throw new QuestionPending();
  }

  /**
   * "Servers for which a given requestState must be consumed at most once … MUST enforce that invariant server-side"
   * (2026-07-28 basic/patterns/mrtr). A change that a person confirmed is made once, however often the call is sent.
   */
  private consume(): Promise<void> {
    const hashes = this.cipher.hashes(String(this.context.params.requestState));
    const names = hashes.map(hash => `mcp:answered:${hash}`);
    this.consumed ??= incrementAll(this.store, names, REQUEST_STATE_LIMIT_MS / 1_000).then(uses => {
      if (uses > 1) throw invalidParams('requestState was used already; send the request again without it.');
    });
    return this.consumed;
  }

  result(): object {
    const { caller } = this.context;
    const known = { ...this.state?.answers };
    for (const key of Object.keys(this.state?.asked ?? {})) {
      if (Object.hasOwn(this.responses, key)) known[key] = this.responses[key];
    }
    const state: State = {
      tenant: caller.tenant.name,
      subject: caller.principal.subject,
      client: caller.principal.client,
      request: requestHash(this.context),
      expires: Date.now() + REQUEST_STATE_LIMIT_MS,
      asked: {
        ...this.state?.asked,
        ...Object.fromEntries([...this.pending].map(([key, { method, params }]) => [key, hash([method, params])])),
      },
      answers: known,
    };
    return {
      resultType: 'input_required',
      inputRequests: Object.fromEntries(this.pending),
      requestState: this.cipher.seal(PURPOSE, state),
    };
  }
}

function isFor(state: State, context: RequestContext): boolean {
  const { tenant, principal } = context.caller;
  return (
    state.tenant === tenant.name &&
    state.subject === principal.subject &&
    state.client === principal.client &&
    state.request === requestHash(context)
  );
}

/** The hash of the parts of a request that stay the same when the client repeats it. */
function requestHash({ request, params }: RequestContext): string {
  return hash([request.method, params.name ?? null, params.uri ?? null, params.arguments ?? null]);
}

/** A hash that does not depend on the order of the keys in an object. */
function hash(value: unknown): string {
  const sorted = (_key: string, item: unknown): unknown =>
    isObject(item) ? Object.fromEntries(Object.entries(item).sort(([a], [b]) => (a < b ? -1 : 1))) : item;
  return createHash('sha256').update(JSON.stringify(value, sorted)).digest('base64url');
}
