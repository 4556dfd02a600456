/** A generator of pseudo-random numbers (mulberry32) with a seed, so that every run makes the same queries. */
export class Random {
  private state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  next(): number {
    this.state = (this.state + 0x6d2b79f5) | 0;
    let t = Math.imul(this.state ^ (this.state >>> 15), 1 | this.state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  }

  below(n: number): number {
    return Math.floor(this.next() * n);
  }

  pick<T>(choices: readonly T[]): T {
    return choices[this.below(choices.length)]!;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }
}

interface Source {
  readonly alias: string;
  readonly numbers: readonly string[];
  readonly texts: readonly string[];
}

/**
 * Generates queries in the common part of SQL Server's and PostgreSQL's SQL: no AVG of integers (SQL Server truncates),
 * no order of texts or NULLs (collations and defaults differ), and division by constants other than zero only.
 */
export class RandomQuery {
  private readonly random: Random;
  private aliases = 0;

  constructor(seed: number) {
    this.random = new Random(seed);
  }

  query(): string {
    const shape = this.random.pick(['plain', 'plain', 'grouped', 'grouped', 'window', 'set', 'cte', 'page'] as const);
    switch (shape) {
      case 'plain':
        return this.plain();
      case 'grouped':
        return this.grouped();
      case 'window':
        return this.window();
      case 'set':
        return this.set();
      case 'cte':
        return this.cte();
      case 'page':
        return this.page();
    }
  }

  private source(): Source {
    const alias = `t${++this.aliases}`;
    return { alias, numbers: ['id', 'k', 'n', 'p'].map(c => `${alias}.${c}`), texts: [`${alias}.s`] };
  }

  private table(): string {
    return this.random.pick(['a', 'b']);
  }

  private from(): { readonly sql: string; readonly sources: readonly Source[] } {
    const first = this.source();
    const sources = [first];
    let sql = `${this.table()} AS ${first.alias}`;
    for (let joins = this.random.below(3); joins > 0; joins--) {
      const next = this.source();
      const kind = this.random.pick(['JOIN', 'LEFT JOIN', 'RIGHT JOIN', 'FULL JOIN', 'CROSS JOIN'] as const);
      const equality = `${this.random.pick(sources).alias}.${this.random.pick(['id', 'k'])} = ${next.alias}.${this.random.pick(['id', 'k'])}`;
      sources.push(next);
      // PostgreSQL has FULL JOIN for equalities only.
      const more = kind === 'FULL JOIN' || this.random.chance(0.7) ? '' : ` AND ${this.predicate(sources, 0)}`;
      const table = this.random.chance(0.2)
        ? `(SELECT id, k, n, p, s FROM ${this.table()} WHERE n IS NOT NULL)`
        : this.table();
      sql += ` ${kind} ${table} AS ${next.alias}${kind === 'CROSS JOIN' ? '' : ` ON ${equality}${more}`}`;
    }
    return { sql, sources };
  }

  private column(sources: readonly Source[]): string {
    return this.random.pick(this.random.pick(sources).numbers);
  }

  private number(sources: readonly Source[], depth = 2): string {
    const random = this.random;
    if (depth === 0 || random.chance(0.35)) return random.chance(0.8) ? this.column(sources) : String(random.below(9));
    const inner = (): string => this.number(sources, depth - 1);
    switch (random.below(8)) {
      case 0:
        return `(${inner()} ${random.pick(['+', '-', '*'])} ${inner()})`;
      case 1:
        return `(${this.column(sources)} ${random.pick(['/', '%'])} ${1 + random.below(5)})`;
      case 2:
        return `COALESCE(${inner()}, ${random.below(5)})`;
      case 3:
        return `NULLIF(${inner()}, ${inner()})`;
      case 4:
        return `CASE WHEN ${this.predicate(sources, depth - 1)} THEN ${inner()} ELSE ${inner()} END`;
      case 5:
        return `ABS(${inner()})`;
      case 6:
        return `(SELECT ${random.pick(['MAX', 'MIN', 'COUNT', 'SUM'])}(x.n) FROM ${this.table()} AS x WHERE x.k = ${this.column(sources)})`;
      default:
        return `-${this.column(sources)}`;
    }
  }

  private text(sources: readonly Source[]): string {
    const text = this.random.pick(this.random.pick(sources).texts);
    return this.random.pick([
      text,
      `UPPER(${text})`,
      `CONCAT(${text}, '-')`,
      `SUBSTRING(${text}, 2, 2)`,
      `REPLACE(${text}, 'a', 'oo')`,
    ]);
  }

  /** `simple`: without subqueries, which SQL Server refuses inside of aggregates (error 130). */
  private predicate(sources: readonly Source[], depth: number, simple = false): string {
    const random = this.random;
    const number = (): string => (simple ? this.column(sources) : this.number(sources, Math.min(depth, 1)));
    if (depth > 0 && random.chance(0.4)) {
      const [l, r] = [this.predicate(sources, depth - 1), this.predicate(sources, depth - 1)];
      return random.pick([`(${l} AND ${r})`, `(${l} OR ${r})`, `NOT (${l})`]);
    }
    switch (random.pick(simple ? [0, 1, 2, 3, 7] : [0, 1, 2, 3, 4, 5, 6, 7])) {
      case 0:
        return `${number()} IS ${random.pick(['', 'NOT '])}NULL`;
      case 1:
        return `${number()} ${random.pick(['', 'NOT '])}BETWEEN ${random.below(5)} AND ${5 + random.below(10)}`;
      case 2:
        return `${number()} ${random.pick(['', 'NOT '])}IN (${random.below(5)}, ${random.below(9)}, ${random.chance(0.2) ? 'NULL' : '7'})`;
      case 3:
        return `${this.random.pick(this.random.pick(sources).texts)} ${random.pick(['', 'NOT '])}LIKE '${random.pick(['a%', '%e%', '_a%', '%y'])}'`;
      case 4:
        return `${random.pick(['', 'NOT '])}EXISTS (SELECT 1 FROM ${this.table()} AS y WHERE y.k = ${this.column(sources)} AND y.n > ${random.below(20)})`;
      case 5:
        return `${this.column(sources)} ${random.pick(['', 'NOT '])}IN (SELECT z.k FROM ${this.table()} AS z WHERE z.id < ${random.below(30)})`;
      default:
        return `${number()} ${random.pick(['=', '<>', '<', '<=', '>', '>='])} ${number()}`;
    }
  }

  private where(sources: readonly Source[]): string {
    return this.random.chance(0.8) ? ` WHERE ${this.predicate(sources, 2)}` : '';
  }

  private plain(): string {
    const { sql, sources } = this.from();
    const items = [this.number(sources), this.number(sources), this.text(sources)].map((item, i) => `${item} AS c${i}`);
    return `SELECT ${this.random.chance(0.3) ? 'DISTINCT ' : ''}${items.join(', ')} FROM ${sql}${this.where(sources)}`;
  }

  private aggregate(sources: readonly Source[]): string {
    const x = this.column(sources);
    return this.random.pick([
      'COUNT(*)',
      `COUNT(${x})`,
      `COUNT(DISTINCT ${x})`,
      `SUM(${x})`,
      `MIN(${x})`,
      `MAX(${x})`,
      `SUM(CASE WHEN ${this.predicate(sources, 0, true)} THEN 1 ELSE 0 END)`,
    ]);
  }

  private grouped(): string {
    const { sql, sources } = this.from();
    const keys = [`${sources[0]!.alias}.k`, ...(this.random.chance(0.5) ? [`${sources[0]!.alias}.s`] : [])];
    const list = keys.join(', ');
    const by =
      keys.length === 1
        ? this.random.pick([list, `ROLLUP (${list})`])
        : this.random.pick([
            list,
            `ROLLUP (${list})`,
            `CUBE (${list})`,
            `GROUPING SETS ((${keys[0]!}), (${list}), ())`,
          ]);
    const having = this.random.chance(0.4) ? ` HAVING COUNT(*) > ${this.random.below(4)}` : '';
    const items = [...keys, this.aggregate(sources), this.aggregate(sources)].map((item, i) => `${item} AS c${i}`);
    return `SELECT ${items.join(', ')} FROM ${sql}${this.where(sources)} GROUP BY ${by}${having}`;
  }

  private window(): string {
    const random = this.random;
    const t = this.source();
    const partition = random.chance(0.7) ? `PARTITION BY ${t.alias}.k ` : '';
    const order = `ORDER BY ${t.alias}.id`;
    const frame = random.pick([
      '',
      ' ROWS UNBOUNDED PRECEDING',
      ' ROWS BETWEEN 1 PRECEDING AND 1 FOLLOWING',
      ' ROWS BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING',
      ' RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW',
    ]);
    const over = `OVER (${partition}${order}${frame})`;
    const plain = `OVER (${partition}${order})`;
    const n = random.pick([`${t.alias}.n`, `${t.alias}.p`]);
    const functions = [
      `SUM(${n}) ${over}`,
      `COUNT(${n}) ${over}`,
      `MIN(${n}) ${over}`,
      `FIRST_VALUE(${n}) ${over}`,
      `LAST_VALUE(${n}) ${over}`,
      `ROW_NUMBER() ${plain}`,
      `RANK() OVER (${partition}ORDER BY COALESCE(${n}, 0))`,
      `DENSE_RANK() OVER (${partition}ORDER BY COALESCE(${n}, 0) DESC)`,
      `NTILE(3) ${plain}`,
      `LAG(${n}, ${random.below(3)}) ${plain}`,
      `LEAD(${n}) ${plain}`,
      `SUM(${n}) OVER (${partition.trimEnd()})`,
    ];
    const items = [random.pick(functions), random.pick(functions), random.pick(functions)].map(
      (item, i) => `${item} AS c${i}`,
    );
    return `SELECT ${t.alias}.id, ${items.join(', ')} FROM ${this.table()} AS ${t.alias}${this.where([t])}`;
  }

  private branch(): string {
    const t = this.source();
    return `SELECT ${t.alias}.k AS x, ${t.alias}.s AS y FROM ${this.table()} AS ${t.alias}${this.where([t])}`;
  }

  private set(): string {
    const operator = (): string => this.random.pick(['UNION', 'UNION ALL', 'EXCEPT', 'INTERSECT']);
    return `${this.branch()} ${operator()} ${this.branch()}${this.random.chance(0.4) ? ` ${operator()} ${this.branch()}` : ''}`;
  }

  private cte(): string {
    const inner = this.random.pick([this.branch(), this.set()]);
    return `WITH q AS (${inner}) SELECT q.x, COUNT(*) AS c, MAX(r.n) AS m FROM q LEFT JOIN b AS r ON r.k = q.x GROUP BY q.x`;
  }

  private page(): string {
    const { sql, sources } = this.from();
    const ids = sources.map((s, i) => `COALESCE(${s.alias}.id, -1) AS i${i}`);
    const order = sources.map((_, i) => `i${i}${this.random.chance(0.3) ? ' DESC' : ''}`);
    const rows = 1 + this.random.below(20);
    return `SELECT ${ids.join(', ')}, ${this.number(sources)} AS c FROM ${sql}${this.where(sources)} ORDER BY ${order.join(', ')} OFFSET ${this.random.below(8)} ROWS FETCH NEXT ${rows} ROWS ONLY`;
  }
}
