import { type TestRedis, startRedis } from '../../test/support/redis.js';
import { stateStoreContract } from '../../test/support/state-store-contract.js';
import { describeWith } from '../../test/support/system-programs.js';
import { RedisStateStore } from './redis.state-store.js';
import { until } from '../../test/support/until.js';

describeWith('redis-server', 'the Redis state store', () => {
  let redis: TestRedis;
  let first: RedisStateStore;
  let second: RedisStateStore;
  beforeAll(async () => {
    redis = await startRedis();
    first = await RedisStateStore.open(redis.url);
    second = await RedisStateStore.open(redis.url);
  });
  afterAll(async () => {
    await first.close();
    await second.close();
    await redis.stop();
  });

  stateStoreContract(
    () => first,
    () => second,
  );

  it('carries messages from one process to another', async () => {
    const heard: string[] = [];
    const leave = await second.subscribe('far', message => heard.push(message));
    await first.publish('far', 'hello');
    await until('it is heard', () => heard.length === 1);
    await leave();
  });

  it('fails at once while Redis is down, and works again afterwards', async () => {
    const heard: string[] = [];
    await second.subscribe('back', message => heard.push(message));
    await redis.stop();
    await expect(until('Redis is missed', async () => first.get('x').then(() => false))).rejects.toMatchObject({
      code: 'UNAVAILABLE',
    });
    const begun = Date.now();
    await expect(first.consume('x')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await expect(first.ping(500)).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    expect(Date.now() - begun).toBeLessThan(1_000);
    await redis.start();
    await until('Redis is back', () =>
      first.set('x', 'y', 60).then(
        () => true,
        () => false,
      ),
    );
    expect(await first.get('x')).toBe('y');
    await until('messages come again', async () => {
      await first.publish('back', 'again').catch(() => undefined);
      return heard.length > 0;
    });
  });

  it('opens before Redis has started', async () => {
    await redis.stop();
    const early = await RedisStateStore.open(redis.url);
    await expect(early.get('x')).rejects.toMatchObject({ code: 'UNAVAILABLE' });
    await redis.start();
    await until('Redis is back', () =>
      early.get('x').then(
        () => true,
        () => false,
      ),
    );
    await early.close();
  });

  it('unsubscribes and closes while Redis is down', async () => {
    const leaving = await RedisStateStore.open(redis.url);
    const leave = await leaving.subscribe('gone', () => undefined);
    await redis.stop();
    await leave();
    await leaving.close();
    await redis.start();
  });

  it('hears messages although it subscribed before Redis had started', async () => {
    await redis.stop();
    const early = await RedisStateStore.open(redis.url);
    const heard: string[] = [];
    await early.subscribe('one', message => heard.push(message));
    await early.subscribe('two', message => heard.push(message));
    await redis.start();
    for (const channel of ['one', 'two']) {
      await until('the message is heard', async () => {
        await first.publish(channel, channel).catch(() => undefined);
        return heard.includes(channel);
      });
    }
    await early.close();
  });
});
