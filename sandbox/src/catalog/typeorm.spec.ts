import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { DataSource, EntitySchema } from 'typeorm';
import { startSandbox, type Sandbox } from '../index.ts';

interface Author {
  id?: number;
  name: string;
  score?: number;
  books?: Book[];
}

interface Book {
  id?: string;
  title: string;
  printed?: Date | null;
  author?: Author;
}

const AUTHOR = new EntitySchema<Author>({
  name: 'Author',
  columns: {
    id: { type: 'int', primary: true, generated: true },
    name: { type: 'nvarchar', length: 100, unique: true },
    score: { type: 'decimal', precision: 10, scale: 2, default: 0 },
  },
  relations: { books: { type: 'one-to-many', target: 'Book', inverseSide: 'author' } },
});
const BOOK = new EntitySchema<Book>({
  name: 'Book',
  columns: {
    id: { type: 'uniqueidentifier', primary: true, generated: 'uuid' },
    title: { type: 'nvarchar' },
    printed: { type: 'datetime2', nullable: true },
  },
  indices: [{ columns: ['title'] }],
  relations: { author: { type: 'many-to-one', target: 'Author', inverseSide: 'books', onDelete: 'CASCADE' } },
});

/** An ORM reads the whole catalog, and creates its tables from the result. */
describe('TypeORM on the sandbox', () => {
  let sandbox: Sandbox;
  let orm: DataSource;

  beforeAll(async () => {
    sandbox = await startSandbox({ seed: 'none' });
    orm = new DataSource({
      type: 'mssql',
      host: sandbox.host,
      port: sandbox.port,
      username: 'sa',
      password: 'x',
      database: sandbox.databaseName,
      options: { encrypt: false, trustServerCertificate: true },
      entities: [AUTHOR, BOOK],
      synchronize: true,
    });
    await orm.initialize();
  });
  afterAll(async () => {
    await orm?.destroy();
    await sandbox.close();
  });

  it('finds nothing to change in the tables that it has made', async () => {
    const { upQueries } = await orm.driver.createSchemaBuilder().log();
    expect(upQueries).toEqual([]);
  });

  it('saves and reads entities with their relations, and rolls a failed transaction back', async () => {
    const ann = await orm.getRepository(AUTHOR).save({ name: 'Ann' });
    await orm.getRepository(BOOK).save([
      { title: 'One', author: ann },
      { title: 'Two', author: ann },
    ]);
    await expect(
      orm.transaction(async manager => {
        await manager.save('Author', { name: 'Bob' });
        throw new Error('back');
      }),
    ).rejects.toThrow('back');
    const [found, count] = await orm
      .getRepository(AUTHOR)
      .createQueryBuilder('a')
      .leftJoinAndSelect('a.books', 'b')
      .orderBy('a.name')
      .addOrderBy('b.title')
      .skip(0)
      .take(5)
      .getManyAndCount();
    expect(count).toBe(1);
    expect(found[0]).toMatchObject({ name: 'Ann', score: 0, books: [{ title: 'One' }, { title: 'Two' }] });
  });
});
