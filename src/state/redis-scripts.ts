/**
 * Lua scripts for operations that must be atomic. Names in Redis: `e:` an entry, `c:` the mark that it was consumed, `g:` a
 * group, which is a sorted set of entry names by expiry. The scripts use the time of Redis, so that the clocks of several
 * servers don't matter.
 */
const NOW = `local t = redis.call('TIME') local now = t[1] * 1000 + math.floor(t[2] / 1000)`;

/** KEYS: entry, groups…; ARGV: value, ttl in ms, name. Returns 1. */
export const SET = `${NOW}
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
for i = 2, #KEYS do
  redis.call('ZREMRANGEBYSCORE', KEYS[i], '-inf', now)
  redis.call('ZADD', KEYS[i], now + ARGV[2], ARGV[3])
  if redis.call('PTTL', KEYS[i]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[i], ARGV[2]) end
end
return 1`;

/** As SET; ARGV also: whether an entry is expected, 1 or 0, and its value. Returns 0 when the entry is another. */
export const COMPARE_AND_SET = `local found = redis.call('GET', KEYS[1])
local expected = ARGV[4] == '1' and ARGV[5]
if found ~= expected then return 0 end
${SET}`;

/**
 * KEYS: entry, mark. Returns 1 to the first caller only; a missing entry can't be consumed. The mark's value is the time;
 * that of marks which 2.0.0 wrote is 1.
 */
export const CONSUME = `${NOW}
local ttl = redis.call('PTTL', KEYS[1])
if ttl <= 0 then return 0 end
if redis.call('SET', KEYS[2], now, 'NX', 'PX', ttl) then return 1 end
return 0`;

/** KEYS: mark. Returns the milliseconds since then. */
export const CONSUMED_FOR = `${NOW}
local at = redis.call('GET', KEYS[1])
return at and now - at`;

/** KEYS: group; ARGV: limit, prefix of entries. It removes the names of deleted entries from the group. */
export const LIST = `${NOW}
local live = {}
for _, name in ipairs(redis.call('ZREVRANGEBYSCORE', KEYS[1], '+inf', '(' .. now)) do
  if #live >= tonumber(ARGV[1]) then break end
  if redis.call('EXISTS', ARGV[2] .. name) == 1 then live[#live + 1] = name
  else redis.call('ZREM', KEYS[1], name) end
end
return live`;

/** KEYS: group; ARGV: prefix of entries, prefix of marks. */
export const DELETE_GROUP = `for _, name in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do
  redis.call('DEL', ARGV[1] .. name, ARGV[2] .. name)
end
redis.call('DEL', KEYS[1])`;

/** KEYS: counter; ARGV: ttl in ms, how much to add. */
export const INCREMENT = `local value = redis.call('INCRBY', KEYS[1], ARGV[2])
if value == tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return value`;
